import type { Control } from "./control.js";
import type { ParameterMoments } from "./parameterMoments.js";
import { tilted } from "./tilting.js";

/** Positions of draws. */
interface Draws {
  /** What is known at each, first of all the parameters. */
  readonly values: readonly Float64Array[];
  readonly weights: Float64Array;
  /** By which to have the parameters' correlations, on which those of the random effects depend; null to leave them as they are drawn. */
  readonly control: Control | null;
}

/** The weights, made to agree with better moments of the first so many of the values, where they can be. */
export function calibrated(
  { values, weights, control }: Draws,
  moments: ParameterMoments,
  count: number,
): Float64Array {
  const { means, sds } = moments;
  const standardised = (at: Float64Array) => {
    const off = new Float64Array(count);
    for (let k = 0; k < count; k++) off[k] = (at[k] - means[k]) / sds[k];
    return off;
  };
  const offs = values.map(standardised);
  const ofMoments = offs.map((off) => Float64Array.from({ length: 2 * count }, (_, k) => powerOf(off, k)));
  const some = () => tilted(weights, ofMoments)?.weights ?? weights;
  if (control === null) return some();
  const correlations = control.means(weights, (at) => products(standardised(at)));
  const ofAll = offs.map((off, i) => {
    const all = new Float64Array(2 * count + correlations.length);
    all.set(ofMoments[i]);
    all.set(
      products(off).map((product, k) => product - correlations[k]),
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

/** Of each two of some numbers. */
function products(offs: Float64Array): Float64Array {
  const out = new Float64Array((offs.length * (offs.length - 1)) / 2);
  for (let k = 0, at = 0; k < offs.length; k++) for (let j = 0; j < k; j++) out[at++] = offs[k] * offs[j];
  return out;
}
