import { productsOf, standardise } from "./control.js";
import type { ParameterMoments } from "./parameterMoments.js";
import { tilted } from "./tilting.js";

/** Positions of draws. */
interface Draws {
  /** What is known at each, first of all the parameters. */
  readonly values: readonly Float64Array[];
  readonly weights: Float64Array;
  /** Of each two of the parameters, on which those of the random effects depend; null to leave them as they are drawn. */
  readonly correlations: Float64Array | null;
}

/** The weights, made to agree with better moments of the first so many of the values, where they can be. */
export function calibrated(
  { values, weights, correlations }: Draws,
  moments: ParameterMoments,
  count: number,
): Float64Array {
  const offs = values.map((at) => standardise(at, moments, count));
  const ofMoments = offs.map((off) => Float64Array.from({ length: 2 * count }, (_, k) => powerOf(off, k)));
  const some = () => tilted(weights, ofMoments)?.weights ?? weights;
  if (correlations === null) return some();
  const ofAll = offs.map((off, i) => {
    const all = new Float64Array(2 * count + correlations.length);
    all.set(ofMoments[i]);
    all.set(
      productsOf(off).map((product, k) => product - correlations[k]),
      2 * count,
    );
    return all;
  });
  return tilted(weights, ofAll)?.weights ?? some();
}

/** One after the other, and then the squares less one. */
function powerOf(offs: Float64Array, k: number): number {
  return k < offs.length ? offs[k] : offs[k - offs.length] ** 2 - 1;
}
