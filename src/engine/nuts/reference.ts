import type { LatentGaussian, LatentValues } from "../../density/LatentGaussian.js";
import type { TransportReference } from "../../density/TransportReference.js";
import { type LaplaceMarginal, laplaceMarginal } from "../../marginal/laplace.js";
import { plainMarginal } from "../../marginal/plain.js";
import { type PosteriorMode, posteriorMode } from "../../marginal/posteriorMode.js";
import { cholesky } from "../../math/linalg/cholesky.js";
import { effectsReference } from "./effectsReference.js";

/** A search that stops with a larger gradient, in posterior sds, has not come near the mode. */
const LARGEST_GRADIENT = 1;

/**
 * The reference of a transported density: the mode of the marginal posterior of (beta, theta, dispersion), its curvature, and what the
 * likelihood says of the effects at their conditional modes there. Or the reason why there is none.
 */
export function transportReference(
  view: LatentGaussian,
): { readonly reference: TransportReference } | { readonly refusal: string } {
  const laplace = view.factors.length > 0 ? laplaceMarginal(view) : null;
  const mode = posteriorMode(laplace ?? plainMarginal(view));
  if (!mode.position.every(Number.isFinite) || !(mode.gradientNorm < LARGEST_GRADIENT))
    return { refusal: `the mode of the marginal posterior was not found (${mode.reason})` };
  const scale = lowerFactor(mode);
  if (scale === null) return { refusal: "the marginal posterior has no curvature at its mode" };
  const values = view.values();
  view.read(mode.position, values);
  const hyper = { position: mode.position, scale, beta: values.beta.slice() };
  if (laplace === null) return { reference: { ...hyper, factors: [], stages: [] } };
  const effects = frozenEffects(laplace, values);
  return "refusal" in effects ? effects : { reference: { ...hyper, ...effects } };
}

function lowerFactor({ covariance }: PosteriorMode): Float64Array | null {
  const n = Math.round(Math.sqrt(covariance.length));
  const L = covariance.map((value, k) => (k % n <= Math.floor(k / n) ? value : 0));
  return cholesky(L, n) ? L : null;
}

/** Rows whose likelihood is not concave at the modes have no say in the curvature. */
function frozenEffects(laplace: LaplaceMarginal, values: LatentValues): ReturnType<typeof effectsReference> {
  const { view } = laplace;
  if (!Number.isFinite(laplace.evaluate(values, null)) || laplace.modes === null)
    return { refusal: "the conditional modes of the random effects were not found" };
  const { table, b } = laplace.modes;
  const products = view.crossProducts();
  view.accumulate(
    table.dEta2.map((slope) => Math.max(0, -slope)),
    products,
  );
  const modes = b.map((part) => part.slice());
  return effectsReference({ view, products, values, modes, scores: table.dEta });
}
