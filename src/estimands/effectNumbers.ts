import { quantileOfSorted } from "../diagnostics/quantile.js";
import { studentTwoSided } from "../math/special/tailProbability.js";
import type { Ensemble } from "../predict/Ensemble.js";
import { weightedEstimate } from "../predict/posteriorEnsemble.js";
import type { Contrasts, EffectNumbers } from "../summary/Estimands.js";
import { estimandNumbers, type IntervalScale, type Telling } from "./estimandNumbers.js";
import { largestStatistic } from "./largestStatistic.js";

/** Functions of the parameters that have no effect at 0, on the scale that they are tested on. */
export interface Effects {
  /** One a function, of length S. */
  readonly values: readonly Float64Array[];
  readonly degreesOfFreedom: readonly (number | null)[];
  /** From the scale of the test to that which is told: null for the same, exp for ratios. */
  readonly transform: IntervalScale | null;
}

/** How effects are judged. */
export type Judging = Pick<Contrasts, "adjust" | "rope">;

/**
 * A family of effects in numbers: intervals and tests allow for there being m of them where that is asked for. Bonferroni: p values times m, intervals of level 1 - (1 - level) / m;
 * Holm (1979): p values step down, intervals as Bonferroni's; Tukey: by the largest of the statistics, simulated from their joint distribution.
 * The intervals of a posterior hold all at once with the probability of the level: by Bonferroni, or by the largest distance from the medians over the sds among the draws.
 */
export function effectNumbers(told: Telling, effects: Effects, judging: Judging): EffectNumbers[] {
  return told.isMl ? testedEffects(told, effects, judging) : probableEffects(told, effects, judging);
}

function testedEffects(told: Telling, effects: Effects, { adjust }: Judging): EffectNumbers[] {
  const { values, degreesOfFreedom, transform } = effects;
  const scaled = values.map((each) => (transform === null ? each : each.map(transform.inverseLink)));
  const known = [...values.keys()].filter((k) => !Number.isNaN(values[k][0]));
  const m = known.length;
  const raw = values.map((each, k) => estimandNumbers(told, each, degreesOfFreedom[k], null));
  const statistics = raw.map(({ estimate, sd }) => estimate / sd);
  const alone = statistics.map((t, k) => studentTwoSided(t, degreesOfFreedom[k] ?? Number.POSITIVE_INFINITY));
  const largest =
    adjust === "tukey" && m > 1
      ? largestStatistic(
          correlationOf(
            told,
            known.map((k) => values[k]),
          ),
          m,
        )
      : null;
  const pValue = (k: number) => {
    if (adjust === "bonferroni") return Math.min(1, m * alone[k]);
    if (adjust === "holm")
      return holm(
        known.map((j) => alone[j]),
        known.indexOf(k),
      );
    return largest === null ? alone[k] : largest.tail(statistics[k], degreesOfFreedom[k]);
  };
  const isByLevel = adjust === "bonferroni" || adjust === "holm";
  const level = isByLevel ? 1 - (1 - told.level) / Math.max(1, m) : told.level;
  return scaled.map((each, k) => {
    const numbers = estimandNumbers({ ...told, level }, each, degreesOfFreedom[k], transform);
    const reach = largest === null ? null : largest.quantile(1 - told.level, degreesOfFreedom[k]) * raw[k].sd;
    const back = transform?.inverseLink ?? ((value: number) => value);
    const ends =
      reach === null || Number.isNaN(values[k][0])
        ? {}
        : { lower: back(raw[k].estimate - reach), upper: back(raw[k].estimate + reach) };
    const isKnown = !Number.isNaN(values[k][0]);
    return {
      ...numbers,
      ...ends,
      statistic: statistics[k],
      pValue: isKnown ? pValue(k) : Number.NaN,
      probability: null,
      equivalence: null,
    };
  });
}

/** Holm's p value of the k-th. */
function holm(pValues: readonly number[], k: number): number {
  if (k < 0) return Number.NaN;
  const order = [...pValues.keys()].sort((a, b) => pValues[a] - pValues[b]);
  const upTo = order.slice(0, order.indexOf(k) + 1);
  return Math.min(1, Math.max(...upTo.map((j, rank) => (pValues.length - rank) * pValues[j])));
}

function correlationOf({ ensemble }: Telling, values: readonly Float64Array[]): Float64Array {
  const m = values.length;
  const covariance = values.map((one) => values.map((other) => ensemble.covariance(one, other)));
  return Float64Array.from({ length: m * m }, (_, at) => {
    const [r, c] = [Math.floor(at / m), at % m];
    const scale = Math.sqrt(covariance[r][r] * covariance[c][c]);
    return scale > 0 ? covariance[r][c] / scale : Number(r === c);
  });
}

function probableEffects(told: Telling, { values, transform }: Effects, { adjust, rope }: Judging): EffectNumbers[] {
  const { level, ensemble } = told;
  const tail = (1 - level) / 2 / (adjust === "bonferroni" ? values.length : 1);
  const raw = values.map((each) => estimandNumbers(told, each, null, null));
  const reach = adjust === "tukey" && values.length > 1 ? simultaneousReach(ensemble, values, raw, level) : null;
  const back = transform?.inverseLink ?? ((value: number) => value);
  return values.map((each, k) => {
    const scaled = transform === null ? each : each.map(transform.inverseLink);
    const numbers = estimandNumbers(told, scaled, null, null);
    const [lower, upper] =
      reach === null
        ? quantiles(ensemble, scaled, [tail, 1 - tail])
        : [back(raw[k].estimate - reach * raw[k].sd), back(raw[k].estimate + reach * raw[k].sd)];
    return {
      ...numbers,
      lower,
      upper,
      statistic: null,
      pValue: null,
      probability: shareOf(ensemble, each, (value) => value > 0),
      equivalence: rope === null ? null : shareOf(ensemble, scaled, (value) => value >= rope[0] && value <= rope[1]),
    };
  });
}

/** How many sds from their medians all of the functions are within at once, with this probability. */
function simultaneousReach(
  ensemble: Ensemble,
  values: readonly Float64Array[],
  raw: readonly { readonly estimate: number; readonly sd: number }[],
  level: number,
): number {
  const largest = Float64Array.from(values[0], (_, s) =>
    values.reduce(
      (most, each, k) => Math.max(most, raw[k].sd > 0 ? Math.abs(each[s] - raw[k].estimate) / raw[k].sd : 0),
      0,
    ),
  );
  return quantiles(ensemble, largest, [0.5, level])[1];
}

/** Two quantiles of the draws. */
function quantiles({ weights }: Ensemble, values: Float64Array, probabilities: readonly [number, number]) {
  if (weights === null) {
    const sorted = values.slice().sort();
    return probabilities.map((p) => quantileOfSorted(sorted, p));
  }
  const { lower, upper } = weightedEstimate(values, weights, [probabilities[0], 0.5, probabilities[1]]);
  return [lower, upper];
}

/** The share of draws for which it holds. */
export function shareOf(ensemble: Ensemble, values: Float64Array, holds: (value: number) => boolean): number {
  return ensemble.mean(Float64Array.from(values, (value) => Number(holds(value))));
}
