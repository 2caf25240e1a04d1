import type { Warning } from "../diagnostics/warnings.js";

/** How far priors and the likelihood decide a posterior: plain data. */
export interface Sensitivity {
  readonly kind: "sensitivity";
  readonly engine: string;
  /** Draws that were weighted. */
  readonly draws: number;
  /** The powers to which each component was raised: one below 1 and one above. */
  readonly powers: readonly [number, number];
  /** A distance from which on a quantity is called sensitive. */
  readonly threshold: number;
  /** What a Pareto k must not exceed, with this many draws. */
  readonly largestReliableK: number;
  /** All priors together, each prior statement, each prior of a statement about several parameters, and the likelihood. */
  readonly components: readonly ScaledComponent[];
  readonly quantities: readonly QuantitySensitivity[];
  /** The numbers of each prior statement, with the derivative of every posterior mean in each. */
  readonly hyperparameters: readonly HyperparameterSensitivity[];
  readonly warnings: readonly Warning[];
}

/** A part of the posterior density that is raised to a power. */
export interface ScaledComponent {
  /** All priors; a statement, or the default of one parameter; one of several priors of a statement; the likelihood. */
  readonly kind: "priors" | "statement" | "prior" | "likelihood";
  /** `beta`, `sd[subject, post]`; "all priors", "likelihood" */
  readonly name: string;
  /** `normal(0, 2.5)`; null of all priors and of the likelihood. */
  readonly distribution: string | null;
  /** Whether the model states it, or it is a default; null of all priors and of the likelihood. */
  readonly origin: "model" | "default" | null;
  /** What the priors of the component are on; none of the likelihood. */
  readonly covers: readonly string[];
  /** The larger Pareto k of the weights of the two powers. */
  readonly paretoK: number;
}

/** A word for what the distances say of a quantity. */
export type SensitivityVerdict = "robust" | "conflict" | "strong-prior" | "unknown";

/** A quantity under the components' powers; arrays in the order of the components. */
export interface QuantitySensitivity {
  /** `beta[post]`, `beta[a] - beta[b]` */
  readonly name: string;
  /** Mean and sd of the posterior as it is. */
  readonly mean: number;
  readonly sd: number;
  /** The cumulative Jensen-Shannon distance for a doubling of the power: the mean of that over |log2 power| at the two powers. */
  readonly distances: Float64Array;
  /** The change of the posterior mean, in posterior sds, for a doubling of the power: its derivative in log2 power, at 1. */
  readonly slopes: Float64Array;
  /** The distances of all priors together, and of the likelihood. */
  readonly prior: number;
  readonly likelihood: number;
  /** Both sensitive: prior and data are in conflict; the prior alone: a strong prior, or a weak likelihood; "unknown" where weights cannot be relied on. */
  readonly verdict: SensitivityVerdict;
}

/** One number of a prior statement. */
export interface HyperparameterSensitivity {
  /** What the prior is on: `beta`, `sd[subject, post]`. */
  readonly prior: string;
  /** `normal(0, 2.5)` */
  readonly distribution: string;
  /** What the number is called: `sd`, `scale`, `df`. */
  readonly name: string;
  readonly value: number;
  /** The derivative of the posterior mean of each quantity in the number, in the order of the quantities; null where there is none by covariances. */
  readonly derivatives: Float64Array | null;
  /** Monte Carlo standard errors of the derivatives. */
  readonly mcse: Float64Array | null;
  /** Why there are none; null where there are. */
  readonly problem: string | null;
}
