import { EffectsGivenParameters } from "../../marginal/effects/EffectsGivenParameters.js";
import type { SampledEffects } from "../../marginal/effects/importanceSampling.js";
import type { IntegratedPosterior } from "../../marginal/exploration/integratedPosterior.js";
import { parameterReader } from "../../marginal/exploration/parameterReader.js";
import { inAdvanceAt } from "../../marginal/exploration/posteriorMode.js";
import type { ProposedPoint } from "../../marginal/exploration/proposal.js";
import type { EffectMoments } from "../../marginal/likelihoods/MarginalLikelihood.js";
import type { Objective } from "../../math/optimize/Objective.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { isDue, mapResult, pausing, type Steps } from "../../math/steps.js";
import { type LatentShape, type LogWeights, simplifiedLaplace } from "../laplace/candidates.js";
import { improved, sampledFrom, samplingFor } from "../laplace/sampledEffects.js";
import { combinationMoments } from "./combinationMoments.js";
import { fullCorrection } from "./fullCorrection.js";
import type { LinearCombination } from "./LinearCombination.js";
import type { InlaOptions } from "./options.js";

/** What there is to know at positions of (beta, theta, dispersion). */
export interface EvaluatedPositions extends LogWeights {
  /** The moments of the effects, and after them of the combinations, given each position; null where it could not be computed. */
  readonly moments: readonly (EffectMoments | null)[];
}

/** The marginals' kind, and combinations with random effects in them. */
export interface Wanted {
  readonly latent: InlaOptions["latent"];
  readonly combinations: readonly LinearCombination[];
}

export function* evaluateAtPositions(
  integrated: IntegratedPosterior,
  proposed: readonly ProposedPoint[],
  { latent, combinations }: Wanted,
  stream: RandomStream,
): Steps<EvaluatedPositions> {
  const { marginal, points, isIntegrated } = integrated;
  const { view } = marginal;
  const sampling = yield* samplingFor(integrated);
  const effects = new EffectsGivenParameters(view);
  const values = view.values();
  const byLaplace = yield* latentShape(integrated, latent).byLaplace(effects);
  const ofCombinations = combinationMoments(view, combinations);
  const parametersAt = parameterReader(view);
  const ofMarginal = new Float64Array(proposed.length).fill(Number.NEGATIVE_INFINITY);
  const sampled = ofMarginal.slice();
  const wantsMoments = latent !== "gaussian";
  const wantsSampled = wantsMoments && !view.isGaussian;
  const inAdvance = points > 1 ? inAdvanceAt(marginal, { gradients: false, moments: wantsMoments }) : undefined;
  const examined = ({ position, logDensity }: ProposedPoint, i: number): Found => {
    const { logPrior, logJacobian } = view.read(position, values);
    const known = logPrior + logJacobian - logDensity;
    if (points > 1) {
      ofMarginal[i] = marginal.evaluate(values, null, wantsMoments) + known;
      if (!Number.isFinite(ofMarginal[i])) return null;
    }
    const byQuadrature = points > 1 && wantsMoments ? marginal.effectMoments?.() : undefined;
    if (byQuadrature !== undefined && combinations.length === 0) return byQuadrature;
    if (!effects.at(values)) return null;
    if (points === 1) ofMarginal[i] = effects.logLaplace() + known;
    const completed = (ofSample: SampledEffects | null) => {
      if (ofSample !== null) sampled[i] = ofSample.logLikelihood + known;
      else if (!isIntegrated) sampled[i] = effects.draw(stream).logWeight + known;
      const moments = byQuadrature ?? (ofSample === null ? byLaplace() : improved(byLaplace(), ofSample));
      return joined(moments, ofCombinations(effects, moments, parametersAt(position)));
    };
    return sampling === null
      ? completed(null)
      : mapResult(sampledFrom(effects, sampling, values, stream, wantsSampled), completed);
  };
  const moments = yield* atEach(proposed, view.rows, inAdvance, examined);
  return { marginal: ofMarginal, sampled, noise: sampling?.noise ?? 0, moments };
}

/** Effects that are sampled take a while. */
type Found = EffectMoments | null | Steps<EffectMoments>;

function* atEach(
  proposed: readonly ProposedPoint[],
  rows: number,
  inAdvance: Objective["inAdvance"],
  examined: (point: ProposedPoint, i: number) => Found,
): Steps<(EffectMoments | null)[]> {
  const moments: (EffectMoments | null)[] = [];
  for (const [i, point] of proposed.entries()) {
    if (isDue(i, rows)) yield { stage: `weighing ${proposed.length} positions`, done: i, total: proposed.length };
    const ahead = inAdvance?.(point.position);
    if (ahead) yield* ahead;
    const found = examined(point, i);
    moments.push(found !== null && "next" in found ? yield* found : found);
  }
  return moments;
}

export function latentShape(integrated: IntegratedPosterior, latent: InlaOptions["latent"]): LatentShape {
  if (latent === "gaussian")
    return { isCorrected: false, byLaplace: pausing((effects) => () => effects.gaussianMoments()) };
  if (latent === "simplified") return simplifiedLaplace;
  return {
    isCorrected: true,
    *byLaplace(effects) {
      const corrected = yield* fullAtMode(integrated, effects);
      return () => corrected(effects.moments());
    },
  };
}

/** Quadrature's moments are exact, and need no correction. */
function* fullAtMode({ marginal: { view }, mode, points }: IntegratedPosterior, effects: EffectsGivenParameters) {
  if (points > 1) return (moments: EffectMoments) => moments;
  const values = view.values();
  view.read(mode.position, values);
  return yield* fullCorrection(effects, values);
}

/** The effects', and after the last factor those of the combinations. */
function joined(effects: EffectMoments, combinations: EffectMoments): EffectMoments {
  return {
    means: [...effects.means, ...combinations.means],
    sds: [...effects.sds, ...combinations.sds],
    skewness: [...effects.skewness, ...combinations.skewness],
  };
}
