import type { ImportanceEstimate } from "../../marginal/effects/importanceSampling.js";
import type { ConditionalEffects } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { WithPlugins } from "../../posterior/PluginRecord.js";
import type { BootstrapType } from "./options.js";

/** What every method of maximum likelihood returns: plain data, on the parameters' own scale. */
export interface Estimates extends WithPlugins {
  readonly engine: "ml";
  readonly method: "lmm" | "aghq" | "laplace" | "pql" | "em" | "conditional";
  /** Quadrature points per effect; null for a method without quadrature. */
  readonly points: number | null;
  readonly reml: boolean;
  /** What the intervals of the parameters come of; a note names those that have none of the kind. */
  readonly intervals: "wald" | "profile" | "bootstrap";
  /** In the order of the model's quantities; a method that does not estimate one leaves it out. */
  readonly parameters: readonly ParameterEstimate[];
  /** k x k, of the parameters in their order; NaN in the rows and columns of those without a standard error. Null without any. */
  readonly covariance: Float64Array | null;
  /** Tests of the hypotheses that were given, those left out of which the method estimates nothing. */
  readonly terms?: readonly TermTest[];
  /** With all constants; null for a method that has no likelihood (PQL). */
  readonly logLikelihood: number | null;
  /** Of a penalised fit, the log prior density at the estimates, which are then those of the sum of both; null where priors are ignored. */
  readonly logPrior: number | null;
  /** The log-likelihood at the estimates by importance sampling, which checks Laplace's where quadrature does not reach. */
  readonly importance?: ImportanceEstimate;
  /** Free parameters counted in AIC and BIC. */
  readonly parameterCount: number;
  readonly effects: ConditionalEffects | null;
  /** Where the intervals are by the bootstrap, what it found. */
  readonly bootstrap?: BootstrapRecord;
  readonly convergence: Convergence;
  /** What the reader must know: singular fits, known biases, coefficients left out. */
  readonly notes: readonly MlNote[];
}

/** The estimate of a parameter with its standard error, interval and test. */
export interface ParameterEstimate {
  /** `beta[post]`, `sd[subject, Intercept]`, `cor[...]`, `sigma` */
  readonly name: string;
  readonly estimate: number;
  /** NaN at a boundary, where there is none. */
  readonly standardError: number;
  /** Ends of the interval of the level that was asked for, 95% by default. */
  readonly lower: number;
  readonly upper: number;
  /** Of an sd whose interval is not by Wald's method, as the others are, because the limits would be more than a factor of 100 apart. */
  readonly interval?: "profile";
  /** Of a coefficient in a linear mixed model, by Satterthwaite's approximation: estimate / standardError is t with so many; NaN where it has none. */
  readonly degreesOfFreedom?: number;
  /** Of a coefficient: estimate / standardError, and how often chance alone brings one as large, by Student's t or the normal distribution. */
  readonly statistic?: number;
  readonly pValue?: number;
}

/** That some combinations of coefficients are all zero: what it means for a term of the model to have no effect. */
export interface TermHypothesis {
  readonly name: string;
  /** The coefficients that it is about, as positions among the model's parameters. */
  readonly parameters: readonly number[];
  /** One row a combination, each of parameters.length weights; null for each coefficient by itself. */
  readonly weights: Float64Array | null;
  /** One a combination, added to it: what coefficients that are held at numbers have in it. Absent for nothing. */
  readonly constants?: Float64Array;
}

/** NaN where there is no such number. */
export interface TermTest {
  readonly name: string;
  /** Which distribution the statistic has under the hypothesis. */
  readonly test: "F" | "chi-square";
  readonly statistic: number;
  /** Of the chi-square, or of the numerator of F. */
  readonly degreesOfFreedom: number;
  /** Of F, by the method of Fai & Cornelius (1996); null for a chi-square. */
  readonly denominatorDegreesOfFreedom: number | null;
  readonly pValue: number;
}

/** Estimates from responses simulated at those of the data: the parametric bootstrap. */
export interface BootstrapRecord {
  readonly type: BootstrapType;
  /** Responses that were simulated and fitted; fewer than were asked for where it was stopped, which makes it partial. */
  readonly replicates: number;
  readonly partial: boolean;
  /** Why fits failed, which are left out, each with how many. */
  readonly failures: readonly { readonly reason: string; readonly count: number }[];
  /** Fits that count though they must not be taken for the maximum, and those at a boundary. */
  readonly untrusted: number;
  readonly singular: number;
  /** A parameter in the order of the estimates after another, each with as many values as fits did not fail; NaN where a fit has none, infinite where a coefficient runs there. */
  readonly estimates: Float64Array;
}

/** How a search for a maximum ended. */
export interface Convergence {
  readonly converged: boolean;
  /** sqrt(g' H^-1 g): the gradient in the metric of the Hessian. */
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly evaluations: number;
}

/** Something that the reader of a fit must know. */
export interface MlNote {
  /** A stable word for programs: "singular". */
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}
