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
  const standardised = (at: Float64Array) =>
    at.subarray(0, count).map((value, k) => (value - moments.means[k]) / moments.sds[k]);
  const ofMoments = (offs: Float64Array) => Float64Array.of(...offs, ...offs.map((off) => off * off - 1));
  const correlations = control?.means(weights, (at) => products(standardised(at))) ?? null;
  const ofAll = (offs: Float64Array) =>
    Float64Array.of(...ofMoments(offs), ...products(offs).map((product, k) => product - (correlations?.[k] ?? 0)));
  const offs = values.map(standardised);
  const all = correlations === null ? null : tilted(weights, offs.map(ofAll));
  return (all ?? tilted(weights, offs.map(ofMoments)))?.weights ?? weights;
}

/** Of each two of some numbers. */
function products(offs: Float64Array): Float64Array {
  return Float64Array.from([...offs].flatMap((off, k) => [...offs.subarray(0, k)].map((other) => off * other)));
}
