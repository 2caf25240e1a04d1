import type { LatentValues } from "../../density/LatentValues.js";
import type { EffectsGivenParameters } from "../../marginal/effects/EffectsGivenParameters.js";
import {
  ImportanceSampler,
  type SampledEffects,
  type SamplingEffort,
} from "../../marginal/effects/importanceSampling.js";
import type { IntegratedPosterior } from "../../marginal/exploration/integratedPosterior.js";
import { positionAt, standardised } from "../../marginal/exploration/standardised.js";
import type { EffectMoments } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import type { Steps } from "../../math/steps.js";

/** Sampling of the effects at positions: draws a position, so many that their noise in its weight is small beside the weights' own spread. */
export interface EffectsSampling extends SamplingEffort {
  readonly sampler: ImportanceSampler;
}

/** How many sds from the mode, along each hyperparameter, sampling must be good enough. */
const FAR_OUT = 2;

/** What weighs positions where factors cross; null where there is something better, or nothing. */
export function* samplingFor({
  marginal: { view },
  mode,
  isIntegrated,
}: IntegratedPosterior): Steps<EffectsSampling | null> {
  if (isIntegrated || view.factors.length < 2) return null;
  const coordinates = standardised(view, mode);
  const at = (axis: number | null) => {
    const values = view.values();
    const z = mode.position.map((_, k) => (k === axis ? FAR_OUT : 0));
    view.read(positionAt(coordinates, z), values);
    return values;
  };
  const reference = at(null);
  const far = Array.from({ length: coordinates.hyperparameters }, (_, axis) => at(axis));
  const sampler = yield* ImportanceSampler.at(view, reference);
  return { sampler, ...(yield* sampler.drawsNeeded([reference, ...far])) };
}

/** What it finds at parameters where the effects' modes have been found. */
export function sampledFrom(
  effects: EffectsGivenParameters,
  { sampler, draws }: EffectsSampling,
  values: LatentValues,
  stream: RandomStream,
  wantsMoments: boolean,
): Steps<SampledEffects> {
  return sampler.sample(values, stream, draws, { near: effects.standardisedModes(), wantsMoments });
}

/** Moments of the effects, with those that sampling knows better. */
export function improved(moments: EffectMoments, { free, moments: better }: SampledEffects): EffectMoments {
  if (better === null) return moments;
  const replaced = (parts: readonly Float64Array[], own: Float64Array) =>
    parts.map((part, f) => (f === free ? own : part));
  return {
    means: replaced(moments.means, better.means),
    sds: replaced(moments.sds, better.sds),
    skewness: replaced(moments.skewness, better.skewness),
  };
}
