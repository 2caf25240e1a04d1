import { workingScale } from "../../marginal/exploration/workingScale.js";
import { log } from "../../math/special/elementary.js";
import { largest, smallest } from "../../math/totals.js";
import { evenScores, mixtureHeights } from "./effectMarginals.js";
import { type Given, merged, overallMoments } from "./effectMixtures.js";
import type { Shape } from "./Shape.js";

/** Components of the mixture: one for every so much of a log sd, of which there are so many at most. */
const APART = 0.1;
const MOST_COMPONENTS = 32;
/** The points of its table, and how far that reaches in sds: few groups make heavy tails. */
const SCORES = evenScores(161, 12);

/**
 * The shape of a coefficient as a mixture over positions of the hyperparameters, whose weights sum to 1, of skewed normals given them (Rue, Martino & Chopin
 * 2009, equation 5): where the sd of few groups is hardly known it has the peak and the tails that no single line through the mode has.
 */
export function mixtureShape(given: readonly Given[], k: number): Shape {
  const components = componentsFor(given.map(({ sds }) => sds[k]));
  const mixture = merged(given, components, { first: k, size: 1 });
  const { means, sds } = overallMoments(mixture);
  const heights = mixtureHeights(mixture, 0, SCORES, means[0], sds[0]);
  const kept = SCORES.filter((_, i) => heights[i] > 0);
  return {
    scale: workingScale("coefficient"),
    values: kept.map((score) => means[0] + sds[0] * score),
    logDensities: heights.filter((height) => height > 0).map(log),
    isAlongLine: true,
  };
}

function componentsFor(sds: readonly number[]): number {
  const least = smallest(sds);
  return least > 0 ? Math.min(MOST_COMPONENTS, 1 + Math.ceil(log(largest(sds) / least) / APART)) : MOST_COMPONENTS;
}
