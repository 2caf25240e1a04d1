import { mean } from "../../math/moments.js";
import { exp, log } from "../../math/special/elementary.js";
import type { EffectsProposal } from "./effectsProposal.js";

/** Moments of the effects that are integrated by quadrature, on the original scale, each J x q. */
export interface FreeMoments {
  readonly means: Float64Array;
  readonly sds: Float64Array;
  readonly skewness: Float64Array;
}

/** Given a draw of the other effects. */
export interface MomentsOfDraw extends FreeMoments {
  /** How far the draw moves the means under the Gaussian approximation. */
  readonly shift: Float64Array;
}

/**
 * The moments of the mixture over the draws. How far the means of so few lie apart says little of their variance, and much the same of it as under the Gaussian
 * approximation, where it is known.
 */
export function mixedMoments(
  draws: readonly MomentsOfDraw[],
  logWeights: Float64Array,
  { marginal, given }: ReturnType<EffectsProposal["variances"]>,
): FreeMoments {
  const total = logMean(logWeights) + log(draws.length);
  const shares = logWeights.map((value) => exp(value - total));
  const [means, within, between, third] = [0, 0, 0, 0].map(() => new Float64Array(given.length));
  draws.forEach((draw, s) => {
    for (let k = 0; k < means.length; k++) means[k] += shares[s] * draw.means[k];
  });
  draws.forEach(({ means: centres, sds, skewness, shift }, s) => {
    for (let k = 0; k < means.length; k++) {
      const [off, sd] = [centres[k] - means[k], sds[k]];
      within[k] += shares[s] * sd * sd;
      between[k] += shares[s] * off * off - (shift[k] * shift[k]) / draws.length;
      third[k] += shares[s] * (skewness[k] * sd ** 3 + off * (3 * sd * sd + off * off));
    }
  });
  const sds = within.map((variance, k) =>
    Math.sqrt(Math.max(variance, variance + between[k] + marginal[k] - given[k])),
  );
  return { means, sds, skewness: third.map((value, k) => (sds[k] > 0 ? value / sds[k] ** 3 : 0)) };
}

/** Log of the mean of numbers given by their logs. */
export function logMean(logs: Float64Array): number {
  const largest = logs.reduce((a, b) => Math.max(a, b));
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + log(mean(logs.map((value) => exp(value - largest))));
}
