import type { EffectsModel, Shape, TreeReference } from "../kernel/map/EffectsModel.js";

export type { FactorReference, GenerationReference, StageReference } from "../kernel/map/EffectsModel.js";

/**
 * What a transported density is built about, frozen once: plain data, made by an engine from the Laplace approximation and sent to
 * threads as it is. Any reference gives the same posterior; a good one gives coordinates in which it is nearly N(0, I).
 *
 * Matrices are row-major; effects are level-major; J levels of q effects a factor, p coefficients, h hyperparameters.
 */
export interface TransportReference extends EffectsModel {
  readonly kind: "transported";
  /** Length h: the unconstrained position of (beta, theta, dispersion) that w = 0 stands for. */
  readonly position: Float64Array;
  /** h x h, lower triangular, positive diagonal: position = reference + scale w. */
  readonly scale: Float64Array;
  /** Length h, not negative: how much each component of w is bent to the left (`bendAt`); 0 for not at all. */
  readonly bends: Float64Array;
  /** Length p: beta at `position`, in the coordinates of the sampled X. */
  readonly beta: Float64Array;
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
  /** Shapes of the factors of the model (no levels for those that stand in the root), then that of the root. */
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

/** Where the effects of the levels of one factor of a tree are, in a Gaussian reference. */
export interface GaussianSite {
  /** The factor of the tree. */
  readonly shape: number;
  readonly levels: number;
  /** First effects among those of the tree's factor, and of the blocks of P: one block for a factor of the tree, one a level in the root. */
  readonly starts: Int32Array;
}
