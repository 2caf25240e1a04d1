import { skewedNormal } from "../../math/special/skewed.js";
import { type DensityKnots, densityThrough, type TabulatedDensity } from "../../math/tabulatedDensity.js";
import { constantMarginal } from "../../posterior/densityMarginals.js";
import type { DensityMarginal } from "../../posterior/Posterior.js";
import { type EffectMixtures, effectMixtures, overallMoments, type WeightedMoments } from "./effectMixtures.js";

/** Points of a mixture's table, and how far it reaches in sds. */
const POINTS = 61;
const REACH = 5.5;
const SCORES = evenScores(POINTS, REACH);

/** So many from -reach to reach. */
export function evenScores(points: number, reach: number): Float64Array {
  return Float64Array.from({ length: points }, (_, i) => reach * ((2 * i) / (points - 1) - 1));
}

/** Marginals of the effects: mixtures over the positions of skewed normals. */
export function effectMarginals(given: WeightedMoments): DensityMarginal[] {
  return effectMixtures(given).flatMap((mixtures) => {
    const { means, sds } = overallMoments(mixtures);
    return Array.from(means, (mean, k) =>
      sds[k] > 0 ? mixtureMarginal(mixtures, k, mean, sds[k]) : constantMarginal(mean),
    );
  });
}

/** Its knots are made when they are first read. */
function mixtureMarginal(mixtures: EffectMixtures, k: number, mean: number, sd: number): DensityMarginal {
  let made: DensityKnots | null = null;
  return {
    kind: "density",
    mean,
    sd,
    get knots() {
      made ??= mixtureTable(mixtures, k, mean, sd).knots;
      return made;
    },
  };
}

/** The mixture's density, moved and stretched to the mixture's mean and sd, which the table alone would only be near to. */
function mixtureTable(mixtures: EffectMixtures, k: number, mean: number, sd: number): TabulatedDensity {
  const heights = mixtureHeights(mixtures, k, SCORES, mean, sd);
  const own = densityThrough(SCORES, heights);
  const scale = sd / own.sd;
  return densityThrough(
    SCORES.map((score) => mean + (score - own.mean) * scale),
    heights,
  );
}

/** At scores about so much and in units of so much. */
export function mixtureHeights(
  { size, weights, means, sds, skewness }: EffectMixtures,
  k: number,
  scores: Float64Array,
  mean: number,
  sd: number,
): Float64Array {
  const heights = new Float64Array(scores.length);
  for (let c = 0, at = k; c < weights.length; c++, at += size) {
    if (!(sds[at] > 0)) continue;
    const { density } = skewedNormal(skewness[at]);
    const [start, step, height] = [(mean - means[at]) / sds[at], sd / sds[at], weights[c] / sds[at]];
    for (let i = 0; i < scores.length; i++) heights[i] += height * density(start + step * scores[i]);
  }
  return heights;
}
