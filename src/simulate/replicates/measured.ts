import { parameterKinds } from "../../density/quantities.js";
import { quantileOfSorted } from "../../diagnostics/quantile.js";
import { inferred } from "../../engine/ml/inference.js";
import type { Fit } from "../../fit/fitted.js";
import type { MlFit } from "../../fit/MlFit.js";
import { mean, standardDeviation } from "../../math/moments.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { evaluateMarginal } from "../../posterior/densityMarginals.js";
import type { DensityMarginal, DrawsMarginal, Marginal } from "../../posterior/Posterior.js";
import { quantitiesOf } from "../../posterior/quantities.js";
import { endsOf } from "../../summary/Summary.js";
import type { ReplicatePlan } from "./Replicate.js";

/** What a fit says of a quantity. */
export interface Measured {
  readonly estimate: number;
  readonly sd: number;
  /** A level each. */
  readonly intervals: readonly (readonly [lower: number, upper: number])[];
  /** NaN by maximum likelihood. */
  readonly rank: number;
}

type Asked = Pick<ReplicatePlan, "quantities" | "levels" | "ranked">;

const UNKNOWN = { estimate: Number.NaN, sd: Number.NaN, rank: Number.NaN };

/** What a posterior says of its quantities, whose true values are given; `stream` fills ties and the space between ranks. */
export function measuredPosterior(
  { posterior }: Pick<Fit, "posterior">,
  truth: readonly number[],
  { quantities, levels, ranked }: Asked,
  stream: RandomStream,
): Measured[] {
  const all = quantitiesOf(posterior);
  return quantities.map((place, q) => measuredMarginal(all[place].marginal, truth[q], levels, ranked, stream));
}

function measuredMarginal(
  marginal: Marginal,
  truth: number,
  levels: readonly number[],
  ranked: number,
  stream: RandomStream,
): Measured {
  if (marginal.kind === "moments") return { ...UNKNOWN, intervals: levels.map(() => [Number.NaN, Number.NaN]) };
  return marginal.kind === "density"
    ? ofDensity(marginal, truth, levels)
    : ofDraws(marginal, truth, levels, ranked, stream);
}

function ofDensity(marginal: DensityMarginal, truth: number, levels: readonly number[]): Measured {
  const at = (probability: number) => evaluateMarginal(marginal, "quantile", probability);
  return {
    estimate: marginal.mean,
    sd: marginal.sd,
    intervals: levels.map((level) => {
      const [low, high] = endsOf(level);
      return [at(low), at(high)];
    }),
    rank: evaluateMarginal(marginal, "probability", truth),
  };
}

/** Weighted draws are picked at equal steps along their weights: as many equally weighted ones. */
function ofDraws(
  { chains, weights }: DrawsMarginal,
  truth: number,
  levels: readonly number[],
  ranked: number,
  stream: RandomStream,
): Measured {
  const drawn = Float64Array.from(chains.flatMap((chain) => [...chain]));
  const all = weights === null ? drawn : resampled(drawn, Float64Array.from(weights.flatMap((chain) => [...chain])));
  const sorted = all.slice().sort();
  return {
    estimate: mean(all),
    sd: standardDeviation(all),
    intervals: levels.map((level) => {
      const [low, high] = endsOf(level);
      return [quantileOfSorted(sorted, low), quantileOfSorted(sorted, high)];
    }),
    rank: rankOf(truth, all, ranked, stream),
  };
}

function resampled(values: Float64Array, weights: Float64Array): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [at, below] = [0, weights[0]];
  return values.map((_, k) => {
    const place = (total * (k + 0.5)) / values.length;
    while (below < place && at < values.length - 1) below += weights[++at];
    return values[at];
  });
}

/** The rank r of a value among `ranked` draws at equal steps, as (r + v) / (ranked + 1) with v uniform, and ties broken at random: uniform on (0, 1) where the value is one more draw. */
function rankOf(value: number, all: Float64Array, ranked: number, stream: RandomStream): number {
  const count = Math.min(ranked, all.length);
  let [below, same] = [0, 0];
  for (let k = 0; k < count; k++) {
    const draw = all[Math.floor(((k + 0.5) * all.length) / count)];
    if (draw < value) below++;
    else if (draw === value) same++;
  }
  const tied = Math.floor(stream.uniform() * (same + 1));
  return (below + tied + stream.uniform()) / (count + 1);
}

/** What maximum likelihood says: Wald's intervals at every level, but for those of the fit's own level where they are by profile. */
export function measuredEstimates({ ml, design, compiled, options }: MlFit, { quantities, levels }: Asked): Measured[] {
  const kinds = parameterKinds(design);
  const { parameters, randomEffects } = compiled.quantities;
  const modes = ml.effects === null ? [] : ml.effects.modes.flatMap((ofFactor) => Array.from(ofFactor));
  return quantities.map((place): Measured => {
    if (place >= parameters.length) {
      const estimate = modes[place - parameters.length] ?? Number.NaN;
      const intervals = levels.map(() => [Number.NaN, Number.NaN] as const);
      return { ...UNKNOWN, estimate: randomEffects.length === 0 ? Number.NaN : estimate, intervals };
    }
    const row = ml.parameters.find(({ name }) => name === parameters[place]);
    if (row === undefined) return { ...UNKNOWN, intervals: levels.map(() => [Number.NaN, Number.NaN]) };
    const intervals = levels.map((level) => {
      const { lower, upper } = level === options.level ? row : inferred(kinds[place], row, level);
      return [lower, upper] as const;
    });
    return { estimate: row.estimate, sd: row.standardError, intervals, rank: Number.NaN };
  });
}
