import type { Warning } from "../diagnostics/warnings.js";
import type { WithPlugins } from "../posterior/PluginRecord.js";
import type { CovarianceReport, DataReport } from "./FitReport.js";
import type { Ratios } from "./Ratios.js";
import type { ResponseCategories } from "./ResponseCategories.js";

/** All that is told of a fit by maximum likelihood, as plain data. */
export interface MlReport extends WithPlugins {
  readonly engine: "ml";
  /** Of the program. */
  readonly version: string;
  /** The engine's options as used: plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The model as its author wrote it. */
  readonly model: string;
  readonly family: string;
  /** Rows used. */
  readonly observations: number;
  /** Rows left out because a value they need is missing. */
  readonly droppedRows: number;
  /** Those of the response; null where it is none of several. */
  readonly categories: ResponseCategories | null;
  readonly groups: readonly { readonly name: string; readonly levels: number }[];
  /** "aghq" */
  readonly method: string;
  /** Quadrature points a dimension; null for a method without them. */
  readonly points: number | null;
  readonly reml: boolean;
  readonly intervals: "wald" | "profile" | "bootstrap";
  /** Probability of the intervals. */
  readonly level: number;
  /** What the bootstrap found, where the intervals are by it; else null. */
  readonly bootstrap: BootstrapReport | null;
  readonly parameters: readonly EstimateRow[];
  /** Covariance matrix of the parameters, row by row in their order, NaN for those without a standard error; null without any. */
  readonly covariance: readonly (readonly number[])[] | null;
  /** Coefficients without an estimate. */
  readonly notEstimable: readonly NotEstimableRow[];
  /** Tests of the terms of the fixed effects that are about estimable coefficients. */
  readonly terms: readonly TermRow[];
  /** Null where the link does not make ratios of the coefficients. */
  readonly ratios: Ratios | null;
  /** Covariance matrices of the random terms at the estimates; null where they were not asked for. */
  readonly covariances: readonly CovarianceReport[] | null;
  readonly randomEffects: readonly ModeRow[];
  /** Of a penalised fit every prior as it was used, one line each; null where they are ignored. */
  readonly priors: readonly string[] | null;
  /** Null for a method without a likelihood. */
  readonly likelihood: LikelihoodReport | null;
  readonly convergence: {
    readonly converged: boolean;
    readonly gradientNorm: number;
    readonly iterations: number;
    readonly evaluations: number;
  };
  /** For information: how the method went, that priors are left out. */
  readonly notes: readonly { readonly code: string; readonly message: string }[];
  readonly data: DataReport;
  /** What calls for care, with advice. */
  readonly warnings: readonly Warning[];
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly compile: number; readonly fit: number; readonly total: number };
}

/** NaN where there is no such number; a test is there for coefficients only, degrees of freedom only where it is by Student's t. */
export interface EstimateRow {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  /** Ends of the interval. */
  readonly lower: number;
  readonly upper: number;
  /** Of an sd whose interval is from the profile likelihood where the others are by Wald. */
  readonly interval?: "profile";
  readonly degreesOfFreedom?: number;
  readonly statistic?: number;
  readonly pValue?: number;
}

/** The parametric bootstrap: how it went, and each parameter over the fits of simulated responses. */
export interface BootstrapReport {
  /** "percentile" */
  readonly type: string;
  /** Responses that were simulated and fitted, and of these the fits that failed, that were not trusted, and at a boundary. */
  readonly replicates: number;
  readonly failed: number;
  readonly untrusted: number;
  readonly singular: number;
  readonly partial: boolean;
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  readonly parameters: readonly {
    readonly name: string;
    /** Fits that have an estimate. */
    readonly estimates: number;
    readonly bias: number;
    /** Monte Carlo standard error of the bias. */
    readonly biasError: number;
    readonly sd: number;
  }[];
}

/** A coefficient that the data do not determine. */
export interface NotEstimableRow {
  /** `beta[a.a3:b.b5]` */
  readonly name: string;
  /** "no row has a = a3 and b = b5" */
  readonly reason: string;
  /** Infinity or -Infinity where it runs there; else null. */
  readonly limit: number | null;
}

/** NaN where there is no such number. */
export interface TermRow {
  /** "post:trt" */
  readonly name: string;
  readonly test: "F" | "chi-square";
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  /** Null for a chi-square. */
  readonly denominatorDegreesOfFreedom: number | null;
  readonly pValue: number;
}

/** The conditional mode of a random effect. */
export interface ModeRow {
  readonly name: string;
  readonly factor: string;
  readonly level: string;
  readonly coefficient: string;
  /** Conditional mode and standard deviation given the estimates. */
  readonly mode: number;
  readonly sd: number;
  /** Conditional mean by quadrature, where there is one. */
  readonly mean?: number;
}

/** What a report says of the likelihood at its maximum. */
export interface LikelihoodReport {
  /** The check of Laplace's approximation; null where there was none. */
  readonly importance: ImportanceReport | null;
  /** With all constants; restricted under REML. */
  readonly logLikelihood: number;
  /** Of a penalised fit, at the estimates. */
  readonly logPrior: number | null;
  readonly parameterCount: number;
  /** Null where the likelihood is not maximised by itself. */
  readonly criteria: { readonly aic: number; readonly bic: number } | null;
}

/** A log-likelihood by importance sampling. */
export interface ImportanceReport {
  readonly logLikelihood: number;
  readonly standardError: number;
  readonly paretoK: number;
  readonly effectiveSampleSize: number;
  readonly draws: number;
}
