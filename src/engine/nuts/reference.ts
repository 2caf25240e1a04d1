import type { LatentGaussian, LatentValues } from "../../density/LatentGaussian.js";
import type { GaussianReference, TransportReference } from "../../density/TransportReference.js";
import { effectsVectors } from "../../marginal/BlockCholesky.js";
import { conditionalModes } from "../../marginal/conditionalModes.js";
import { effectsHessian } from "../../marginal/EffectsHessian.js";
import { laplaceMarginal } from "../../marginal/laplace.js";
import type { MarginalLikelihood } from "../../marginal/MarginalLikelihood.js";
import { plainMarginal } from "../../marginal/plain.js";
import { marginalPosterior, type PosteriorMode, posteriorMode } from "../../marginal/posteriorMode.js";
import { lowerCholesky } from "../../math/linalg/cholesky.js";
import { fitBend } from "./bends.js";
import { effectsReference } from "./effectsReference.js";
import { gaussianReference } from "./gaussianReference.js";

/** A search that stops with a larger gradient, in posterior sds, has not come near the mode. */
const LARGEST_GRADIENT = 1;

/** Or the reason why there is none. */
export type MadeReference<Reference> = { readonly reference: Reference } | { readonly refusal: string };

/**
 * The reference of a standardised density, about the mode of the marginal posterior of (beta, theta, dispersion): of an integrated
 * one for a normal response, where the coefficients have normal or flat priors and the eliminations are cheap; else of a transported one.
 */
export function standardisingReference(
  view: LatentGaussian,
  hasNormalCoefficients: boolean,
): MadeReference<TransportReference | GaussianReference> {
  const marginal = view.factors.length > 0 ? laplaceMarginal(view) : plainMarginal(view);
  const mode = posteriorMode(marginal);
  if (!mode.position.every(Number.isFinite) || !(mode.gradientNorm < LARGEST_GRADIENT))
    return { refusal: `the mode of the marginal posterior was not found (${mode.reason})` };
  const isIntegrable = view.isGaussian && hasNormalCoefficients;
  const integrated = isIntegrable ? gaussianReference(view, mode.position, mode.covariance) : null;
  return integrated === null ? transportReference(marginal, mode) : { reference: integrated };
}

/** With what the likelihood says of the effects at their conditional modes. */
function transportReference(
  marginal: MarginalLikelihood,
  { position, covariance }: PosteriorMode,
): MadeReference<TransportReference> {
  const scale = lowerCholesky(covariance, position.length);
  if (scale === null) return { refusal: "the marginal posterior has no curvature at its mode" };
  const { view } = marginal;
  const bends = thetaBends(marginal, position, scale);
  const values = view.values();
  view.read(position, values);
  const hyper = { kind: "transported" as const, position, scale, bends, beta: values.beta.slice() };
  if (view.factors.length === 0) return { reference: { ...hyper, factors: [], stages: [] } };
  const effects = frozenEffects(view, values);
  return "refusal" in effects ? effects : { reference: { ...hyper, ...effects } };
}

/** Of the sds and correlations; an sd that may be zero has a long tail below. Along each, those before it are at the mode. */
function thetaBends(marginal: MarginalLikelihood, mode: Float64Array, scale: Float64Array): Float64Array {
  const minusLogDensity = marginalPosterior(marginal);
  const { beta, theta } = marginal.view.sizes;
  const n = mode.length;
  const gradient = new Float64Array(n);
  return mode.map((_, k) => {
    if (k < beta || k >= beta + theta) return 0;
    const along = (w: number) => {
      const position = mode.map((x, r) => x + scale[r * n + k] * w);
      return -minusLogDensity(position, gradient);
    };
    return fitBend(along, scale[k * (n + 1)]);
  });
}

/** Rows whose likelihood is not concave at the modes have no say in the curvature. */
function frozenEffects(view: LatentGaussian, values: LatentValues): ReturnType<typeof effectsReference> {
  const { table, b, converged } = conditionalModes(view, effectsHessian(view), values, effectsVectors(view));
  if (!converged) return { refusal: "the conditional modes of the random effects were not found" };
  const products = view.crossProducts();
  view.accumulate(
    table.dEta2.map((slope) => Math.max(0, -slope)),
    products,
  );
  const modes = b.map((part) => part.slice());
  return effectsReference({ view, products, values, modes, scores: table.dEta });
}
