/**
 * What every engine returns. It is read without the engine: names, draws or marginals, and the engine's own record.
 */
export interface Posterior {
  /** "nuts", "laplace", "inla". */
  readonly engine: string;
  /** Population parameters on the constrained scale, in the order of the model: beta, sd, cor, then the scalars. */
  readonly parameters: readonly Quantity[];
  /** Random effects on the linear predictor's scale. */
  readonly randomEffects: readonly RandomEffect[];
  /** What ran, with which options, and why. */
  readonly record: EngineRecord;
}

export interface Quantity {
  /** `beta[post]`, `sd[subject, Intercept]`, `sigma` */
  readonly name: string;
  readonly marginal: Marginal;
}

export interface RandomEffect extends Quantity {
  /** `subject` */
  readonly factor: string;
  /** `17` */
  readonly level: string;
  /** `Intercept` */
  readonly coefficient: string;
}

export type Marginal = DrawsMarginal | DensityMarginal;

/** Draws `[chain][draw]`. Chains of a partial run may differ in length. */
export interface DrawsMarginal {
  readonly kind: "draws";
  readonly chains: readonly Float64Array[];
  /** Importance weights in the shape of the draws, summing to 1 over all; null where every draw counts the same. */
  readonly weights: readonly Float64Array[] | null;
}

/** A marginal known by its density, as approximations have it. */
export interface DensityMarginal {
  readonly kind: "density";
  readonly mean: number;
  readonly sd: number;
  density(value: number): number;
  quantile(probability: number): number;
}

export interface EngineRecord {
  /** The options as used, defaults filled in: plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the run was ended early; what was drawn until then is in the marginals. */
  readonly partial: boolean;
  /** The sampler's own account of each chain; empty for engines that do not sample. */
  readonly chains: readonly ChainRecord[];
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
