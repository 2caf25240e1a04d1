import type { DensityKnots } from "../math/tabulatedDensity.js";
import type { Criteria } from "./Criteria.js";
import type { WithPlugins } from "./PluginRecord.js";

/**
 * What every engine returns: names, draws or marginals, and the engine's own record. It is data without functions, which `structuredClone`,
 * `postMessage` and `toJSON` take as it is.
 */
export interface Posterior {
  /** "nuts", "laplace", "inla". */
  readonly engine: string;
  /** Population parameters on the constrained scale, in the order of the model: beta, sd, cor, then the scalars. */
  readonly parameters: readonly Quantity[];
  /** Random effects on the linear predictor's scale. */
  readonly randomEffects: readonly RandomEffect[];
  /**
   * Joint draws of what the marginals describe by densities: equally weighted, the parameters first, then the random effects. They are made when they
   * are first read (also by copying the posterior), and are the same for the same seed. Absent where the marginals are draws themselves, or no draws
   * are to be had.
   */
  readonly jointDraws?: readonly DrawsMarginal[];
  /** Linear combinations of coefficients and random effects that were asked for. */
  readonly linearCombinations?: readonly Quantity[];
  /** How well the model predicts; where it was asked for. */
  readonly criteria?: Criteria;
  /** What ran, with which options, and why. */
  readonly record: EngineRecord;
}

/** A parameter by its name, with its marginal. */
export interface Quantity {
  /** `beta[post]`, `sd[subject, Intercept]`, `sigma` */
  readonly name: string;
  readonly marginal: Marginal;
}

/** A random effect by its name, factor, level and coefficient, with its marginal. */
export interface RandomEffect extends Quantity {
  /** `subject` */
  readonly factor: string;
  /** `17` */
  readonly level: string;
  /** `Intercept` */
  readonly coefficient: string;
}

/** The posterior of one quantity: its draws, its moments, or its density at knots. */
export type Marginal = DrawsMarginal | MomentsMarginal | DensityMarginal;

/** Draws `[chain][draw]`. Chains of a partial run may differ in length. */
export interface DrawsMarginal {
  readonly kind: "draws";
  readonly chains: readonly Float64Array[];
  /** Importance weights in the shape of the draws, summing to 1 over all; null where every draw counts the same. */
  readonly weights: readonly Float64Array[] | null;
  /**
   * Numbers of draws in consecutive batches, over all chains one after the other, where batches are independent of one another and the draws in
   * a batch are not. Absent where an engine's draws are not made in batches.
   */
  readonly batches?: readonly number[];
}

/** Of draws that were not kept. */
export interface MomentsMarginal {
  readonly kind: "moments";
  readonly chains: readonly ChainMoments[];
}

/** Of the draws of a chain. */
export interface ChainMoments {
  readonly draws: number;
  readonly mean: number;
  /** Sum of squared distances from the mean. */
  readonly squares: number;
  /** Means of consecutive batches of `batchSize` draws; draws after the last whole batch are in none. */
  readonly batchMeans: Float64Array;
  readonly batchSize: number;
}

/** A marginal known by its density, as approximations have it; `evaluateMarginal` has its values and quantiles. */
export interface DensityMarginal {
  readonly kind: "density";
  readonly mean: number;
  readonly sd: number;
  /** Points that the density is piecewise linear through; a single one for a constant. Of a random effect they are made when they are first read. */
  readonly knots: DensityKnots;
}

/** What an engine says of its run. */
export interface EngineRecord extends WithPlugins {
  /** The options as used, defaults filled in: plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the run was ended early; what was drawn until then is in the marginals. */
  readonly partial: boolean;
  /** The sampler's own account of each chain; empty for engines that do not sample. */
  readonly chains: readonly ChainRecord[];
  /** The account of an engine that approximates; absent for one that samples. */
  readonly approximation?: ApproximationRecord;
  /** The mode that the engine started from; absent where it used none. */
  readonly mode?: ModeRecord;
}

/** A mode of the marginal posterior of all parameters but the random effects, on the unconstrained scale. */
export interface ModeRecord {
  /** Length n: coefficients, sds and correlations, dispersion. */
  readonly position: Float64Array;
  /** n x n, row-major: the inverse of minus the Hessian of the log density there. */
  readonly covariance: Float64Array;
}

/** What an approximation rests on, and what its own check says of it. */
export interface ApproximationRecord {
  /** How the random effects are integrated out given the parameters: "aghq", or "laplace" where factors cross or it was asked for. */
  readonly integration: "aghq" | "laplace";
  /** Quadrature points a dimension; 1 with "laplace". */
  readonly points: number;
  /** Points of the hyperparameters: a grid, its spacing in posterior sds, a product of rules, or a central composite design. Absent where none are explored. */
  readonly exploration?: {
    readonly kind: "grid" | "product" | "ccd";
    readonly spacing: number | null;
    readonly points: number;
  };
  /** log p(y), all constants included, of the priors too: the better of the two below. */
  readonly logMarginalLikelihood: number;
  /** The same by the importance weights, and by integrating the approximation itself; null where only one of them was made. */
  readonly logMarginalLikelihoods: { readonly importance: number | null; readonly integration: number | null };
  readonly guard: Guard;
}

/** Importance weights against a better density, as a check of an approximation. */
export interface Guard {
  /** Shape of the weights' tail: below 0.7 they can correct the approximation. */
  readonly paretoK: number;
  /** Independent draws that the weighted ones are worth, of `draws`. */
  readonly effectiveSampleSize: number;
  readonly draws: number;
  /** Whether the numbers can be taken as the posterior's. */
  readonly isTrusted: boolean;
  /** In words, with advice where they cannot. */
  readonly verdict: string;
  readonly advice: string;
}

/** Per-draw and per-chain account of an HMC chain. */
export interface ChainRecord {
  readonly chain: number;
  /** Length draws: log density on the unconstrained scale. */
  readonly logDensity: Float64Array;
  /** Length draws: 1 where the transition diverged. */
  readonly divergent: Uint8Array;
  readonly treeDepth: Uint8Array;
  /** Length draws: the Hamiltonian at the start of the transition. */
  readonly energy: Float64Array;
  readonly acceptance: Float64Array;
  readonly stepSize: number;
  readonly maxTreeDepth: number;
  readonly gradientEvaluations: { readonly warmup: number; readonly sampling: number };
  readonly seconds: { readonly warmup: number; readonly sampling: number };
}
