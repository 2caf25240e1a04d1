import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { EffectsGivenParameters } from "../../marginal/effects/EffectsGivenParameters.js";
import type { EffectMoments } from "../../marginal/likelihoods/MarginalLikelihood.js";
import { type LinearCombination, ofCoefficients } from "./LinearCombination.js";

/**
 * Moments of combinations with random effects in them, given the parameters: their variance is that of the Gaussian approximation, each effect
 * stretched to its own sd; the third cumulants of the effects are added up as if they were independent.
 */
export function combinationMoments(
  view: LatentGaussian,
  combinations: readonly LinearCombination[],
): (effects: EffectsGivenParameters, moments: EffectMoments, parameters: Float64Array) => EffectMoments {
  const places = view.factors.flatMap(({ levels, effects: q }, f) =>
    Array.from({ length: levels * q }, (_, k) => ({ f, k })),
  );
  return (effects, { means, sds, skewness }, parameters) => {
    const gaussian = effects.gaussianMoments().sds;
    const out = [0, 0, 0].map(() => new Float64Array(combinations.length));
    combinations.forEach((combination, c) => {
      const weights = means.map((part) => new Float64Array(part.length));
      let mean = ofCoefficients(combination, parameters);
      let third = 0;
      for (const { index, weight } of combination.effects) {
        const { f, k } = places[index];
        mean += weight * means[f][k];
        third += weight ** 3 * skewness[f][k] * sds[f][k] ** 3;
        weights[f][k] += gaussian[f][k] > 0 ? (weight * sds[f][k]) / gaussian[f][k] : 0;
      }
      const variance = effects.varianceOf(weights);
      out[0][c] = mean;
      out[1][c] = Math.sqrt(variance);
      out[2][c] = variance > 0 ? third / variance ** 1.5 : 0;
    });
    const [mean, sd, skew] = out;
    return { means: [mean], sds: [sd], skewness: [skew] };
  };
}
