import type { Steps } from "../math/steps.js";
import type { LatentValues } from "./LatentValues.js";
import type { Quantities } from "./LogDensity.js";
import type { FactorIntegralOf, LevelIntegrals, NodeLayout } from "./NodeLayout.js";
import type { RowPredictors, RowProbabilities, RowRange, RowTable } from "./RowTable.js";

/**
 * A model seen as Gaussian random effects under a likelihood, for engines that integrate or optimise over the effects. It never
 * says which family or formula it serves.
 *
 * n rows, p coefficients of the mean, r free parameters of the family's others (`dispersion`); factor f has J_f levels with q_f effects each, its b is level-major
 * (b[level * q + effect]). All q x q matrices are row-major. Buffers belong to whoever made them; nothing here keeps one.
 */
export interface LatentGaussian {
  readonly rows: number;
  /** Lengths of the parts of a position (beta, theta, dispersion), in that order. */
  readonly sizes: { readonly beta: number; readonly theta: number; readonly dispersion: number };
  readonly factors: readonly LatentFactor[];
  /** How the factors relate; "nested" when they form one chain. */
  readonly structure: "none" | "single" | "nested" | "crossed";
  /** Whether the likelihood is normal in eta with one sigma for all rows (dispersion length 1, or 0 where it is a number), so that b integrates out exactly. */
  readonly isGaussian: boolean;
  /**
   * log |det| of the matrix that takes beta to the coefficients that the model names, by which a restricted likelihood differs between
   * the two. Absent where they are the same.
   */
  readonly logDeterminantToWritten?: number;
  /** What the log of a Gaussian likelihood adds to that of its rows as they are seen here: log(w) / 2 of each row with a precision weight w. */
  readonly gaussianConstant: number;
  /** Whether weights multiply the rows' log densities, so that these are no densities of the responses. */
  readonly hasLikelihoodWeights: boolean;
  /** The family that the model's becomes as its dispersion grows without end; null where it has no name. */
  readonly dispersionLimit: string | null;
  /** The response where stratum totals are sufficient for random intercepts, so that one can condition on them; else null. */
  readonly conditional: ConditionalResponse | null;
  /** For each pair of factors, which of their levels meet in a row. */
  readonly pairs: readonly FactorPair[];

  /** Zeroed buffers in the shapes of this model. */
  values(): LatentValues;
  rowTable(): RowTable;
  crossProducts(): CrossProducts;

  /**
   * Sets beta, Lambda and dispersion from an unconstrained position; returns log prior density and log Jacobian apart, so that
   * maximum likelihood can leave out both.
   */
  read(position: Float64Array, values: LatentValues): { readonly logPrior: number; readonly logJacobian: number };
  /**
   * The adjoint of the last `read`: from d value / d (beta, Lambda, dispersion) to d value / d position (overwritten), to which
   * the derivatives of the log prior and of the log Jacobian are added where asked for.
   */
  chain(
    gradients: LatentValues,
    include: { readonly prior: boolean; readonly jacobian: boolean },
    gradient: Float64Array,
  ): void;

  /**
   * Log prior density of (beta, sds, correlation matrices, dispersion), on their own scale: for penalised likelihoods, which know no
   * unconstrained one. Adds its derivatives to `gradients` where they are given. -Infinity outside a support.
   */
  logPrior(values: LatentValues, gradients: LatentValues | null): number;
  /** The priors' supports. */
  readonly supports: LatentSupports;

  /**
   * Fills the table at (beta, dispersion) of `values` and the effects `b` (one array a factor) as far as `order` asks, and returns
   * the log-likelihood with all constants; NaN or -Infinity where it cannot be computed. `shift`, length n, is added to the linear predictors.
   */
  evaluateRows(
    values: LatentValues,
    b: readonly Float64Array[],
    order: 0 | 1 | 2 | 3,
    table: RowTable,
    shift?: Float64Array,
  ): number;
  /** The same of many rows, with pauses: what it needs is loaded in parts, and rows without a kernel are computed in parts. */
  evaluateRowsInSteps(...call: Parameters<LatentGaussian["evaluateRows"]>): Steps<number>;

  /** log p(y_i | eta_i), constants included, at the predictors of a row table, into `out`, length n; -Infinity or NaN as in `evaluateRows`. */
  logDensities(at: RowPredictors, out: Float64Array): void;
  /** Null where the family has no distribution function. */
  readonly cumulative: RowProbabilities | null;

  /** X's into `out`, length p. */
  crossBeta(s: Float64Array, out: Float64Array): void;
  /** Z's of one factor into `out`, J x q. */
  crossEffects(factor: number, s: Float64Array, out: Float64Array): void;
  /** From the rows' derivatives in the columns of psi to those in the r parameters that psi is made of. */
  crossDispersion(s: readonly Float64Array[], out: Float64Array): void;
  /** X'WX, Z'WX, Z'WZ as one block a level, and the sparse cross blocks of pairs of factors, for row weights w. */
  accumulate(w: Float64Array, out: CrossProducts): void;
  /** Z'WZ alone. */
  accumulateEffects(w: Float64Array, out: EffectsBlocks): void;
  /** Its adjoint: z_i' B z_i of each row i, for a symmetric B that has the blocks of Z'WZ; length n. */
  rowForms(B: EffectsBlocks, out: Float64Array): void;
  /** z_i' B e_i of each row i, e_i picking one effect of a factor at the row's level, for the same B; length n. */
  rowProducts(B: EffectsBlocks, of: EffectOfFactor, out: Float64Array): void;
  /** Z b summed over the factors, into `out`, length n. */
  predictEffects(b: readonly Float64Array[], out: Float64Array): void;

  /** P = G^-1 with G = Lambda Lambda' of one factor; returns log |P|. Needs a regular Lambda. */
  precision(Lambda: Float64Array, P: Float64Array): number;
  /** Its adjoint: adds to d value / d Lambda what comes through P and through log |P|. */
  chainPrecision(
    Lambda: Float64Array,
    P: Float64Array,
    gradients: { readonly P: Float64Array; readonly logDeterminant: number },
    LambdaGradient: Float64Array,
  ): void;

  /**
   * The kernel of quadrature: integrals over the effects of one level at a time by a sum over nodes. Throws RangeError where the nodes do
   * not fit in memory.
   */
  levelIntegrals(layout: NodeLayout): LevelIntegrals;
  /**
   * The kernel of quadrature over the effects of a factor that is the only one, with room for so many nodes a level; who asks for no more than
   * an earlier call gets the same one. Null for other structures and where the family has none. Throws RangeError where it does not fit in memory.
   */
  readonly factorIntegral: FactorIntegralOf;
  /** `to` = `from` + Z shift in the rows rows[first] .. rows[end - 1], which share a level of the factor; `shift` has q numbers. */
  shiftRows(range: RowRange, shift: Float64Array, from: Float64Array, to: Float64Array): void;
  /** Z's of one level, q numbers into `out`. */
  crossRows(range: RowRange, s: Float64Array, out: Float64Array): void;

  /** Names of a draw, and the draw that (beta, Lambda, dispersion) last `read` and effects `b` stand for. */
  readonly quantities: Quantities;
  writeDraw(b: readonly Float64Array[], draw: Float64Array): void;
  /** What each of `quantities.parameters` is. */
  readonly parameterKinds: readonly ParameterKind[];
  /** Sds and correlations that are no parameters, being held at numbers: by the names that they would have. */
  readonly heldCovariances: ReadonlyMap<string, number>;
  /**
   * Makes `values` what `writeDraw` writes, from wherever they come: a prior's support has no say in it, and sds may be zero (the
   * correlations of such an effect are NaN). `chain` needs a `read` after it.
   */
  place(values: LatentValues): void;
}

/**
 * A coefficient is any real number, an sd is positive, a correlation lies in [-1, 1]. A scalar of the family is a dispersion if it is positive, a
 * probability, or a shape, which is any real number.
 */
export type ParameterKind = "coefficient" | "sd" | "correlation" | ScalarKind;
/** What a parameter of the family that is one number can be: positive, a probability, or any real number. */
export type ScalarKind = "dispersion" | "probability" | "shape";

/** Responses whose distribution given their sum is free of an intercept: of conditional logistic regression, or multinomial. */
export interface ConditionalResponse {
  readonly kind: "logistic" | "multinomial";
  /** Length n: successes, or counts. */
  readonly values: Float64Array;
  /** Length n; null where each row is one trial, or a count without an upper bound. */
  readonly trials: Float64Array | null;
}

/** One effect of a factor, the same for all of its levels. */
export interface EffectOfFactor {
  readonly factor: number;
  readonly effect: number;
}

/** A grouping factor and the random effects over it. */
export interface LatentFactor {
  readonly name: string;
  readonly levels: number;
  /** Effects per level, q, over all terms of the factor. */
  readonly effects: number;
  /** q x q: the effects that the model names are this times those of the view. Absent where they are the same. */
  readonly toWritten?: Float64Array;
  /** Sizes of the independent terms the effects are made of; Lambda is block diagonal in them. */
  readonly terms: readonly number[];
  /** Per term what stands at numbers of its sds and correlation; null where that is nothing. */
  readonly held: readonly (HeldTerm | null)[];
  /** Length n. */
  readonly levelIndex: Int32Array;
  /** The closest factor it is nested in and, per level, the level of that one. */
  readonly parent: { readonly factor: number; readonly levelIndex: Int32Array } | null;
}

/** What of a term's covariance matrix is held at numbers, as in `HeldCovariance`. */
export interface HeldTerm {
  /** Length q; null where an sd is free. */
  readonly sds: readonly (number | null)[];
  /** The correlation of two effects; null where it is free. */
  readonly correlation: number | null;
}

/** Levels of `second` that meet level j of `first` stand in second levels[start[j]] .. levels[start[j + 1] - 1], ascending. */
export interface FactorPair {
  readonly first: number;
  readonly second: number;
  readonly start: Int32Array;
  readonly levels: Int32Array;
}

/** Open intervals. */
export interface LatentSupports {
  readonly beta: readonly Interval[];
  /** Per factor and effect. */
  readonly sds: readonly (readonly Interval[])[];
  readonly dispersion: readonly Interval[];
}

/** An open interval. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

/** The blocks of a symmetric matrix over the effects of all factors, those that Z'WZ has; the others are zero or not asked for. */
export interface EffectsBlocks {
  /** Per factor, J blocks of q x q. */
  readonly factors: readonly Float64Array[];
  /** One per pair, as in `CrossProducts`. */
  readonly pairs: readonly Float64Array[];
}

/** X'WX, Z'WX and Z'WZ of row weights W, as blocks. */
export interface CrossProducts {
  /** p x p. */
  readonly XWX: Float64Array;
  readonly factors: readonly {
    /** J blocks of q x q. */
    readonly ZWZ: Float64Array;
    /** J blocks of q x p. */
    readonly ZWX: Float64Array;
  }[];
  /** One per pair: blocks of q_first x q_second in the order of `FactorPair.levels`. */
  readonly pairs: readonly Float64Array[];
}
