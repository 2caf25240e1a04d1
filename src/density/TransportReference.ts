/**
 * What a transported density is built about, frozen once: plain data, made by an engine from the Laplace approximation and sent to
 * threads as it is. Any reference gives the same posterior; a good one gives coordinates in which it is nearly N(0, I).
 *
 * Matrices are row-major; effects are level-major; J levels of q effects a factor, p coefficients, h hyperparameters.
 */
export interface TransportReference {
  /** Length h: the unconstrained position of (beta, theta, dispersion) that w = 0 stands for. */
  readonly position: Float64Array;
  /** h x h, lower triangular, positive diagonal: position = reference + scale w. */
  readonly scale: Float64Array;
  /** Length p: beta at `position`, in the coordinates of the sampled X. */
  readonly beta: Float64Array;
  /** Per factor of the model, what the likelihood says of its effects. */
  readonly factors: readonly FactorReference[];
  /** The factors in the order in which they are eliminated; what is eliminated first is drawn last, given all that follow. */
  readonly stages: readonly StageReference[];
}

/**
 * The linear part of a factor's Gaussian approximation: its information vector is r - A (beta - beta0), less C (b - mode) of each factor
 * that it is coupled to.
 */
export interface FactorReference {
  readonly levels: number;
  readonly effects: number;
  /** J x q: the effects that the approximation is made at. */
  readonly mode: Float64Array;
  /** J x q. */
  readonly r: Float64Array;
  /** J x q x p. */
  readonly A: Float64Array;
  /** With factors of later stages. */
  readonly couplings: readonly Coupling[];
}

/** C, by blocks of q x q': level j meets levels[start[j]] .. levels[start[j + 1] - 1] of the other factor. */
export interface Coupling {
  readonly factor: number;
  readonly start: Int32Array;
  readonly levels: Int32Array;
  readonly blocks: Float64Array;
}

export type StageReference = TreeReference | DenseReference;

/** One factor whose levels are all coupled once others have been eliminated: by what is left of Z'WZ, frozen. */
export interface DenseReference {
  readonly kind: "dense";
  readonly factor: number;
  /** n x n with n = J q, symmetric. */
  readonly curvature: Float64Array;
}

/** One factor, or nested ones from the finest to the coarsest: eliminated exactly, as a function of theta. */
export interface TreeReference {
  readonly kind: "tree";
  readonly generations: readonly GenerationReference[];
}

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
