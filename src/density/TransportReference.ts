/**
 * What a transported density is built about, frozen once: plain data, made by an engine from the Laplace approximation and sent to
 * threads as it is. Any reference gives the same posterior; a good one gives coordinates in which it is nearly N(0, I).
 *
 * Matrices are row-major; effects are level-major; J levels of q effects a factor, p coefficients, h hyperparameters.
 */
export interface TransportReference {
  readonly kind: "transported";
  /** Length h: the unconstrained position of (beta, theta, dispersion) that w = 0 stands for. */
  readonly position: Float64Array;
  /** h x h, lower triangular, positive diagonal: position = reference + scale w. */
  readonly scale: Float64Array;
  /** Length h, not negative: how much each component of w is bent to the left (`bendAt`); 0 for not at all. */
  readonly bends: Float64Array;
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

/** C, by blocks of q x q': level j meets levels[start[j]] .. levels[start[j + 1] - 1] of the other factor. */
export interface Coupling {
  readonly factor: number;
  readonly start: Int32Array;
  readonly levels: Int32Array;
  readonly blocks: Float64Array;
}

/**
 * What the posterior of a linear mixed model is integrated by. The tree is that of the largest factor and those it is nested in; its root,
 * a factor of one level after those of the model, holds the effects of the others and the coefficients.
 */
export interface GaussianReference {
  readonly kind: "integrated";
  readonly rows: number;
  /** Length h, as in `TransportReference`; its coefficients are beta0. */
  readonly position: Float64Array;
  /** Lower triangular, for theta and the dispersion alone. */
  readonly scale: Float64Array;
  /** Length p: beta0, in the coordinates of the sampled X. */
  readonly beta: Float64Array;
  /** Of the factors of the model, without levels for those that stand in the root, and of the root. */
  readonly shapes: readonly Shape[];
  /** Per factor of the model, where its effects stand. */
  readonly sites: readonly GaussianSite[];
  /** Curvature: [Z X]'[Z X]. */
  readonly tree: TreeReference;
  /** [Z X]'y0 by factors of the tree; empty for those that stand in the root. */
  readonly information: readonly Float64Array[];
  /** y0'y0, of the residuals at beta0. */
  readonly squares: number;
  /** Where it is a number. */
  readonly sigma: number | null;
}

export interface Shape {
  readonly levels: number;
  readonly effects: number;
}

export interface GaussianSite {
  /** The factor of the tree. */
  readonly shape: number;
  readonly levels: number;
  /** First effects among those of the tree's factor, and of the blocks of P: one block for a factor of the tree, one a level in the root. */
  readonly starts: Int32Array;
}

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
