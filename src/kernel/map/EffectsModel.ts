/**
 * A Gaussian approximation of the random effects given the coefficients, the precision P of each factor's effects and, of each factor, the
 * effects of those in later stages. Plain data.
 *
 * Matrices are row-major; effects are level-major; J levels of q effects a factor, p coefficients.
 */
export interface EffectsModel {
  /** Per factor of the model, what the likelihood says of its effects. */
  readonly factors: readonly FactorReference[];
  /** The factors in the order in which they are eliminated; what is eliminated first is drawn last, given all that follow. */
  readonly stages: readonly StageReference[];
}

/** Numbers of levels, and of effects a level. */
export interface Shape {
  readonly levels: number;
  readonly effects: number;
}

/**
 * The linear part of a factor's Gaussian approximation: its information vector is r - A (beta - beta0), less C (b - mode) of each factor
 * that it is coupled to.
 */
export interface FactorReference extends Shape {
  /** J x q: the effects that the approximation is made at. */
  readonly mode: Float64Array;
  /** J x q. */
  readonly r: Float64Array;
  /** J x q x p. */
  readonly A: Float64Array;
  /** With factors of later stages. */
  readonly couplings: readonly Coupling[];
}

/** C, by blocks of q x q': level j meets levels[start[j]] .. levels[start[j + 1] - 1] of the other factor, each once. */
export interface Coupling {
  readonly factor: number;
  readonly start: Int32Array;
  readonly levels: Int32Array;
  readonly blocks: Float64Array;
}

/** A stage of the map of transported effects: a chain of nested factors, a factor by its spectrum, or one by a dense matrix. */
export type StageReference = TreeReference | DenseReference | SpectralReference;

/** One factor whose levels are all coupled once others have been eliminated: by what is left of Z'WZ, frozen. */
export interface DenseReference {
  readonly kind: "dense";
  readonly factor: number;
  /** n x n with n = J q, symmetric. */
  readonly curvature: Float64Array;
}

/** The same for one effect a level, by the eigenvalues of the curvature and, row by row, their unit eigenvectors. */
export interface SpectralReference {
  readonly kind: "spectral";
  readonly factor: number;
  readonly eigenvalues: Float64Array;
  readonly eigenvectors: Float64Array;
}

/** One factor, or nested ones from the finest to the coarsest: eliminated exactly, as a function of theta. */
export interface TreeReference {
  readonly kind: "tree";
  readonly generations: readonly GenerationReference[];
}

/** One generation of a chain of nested factors, in the reference of transported effects. */
export interface GenerationReference {
  readonly factor: number;
  /** The coarser factors of the tree, nearest first, with this factor's level -> theirs. */
  readonly ancestors: readonly { readonly factor: number; readonly levelIndex: Int32Array }[];
  /**
   * Per level a symmetric matrix over its own effects and then those of its ancestors, of which the first q columns are given:
   * Z'WZ of the level itself, and across to the ancestors.
   */
  readonly curvature: Float64Array;
}
