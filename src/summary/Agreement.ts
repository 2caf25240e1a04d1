import type { Warning } from "../diagnostics/warnings.js";
import type { WithPlugins } from "../posterior/PluginRecord.js";

/** What one engine makes of a model, in numbers that stand beside those of the others. */
export interface EngineColumn {
  /** As it was asked for: "nuts", "ml:laplace". */
  readonly engine: string;
  /** Whether its estimates are posterior means and sds, or maxima of the likelihood and standard errors. */
  readonly kind: "posterior" | "likelihood";
  /** What ran, in words: "aghq, 9 points". */
  readonly method: string;
  /** What it takes in place of the likelihood of the parameters; "none" where that is exact, or an integral to convergence. */
  readonly approximation: "none" | "laplace" | "pql" | "conditional";
  readonly parameters: readonly EngineEstimate[];
  readonly randomEffects: readonly EngineEstimate[];
  /** At its maximum, all constants included; null where nothing is maximised, or the method has none of the parameters. */
  readonly logLikelihood: number | null;
  /** log p(y), of an engine that computes it. */
  readonly logMarginalLikelihood: number | null;
  /** Of an approximation that is checked by importance weights: their Pareto k. */
  readonly paretoK: number | null;
  readonly trust: { readonly isTrusted: boolean; readonly reason: string };
  readonly warnings: readonly Warning[];
  /** Wall time in seconds. */
  readonly seconds: number;
}

/** NaN where there is no such number. */
export interface EngineEstimate {
  readonly name: string;
  /** Posterior mean, or the estimate; of a random effect its posterior mean, or conditional mode. */
  readonly estimate: number;
  /** Posterior sd, or standard error. */
  readonly sd: number;
  /** Monte Carlo standard error of the mean; 0 where nothing was drawn. */
  readonly mcse: number;
  /** Ends of the interval; NaN for a random effect. */
  readonly lower: number;
  readonly upper: number;
}

/** An engine that has no result, and why. */
export interface RefusedEngine {
  readonly engine: string;
  readonly reason: string;
  /** Whether it failed in a way that it does not foresee, rather than that it does not serve the model. */
  readonly isDefect: boolean;
}

/** How one engine's results stand to those of the reference, whose sds are the unit. */
export interface EngineAgreement {
  readonly engine: string;
  readonly parameters: readonly ParameterAgreement[];
  /** Null where one of the two has no random effects. */
  readonly effects: EffectsAgreement | null;
  /** In reference sds: what is beyond it is named. */
  readonly limit: number;
  /** Parameters beyond the limit, the furthest first. */
  readonly off: readonly ParameterAgreement[];
  /** Why the engine is off; null where it is not. */
  readonly cause: Cause | null;
}

/** How the engines agree on a parameter. */
export interface ParameterAgreement {
  readonly name: string;
  /** Estimate minus the reference's, in reference sds. */
  readonly difference: number;
  /** Monte Carlo standard error of the difference, in reference sds; 0 where neither was drawn. */
  readonly mcse: number;
  /** Width of the interval over that of the reference's. */
  readonly widthRatio: number;
  /** Wasserstein-1 distance between the marginals, in reference sds; of an estimate, that of its normal approximation. */
  readonly distance: number;
}

/** Differences of the random effects in reference sds of each, without their signs. */
export interface EffectsAgreement {
  /** Their median. */
  readonly typical: number;
  readonly worst: number;
  readonly worstName: string;
}

/** Why an engine is off, as far as it can be told. */
export type Cause =
  /** Its own guard or convergence says that it must not be trusted. */
  | "untrusted"
  /** It takes an approximation in place of the likelihood, or of a likelihood at all. */
  | "approximation"
  /** Of an approximate maximum beside a posterior: its approximation, or the prior or the shape of the likelihood; no exact maximum tells. */
  | "approximation-or-shape"
  /** One of two maxima is that of the restricted likelihood. */
  | "restricted"
  /** The likelihood is largest with a variance at zero or a correlation at 1, about which the posterior averages. */
  | "boundary"
  /** The prior draws the posterior away from the likelihood's maximum, and is in conflict with the likelihood, as `fit` tells too. */
  | "prior-conflict"
  /** The prior draws the posterior away from the likelihood's maximum, without being in conflict with it. */
  | "prior"
  /** The likelihood is skewed: its maximum is not its mean. */
  | "skewness"
  | "unknown";

/** What makes a model hard for approximations. */
export interface ModelFacts {
  readonly isBinary: boolean;
  /** Rows in the median level of the factor with the fewest; null without random effects. */
  readonly rowsPerLevel: { readonly factor: string; readonly rows: number } | null;
}

/** The results of several engines for one model, and how they agree. */
export interface EngineComparison extends WithPlugins {
  readonly model: string;
  readonly family: string;
  readonly observations: number;
  readonly droppedRows: number;
  readonly groups: readonly { readonly name: string; readonly levels: number }[];
  readonly facts: ModelFacts;
  /** Probability of the intervals. */
  readonly level: number;
  /** In the order in which they were asked for. */
  readonly engines: readonly EngineColumn[];
  readonly refused: readonly RefusedEngine[];
  /** Engines that were asked for and had not ended when the comparison was stopped. */
  readonly stopped: readonly string[];
  /** The engine to believe, the others being measured against it. */
  readonly reference: string;
  readonly agreements: readonly EngineAgreement[];
  /** One exact likelihood for all at their estimates: null where there is none, or an engine does not give every parameter. */
  readonly logLikelihoods: readonly { readonly engine: string; readonly value: number | null }[];
  readonly outside: readonly OutsideStanding[];
  /** What is weak in the model and its data. */
  readonly warnings: readonly Warning[];
}

/** Where a fit made elsewhere stands. */
export interface OutsideStanding {
  /** Name of the file. */
  readonly name: string;
  /** The layout as which it was read. */
  readonly format: string;
  readonly estimates: readonly OutsidePlace[];
  /** Estimates of nothing in our model, each with the nearest of our names; the hint is empty where none is near. */
  readonly unmatched: readonly { readonly outsideName: string; readonly hint: string }[];
  /** Parameters of ours that it does not estimate. */
  readonly absent: readonly string[];
  /** Coefficients of ours that are held at 0 there, as those of a reference level. */
  readonly recoded: readonly string[];
  /** Our engine whose maximum the estimates are held against; null where none was to be had. */
  readonly optimum: string | null;
  /** Log-likelihood at our maximum minus that at the estimates; null where they are not complete, or stand where there is none. */
  readonly shortfall: number | null;
  readonly judgement: OutsideJudgement;
}

/** Where an estimate made by other software lies in our posterior or interval. */
export interface OutsidePlace {
  readonly name: string;
  /** What it is called there. */
  readonly outsideName: string;
  readonly estimate: number;
  readonly standardError: number;
  /** Posterior probability below it, and its distance from the mean in posterior sds; null without a posterior. */
  readonly posterior: { readonly probability: number; readonly sds: number } | null;
  /** Distance from our maximum in our standard errors, that unit, and the ratio of the standard errors; NaN where there is no such number. */
  readonly optimum: {
    readonly difference: number;
    readonly standardError: number;
    readonly errorRatio: number;
  } | null;
}

/** How estimates made by other software agree with ours. */
export type OutsideJudgement =
  | { readonly kind: "same-optimum" }
  /** The maximum of another of our methods, as Laplace's approximation, or the means of our posterior. */
  | { readonly kind: "other-method"; readonly engine: string }
  /** Near our maximum, but not at it. */
  | { readonly kind: "near" }
  | { readonly kind: "different" }
  /** There is no maximum of ours to hold it against. */
  | { readonly kind: "unknown" };
