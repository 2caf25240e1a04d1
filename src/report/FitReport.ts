import type { SamplerDiagnostics } from "../diagnostics/sampler.js";
import type { Warning } from "../diagnostics/warnings.js";
import type { Criteria } from "../posterior/Criteria.js";
import type { WithPlugins } from "../posterior/PluginRecord.js";
import type { ApproximationRecord } from "../posterior/Posterior.js";
import type { Summary } from "../summary/Summary.js";
import type { Ratios } from "./Ratios.js";
import type { ResponseCategories } from "./ResponseCategories.js";

/** All that is told of a fit, as plain data: what the JSON document and the text report are made from. */
export interface FitReport extends WithPlugins {
  /** "nuts" */
  readonly engine: string;
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
  /** The grouping factors, in the order of the model. */
  readonly groups: readonly { readonly name: string; readonly levels: number }[];
  /** Every prior as it was used, one line each: "beta[post] ~ normal(0, 2.5)". */
  readonly priors: readonly string[];
  readonly summary: Summary;
  /** Null where the link does not make ratios of the coefficients. */
  readonly ratios: Ratios | null;
  /** Covariance matrices of the random terms at the posterior means of their sds and correlations; null where they were not asked for. */
  readonly covariances: readonly CovarianceReport[] | null;
  /** Null for an engine that does not sample. */
  readonly sampling: SamplingReport | null;
  /** Null for an engine that samples. */
  readonly approximation: ApproximationRecord | null;
  /** Whether the random effects are normal given the parameters, as under a normal response: Laplace's approximation of them is exact. */
  readonly hasNormalEffects: boolean;
  /** Null where they were not asked for. */
  readonly criteria: Criteria | null;
  /** Wall-clock seconds of each phase. */
  readonly seconds: Seconds;
  /** For information: how the data were read. */
  readonly notes: readonly { readonly code: string; readonly message: string }[];
  readonly data: DataReport;
  readonly warnings: readonly Warning[];
  /** Whether the run was ended early. */
  readonly partial: boolean;
}

/** The table that a model was fitted to. */
export interface DataReport {
  /** The file's path as it was given, or "data". */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** Of the file's bytes; null for data in memory. */
  readonly sha256: string | null;
}

/** The covariance matrix of the effects of one random term, in the forms that other programs print. */
export interface CovarianceReport {
  /** "subject", with the parameter's prefix for another predictor than the mean's. */
  readonly group: string;
  readonly coefficients: readonly string[];
  /** G, q x q, row by row: NaN where an sd or a correlation is not known. */
  readonly covariance: readonly (readonly number[])[];
  /** q x q, with 1 on the diagonal. */
  readonly correlation: readonly (readonly number[])[];
  /** G = L D L' with L unit lower triangular and D diagonal: a column of L under a zero of D is zero. */
  readonly L: readonly (readonly number[])[];
  readonly D: readonly number[];
}

/** What a report says of sampling. */
export interface SamplingReport {
  /** What the sampler moved: "transported", "integrated", "noncentred" or "centred". */
  readonly parametrization: string;
  /** "nuts" or "hmc". */
  readonly algorithm: string;
  /** Draws of each chain. */
  readonly draws: readonly number[];
  readonly diagnostics: SamplerDiagnostics;
}

/** Wall-clock seconds of the phases of a fit. */
export interface Seconds {
  readonly read: number;
  readonly compile: number;
  readonly warmup: number;
  readonly sampling: number;
  readonly total: number;
}
