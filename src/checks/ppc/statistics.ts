import { quantileOfSorted } from "../../diagnostics/quantile.js";
import { mean, standardDeviation } from "../../math/moments.js";
import type { PredictiveMoments } from "../replication/predictiveMoments.js";

/** A statistic of responses. */
export interface Statistic {
  readonly name: string;
  /** `places` are those of the responses among all rows, ascending. */
  of(responses: Float64Array, places: Int32Array): number;
}

/** What statistics are made of besides responses; in the order of the table. */
export interface StatisticContext {
  readonly moments: PredictiveMoments;
  /** The level of each row in the first grouping factor, or in that which was asked for; null without one. */
  readonly levelIndex: Int32Array | null;
  /** The names of the categories, in the order of their numbers, of a response that is one of several. */
  readonly categories: readonly string[] | null;
}

type Maker = (context: StatisticContext) => Statistic["of"];

const makers: Readonly<Record<string, Maker>> = {
  mean: () => mean,
  sd: () => standardDeviation,
  min: () => (responses) => responses.reduce((least, y) => Math.min(least, y), Infinity),
  max: () => (responses) => responses.reduce((most, y) => Math.max(most, y), -Infinity),
  zeros: () => (responses) => responses.reduce((count, y) => count + Number(y === 0), 0) / responses.length,
  dispersion:
    ({ moments }) =>
    (responses, places) =>
      dispersionOf(responses, places, moments),
  within_sd: (context) => (responses, places) => Math.sqrt(spreads(responses, places, levelsOf(context)).within),
  between_sd: (context) => (responses, places) => Math.sqrt(spreads(responses, places, levelsOf(context)).between),
};

/** Those that need a grouping factor. */
export const ofGroups: readonly string[] = ["within_sd", "between_sd"];

const QUANTILE = /^q(\d{1,2}(?:\.\d+)?|100)$/;

export const statisticNames = `${Object.keys(makers).join(", ")}, and quantiles by their percentage as q2.5 or q90`;

export function isStatisticName(name: string): boolean {
  return Object.hasOwn(makers, name) || QUANTILE.test(name);
}

export function statisticNamed(name: string, context: StatisticContext): Statistic {
  const percentage = QUANTILE.exec(name)?.[1];
  if (percentage === undefined) return { name, of: makers[name](context) };
  const probability = Number(percentage) / 100;
  return { name, of: (responses) => quantileOfSorted(responses.slice().sort(), probability) };
}

/** The share of the responses in each category, where they are categories. */
export function sharesOf({ categories }: StatisticContext): Statistic[] {
  return (categories ?? []).map((category, k) => ({
    name: `share of ${category}`,
    of: (responses) => responses.reduce((count, y) => count + Number(y === k + 1), 0) / responses.length,
  }));
}

/** The mean of (y - m)^2 / v over the rows, m and v their predictive means and variances: about 1 of replicated data. */
function dispersionOf(
  responses: Float64Array,
  places: Int32Array,
  { mean: m, variance: v }: PredictiveMoments,
): number {
  let [total, count] = [0, 0];
  for (let k = 0; k < responses.length; k++) {
    const i = places[k];
    if (!(v[i] > 0)) continue; // a row that can have one value alone
    total += (responses[k] - m[i]) ** 2 / v[i];
    count++;
  }
  return total / count;
}

function levelsOf({ levelIndex }: StatisticContext): Int32Array {
  if (levelIndex === null) throw new RangeError("a statistic of groups needs a grouping factor");
  return levelIndex;
}

/** The mean square of the distances of responses from their group's mean, with divisor n - J, and the variance of the J means of groups. */
function spreads(responses: Float64Array, places: Int32Array, levelIndex: Int32Array) {
  const groups = new Map<number, { count: number; mean: number; squares: number }>();
  for (let k = 0; k < responses.length; k++) {
    const level = levelIndex[places[k]];
    const group = groups.get(level) ?? { count: 0, mean: 0, squares: 0 };
    groups.set(level, group);
    const distance = responses[k] - group.mean;
    group.count++;
    group.mean += distance / group.count;
    group.squares += distance * (responses[k] - group.mean);
  }
  const all = [...groups.values()];
  const squares = all.reduce((sum, group) => sum + group.squares, 0);
  return {
    within: squares / (responses.length - all.length),
    between: standardDeviation(all.map((group) => group.mean)) ** 2,
  };
}
