import type { LatentGaussian } from "../density/LatentGaussian.js";
import { valuesAtParameters } from "../density/valuesAtParameters.js";
import type { MlFit } from "../fit/MlFit.js";
import { EffectsGivenParameters } from "../marginal/effects/EffectsGivenParameters.js";
import type { ConditionalEffects } from "../marginal/likelihoods/MarginalLikelihood.js";

/** The random effects of a fit by maximum likelihood given its parameters. */
export interface EffectsOfEstimates {
  /** Their conditional modes at the estimates, in the order of the model's effects. */
  readonly modes: Float64Array;
  /** By how much these differ where one parameter has another value; null where they are not found there. */
  change(name: string, value: number): Float64Array | null;
  /** The variance of a weighted sum of the effects given the responses and all parameters. */
  variance(weights: EffectWeights): number;
}

/** Weights of effects by their places among the model's. */
export type EffectWeights = ReadonlyMap<number, number>;

/** Nothing is searched for until it is asked for. */
export function effectsOfEstimates({ compiled, design, ml }: MlFit): EffectsOfEstimates {
  const modes = joined(ml.effects?.modes ?? []);
  const estimates = new Map(ml.parameters.map(({ name, estimate }) => [name, Number.isNaN(estimate) ? 0 : estimate]));
  // Coefficients that were left out since their columns depend on others are as if they were zero.
  for (const name of compiled.quantities.parameters)
    if (name.includes("beta[") && !estimates.has(name)) estimates.set(name, 0);
  const variances = new Map<string, number>();
  let searched: GivenEstimates | null | undefined;
  const given = () => {
    if (searched === undefined) {
      const latent = compiled.latentGaussian();
      searched = "refusal" in latent ? null : givenEstimates(latent.view, estimates);
    }
    return searched;
  };
  return {
    modes,
    change: (name, value) => given()?.change(name, value) ?? null,
    variance(weights) {
      const ofLevels = () => (ml.effects === null ? 0 : varianceByLevels(ml.effects, weights));
      if (design.predictors[0].factors.length === 1) return ofLevels();
      const key = [...weights].join(" ");
      const variance = variances.get(key) ?? given()?.variance(weights) ?? ofLevels();
      variances.set(key, variance);
      return variance;
    },
  };
}

type GivenEstimates = Pick<EffectsOfEstimates, "change" | "variance">;

/** Lets correlations be 1, with sds that are wrong by 5e-11 of themselves. */
const RIDGE = 1e-10;

/** Null where the modes at the estimates are not found. */
function givenEstimates(view: LatentGaussian, estimates: ReadonlyMap<string, number>): GivenEstimates | null {
  const at = (parameters: ReadonlyMap<string, number>) => {
    const effects = new EffectsGivenParameters(view);
    const values = valuesAtParameters(view, parameters, RIDGE);
    return values !== null && effects.at(values) ? effects : null;
  };
  const own = at(estimates);
  if (own === null) return null;
  const modes = joined(own.gaussianMoments().means);
  const starts = own.standardisedModes();
  const other = new EffectsGivenParameters(view);
  return {
    change(name, value) {
      const values = valuesAtParameters(view, new Map([...estimates, [name, value]]), RIDGE);
      if (values === null || !other.at(values, starts)) return null;
      return joined(other.gaussianMoments().means).map((mode, k) => mode - modes[k]);
    },
    variance(weights) {
      let start = 0;
      const ofFactors = view.factors.map(({ levels, effects }) => {
        const length = levels * effects;
        start += length;
        return Float64Array.from({ length }, (_, k) => weights.get(start - length + k) ?? 0);
      });
      return own.varianceOf(ofFactors);
    },
  };
}

/** By the covariances of the effects of one level, as if those of different levels were independent, which of a single factor they are. */
function varianceByLevels({ modes, covariances }: ConditionalEffects, weights: EffectWeights): number {
  let [total, start] = [0, 0];
  modes.forEach(({ length }, f) => {
    const C = covariances[f];
    const q = Math.round(C.length / Math.max(1, length));
    for (const [one, weight] of weights)
      for (const [other, beside] of weights) {
        const [r, c] = [one - start, other - start];
        const isOfFactor = r >= 0 && c >= 0 && r < length && c < length;
        if (isOfFactor && Math.floor(r / q) === Math.floor(c / q)) total += weight * beside * C[r * q + (c % q)];
      }
    start += length;
  });
  return total;
}

function joined(parts: readonly Float64Array[]): Float64Array {
  return Float64Array.from(parts.flatMap((part) => Array.from(part)));
}
