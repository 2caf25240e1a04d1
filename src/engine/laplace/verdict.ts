import { exp, log } from "../../math/special/elementary.js";
import type { Guard } from "../../posterior/Posterior.js";
import type { ParameterMoments } from "./weightedMoments.js";

/** An approximation may differ by so many posterior sds in a mean, and by so much in a log sd. */
export interface Tolerance {
  readonly shift: number;
  readonly logRatio: number;
  /** What it is held against. */
  readonly standard: string;
}

/** Against a few hundred weighted draws, whose own sds are no better than that. */
export const DRAWN: Tolerance = { shift: 0.1, logRatio: 0.1, standard: "importance weights" };
/** Against the corrected result. */
export const CORRECTED: Tolerance = {
  shift: 0.1,
  logRatio: 0.05,
  standard: "the result corrected by importance weights",
};

/** The verdict on an approximation that is left as it is, by better moments of the same quantities; those that do not vary are left out. */
export function verdict(
  names: readonly string[],
  moments: ParameterMoments,
  better: ParameterMoments,
  guard: Guard,
  { shift, logRatio, standard }: Tolerance,
): Guard {
  if (!guard.isTrusted || names.length === 0) return guard;
  const varies = (k: number) => better.sds[k] > 0;
  const shifts = moments.means.map((mean, k) => (varies(k) ? (mean - better.means[k]) / better.sds[k] : 0));
  const logRatios = moments.sds.map((sd, k) => (varies(k) ? log(sd / better.sds[k]) : 0));
  const [worst, widest] = [furthest(shifts), furthest(logRatios)];
  const facts =
    `against ${standard} (Pareto k ${guard.paretoK.toFixed(2)}) the mean of ${names[worst]} is off by ` +
    `${shifts[worst].toFixed(2).replace("-0.00", "0.00")} posterior sds, no other by more, and sds by up to a factor of ${exp(logRatios[widest]).toFixed(2)}, that of ${names[widest]}`;
  if (Math.abs(shifts[worst]) <= shift && Math.abs(logRatios[widest]) <= logRatio)
    return { ...guard, verdict: `good: ${facts}` };
  return {
    ...guard,
    isTrusted: false,
    verdict: `do not trust: ${facts}`,
    advice: "leave the integration to auto, which corrects this",
  };
}

function furthest(values: Float64Array): number {
  return values.reduce((most, value, k) => (Math.abs(value) > Math.abs(values[most]) ? k : most), 0);
}

/** The one's quantities, then the other's. */
export function together(first: ParameterMoments, second: ParameterMoments): ParameterMoments {
  return {
    means: Float64Array.of(...first.means, ...second.means),
    sds: Float64Array.of(...first.sds, ...second.sds),
  };
}
