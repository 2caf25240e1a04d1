import type { LatentValues } from "../../density/LatentValues.js";
import type { EffectsGivenParameters } from "../../marginal/effects/EffectsGivenParameters.js";
import type { EffectMoments } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { Steps } from "../../math/steps.js";

/**
 * What full Laplace finds at one place that simplified Laplace does not, carried to others: the difference of the means and the ratio of the sds in
 * conditional sds, and the difference of the skewness. A factorisation a value of every effect is too much to be had at every position.
 * Nothing where the modes cannot be found there.
 */
export function* fullCorrection(
  effects: EffectsGivenParameters,
  values: LatentValues,
): Steps<(simplified: EffectMoments) => EffectMoments> {
  if (!effects.at(values)) return (simplified) => simplified;
  const [plain, full] = [effects.moments(), yield* effects.fullMoments()];
  const each = (parts: readonly Float64Array[], change: (value: number, f: number, k: number) => number) =>
    parts.map((part, f) => part.map((value, k) => change(value, f, k)));
  const inSds = (value: number, sd: number) => (sd > 0 ? value / sd : 0);
  const shifts = each(full.means, (mean, f, k) => inSds(mean - plain.means[f][k], plain.sds[f][k]));
  const ratios = each(full.sds, (sd, f, k) => (plain.sds[f][k] > 0 ? sd / plain.sds[f][k] : 1));
  const skews = each(full.skewness, (skew, f, k) => skew - plain.skewness[f][k]);
  return ({ means, sds, skewness }) => ({
    means: each(means, (mean, f, k) => mean + shifts[f][k] * sds[f][k]),
    sds: each(sds, (sd, f, k) => sd * ratios[f][k]),
    skewness: each(skewness, (skew, f, k) => skew + skews[f][k]),
  });
}
