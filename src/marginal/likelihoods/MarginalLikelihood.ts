import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { Steps } from "../../math/steps.js";

/**
 * A likelihood with the random effects integrated out, as a function of (beta, Lambda, dispersion): what maximum likelihood
 * maximises. All constants are kept, so that values compare across methods. It keeps the conditional modes of its last evaluation
 * as a warm start; the value does not depend on them.
 */
export interface MarginalLikelihood {
  readonly view: LatentGaussian;
  /**
   * The marginal log-likelihood; fills `gradients` (in the shapes of `view.values()`, Lambda's lower triangles) with its exact
   * derivatives where it is given. -Infinity where it cannot be computed; the gradients are then meaningless. `keepsMoments`: the effects'
   * moments will be asked for.
   */
  evaluate(values: LatentValues, gradients: LatentValues | null, keepsMoments?: boolean): number;
  /**
   * Of likelihoods that may take long: `evaluate` computed in advance, with pauses, for a call by the same arguments that is the next. Null where that
   * call takes next to no time.
   */
  inAdvance?:
    | ((
        values: LatentValues,
        wanted: { readonly gradients: boolean; readonly moments?: boolean },
      ) => Steps<void> | null)
    | undefined;
  /** The conditional modes at the last evaluation, and what surrounds them. */
  effects(): ConditionalEffects;
  /** The modes at the last evaluation on the standardised scale, b = Lambda u, one array a factor, until the next one; absent where they are not kept. */
  standardisedModes?(): readonly Float64Array[];
  /** The effects' first three moments at the last evaluation, by the same quadrature; absent where there is none (Laplace). */
  effectMoments?(): EffectMoments;
}

/** Empirical Bayes estimates: the random effects given the parameters. */
export interface ConditionalEffects {
  /** Per factor, J x q: conditional modes on the original scale, b = Lambda u. */
  readonly modes: readonly Float64Array[];
  /** Per factor, J x q: conditional standard deviations from the curvature at the mode. */
  readonly sds: readonly Float64Array[];
  /** Per factor, J blocks of q x q: the conditional covariances of a level's effects, likewise. */
  readonly covariances: readonly Float64Array[];
  /** Per factor, J x q: conditional means by the same quadrature; null where there is none (Laplace). */
  readonly means: readonly Float64Array[] | null;
}

/** Of every random effect given the parameters, on the original scale; per factor, J x q. */
export interface EffectMoments {
  readonly means: readonly Float64Array[];
  readonly sds: readonly Float64Array[];
  readonly skewness: readonly Float64Array[];
}
