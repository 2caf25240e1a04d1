import type { Quantities } from "./LogDensity.js";

/**
 * A model seen as Gaussian random effects under a likelihood, for engines that integrate or optimise over the effects. It never
 * says which family or formula it serves.
 *
 * n rows, p coefficients, r dispersion parameters; factor f has J_f levels with q_f effects each, its b is level-major
 * (b[level * q + effect]). All q x q matrices are row-major. Buffers belong to whoever made them; nothing here keeps one.
 */
export interface LatentGaussian {
  readonly rows: number;
  /** Lengths of the parts of a position (beta, theta, dispersion), in that order. */
  readonly sizes: { readonly beta: number; readonly theta: number; readonly dispersion: number };
  readonly factors: readonly LatentFactor[];
  /** How the factors relate; "nested" when they form one chain. */
  readonly structure: "none" | "single" | "nested" | "crossed";
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
   * Fills the table at (beta, dispersion) of `values` and the effects `b` (one array a factor) as far as `order` asks, and returns
   * the log-likelihood with all constants; NaN or -Infinity where it cannot be computed.
   */
  evaluateRows(values: LatentValues, b: readonly Float64Array[], order: 0 | 1 | 2 | 3, table: RowTable): number;

  /** X's into `out`, length p. */
  crossBeta(s: Float64Array, out: Float64Array): void;
  /** Z's of one factor into `out`, J x q. */
  crossEffects(factor: number, s: Float64Array, out: Float64Array): void;
  /** The same for the dispersion: D's with D the rows' derivatives of psi in the dispersion parameters; length r. */
  crossDispersion(s: Float64Array, out: Float64Array): void;
  /** X'WX, Z'WX, Z'WZ as one block a level, and the sparse cross blocks of pairs of factors, for row weights w. */
  accumulate(w: Float64Array, out: CrossProducts): void;
  /** Z'WZ alone. */
  accumulateEffects(w: Float64Array, out: EffectsBlocks): void;
  /** Its adjoint: z_i' B z_i of each row i, for a symmetric B that has the blocks of Z'WZ; length n. */
  rowForms(B: EffectsBlocks, out: Float64Array): void;
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
   * The kernel of quadrature: for each level of a factor, the log-likelihood of its rows with that level's effect shifted by each of K
   * vectors. `shifts` is J x K x q, `out` is J x K; `eta` and `psi` are the table's at the unshifted point.
   */
  nodes(factor: number, table: RowTable, shifts: Float64Array, out: Float64Array): void;

  /** Names of a draw, and the draw that (beta, Lambda, dispersion) last `read` and effects `b` stand for. */
  readonly quantities: Quantities;
  writeDraw(b: readonly Float64Array[], draw: Float64Array): void;
}

export interface LatentFactor {
  readonly name: string;
  readonly levels: number;
  /** Effects per level, q, over all terms of the factor. */
  readonly effects: number;
  /** Sizes of the independent terms the effects are made of; Lambda is block diagonal in them. */
  readonly terms: readonly number[];
  /** Length n. */
  readonly levelIndex: Int32Array;
  /** The closest factor it is nested in and, per level, the level of that one. */
  readonly parent: { readonly factor: number; readonly levelIndex: Int32Array } | null;
}

/** Levels of `second` that meet level j of `first` stand in second levels[start[j]] .. levels[start[j + 1] - 1], ascending. */
export interface FactorPair {
  readonly first: number;
  readonly second: number;
  readonly start: Int32Array;
  readonly levels: Int32Array;
}

/** Parameters on their own scale, or derivatives with respect to them. */
export interface LatentValues {
  /** Length p, in the coordinates of the sampled X (centred where the prior is on the centred intercept). */
  readonly beta: Float64Array;
  /** Per factor, q x q lower triangular, diagonal >= 0. b = Lambda u. */
  readonly Lambda: readonly Float64Array[];
  /** Length r: the scalar itself, or the coefficients of its own predictor. */
  readonly dispersion: Float64Array;
}

/** Per row, each of length n. psi is the dispersion's own predictor, or the scalar dispersion. */
export interface RowTable {
  readonly eta: Float64Array;
  readonly psi: Float64Array;
  readonly value: Float64Array;
  readonly dEta: Float64Array;
  readonly dEta2: Float64Array;
  readonly dEta3: Float64Array;
  readonly dPsi: Float64Array;
  readonly dEtaPsi: Float64Array;
  readonly dEta2Psi: Float64Array;
}

/** The blocks of a symmetric matrix over the effects of all factors, those that Z'WZ has; the others are zero or not asked for. */
export interface EffectsBlocks {
  /** Per factor, J blocks of q x q. */
  readonly factors: readonly Float64Array[];
  /** One per pair, as in `CrossProducts`. */
  readonly pairs: readonly Float64Array[];
}

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
