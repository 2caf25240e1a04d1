import { checkArgument } from "../argument/checkArgument.js";
import { objectWith } from "../argument/kinds.js";
import { quantileOfSorted } from "../diagnostics/quantile.js";
import { mean as meanOf, standardDeviation } from "../math/moments.js";
import {
  type PlausibleShares,
  type SimulatedStatistic,
  type Simulation,
  type SimulationSummary,
  simulationProbabilities,
  statisticProbabilities,
} from "../summary/Simulation.js";

/** `limits` of plausible means; left out, they come from the range of the mean and the data. Shapes: see Simulation. */
export function simulationSummary(
  simulation: Simulation,
  limits?: readonly [lower: number, upper: number],
): SimulationSummary {
  checkArgument(aSimulation, simulation, "simulationSummary", "simulation");
  const { values, means, row, isDiscrete, categories, parameters } = simulation;
  const [responses, all] = [sortedAll(values), sortedAll(means)];
  return {
    draws: values.length,
    rows: row.length,
    response: categories === null ? simulationProbabilities.map((p) => quantileOfSorted(responses, p)) : [],
    mean: simulationProbabilities.map((p) => quantileOfSorted(all, p)),
    zeros: isDiscrete === true && categories === null ? share(responses, (value) => value === 0) : null,
    impossible: share(responses, (value) => !Number.isFinite(value)),
    plausible: plausibleShares(simulation, all, limits),
    statistics: statisticsOf(simulation),
    parameters: parameters.names.map((name, k) => {
      const sorted = sortedAll([parameters.values.map((draw) => draw[k])]);
      return { name, quantiles: statisticProbabilities.map((p) => quantileOfSorted(sorted, p)) };
    }),
  };
}

/** Ascending; what is NaN counts as the largest. */
function sortedAll(arrays: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(arrays.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const one of arrays) {
    all.set(one, at);
    at += one.length;
  }
  for (let i = 0; i < all.length; i++) if (Number.isNaN(all[i])) all[i] = Number.POSITIVE_INFINITY;
  return all.sort();
}

function share(values: Float64Array, isIn: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (isIn(value)) count++;
  return count / values.length;
}

/** A probability nearer to 0 or 1 is hardly ever meant before there are data. */
const EXTREME = 0.01;
/** Times the largest response: more is hardly ever meant. */
const FACTOR = 10;

function plausibleShares(
  { observed, categories, meanRange: [low, high] }: Simulation,
  sorted: Float64Array,
  given: readonly [number, number] | undefined,
): PlausibleShares | null {
  if (given === undefined && categories !== null) return null;
  const found = given === undefined ? limitsOf(low, high, observed) : { limits: given, origin: "as stated" };
  if (found === null) return null;
  const [lower, upper] = found.limits;
  return {
    ...found,
    below: share(sorted, (value) => value < lower),
    above: share(sorted, (value) => !(value <= upper)),
  };
}

function limitsOf(low: number, high: number, observed: Float64Array | null) {
  if (Number.isFinite(low) && Number.isFinite(high)) {
    const limits: [number, number] = [low + EXTREME * (high - low), high - EXTREME * (high - low)];
    return { limits, origin: "nearly certain outcomes" };
  }
  if (observed === null) return null;
  const [smallest, largest] = extremes(observed);
  if (Number.isFinite(low))
    return { limits: [low, FACTOR * Math.max(1, largest)] as const, origin: `${FACTOR} times the largest response` };
  const width = largest - smallest;
  return {
    limits: [smallest - width, largest + width] as const,
    origin: "the range of the responses, and as much again on each side",
  };
}

function extremes(values: Float64Array): readonly [number, number] {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

const statistics: readonly (readonly [name: string, of: (values: Float64Array) => number])[] = [
  ["mean", meanOf],
  ["sd", standardDeviation],
  ["smallest", (values) => extremes(values)[0]],
  ["largest", (values) => extremes(values)[1]],
];

function statisticsOf({ values, observed, isDiscrete, categories }: Simulation): SimulatedStatistic[] {
  const shareOf = (name: string, response: number) =>
    [`share of ${name}`, (data: Float64Array) => share(data, (value) => value === response)] as const;
  const usual = [...statistics, ...(isDiscrete === true ? [shareOf("0", 0)] : [])];
  return (categories?.map((name, k) => shareOf(name, k + 1)) ?? usual).map(([name, of]) => {
    const sorted = sortedAll([values.map(of)]);
    return {
      name,
      quantiles: statisticProbabilities.map((p) => quantileOfSorted(sorted, p)),
      observed: observed === null ? null : of(observed),
    };
  });
}

const aSimulation = objectWith("not-a-simulation", "what simulate or simulateModel returned", {
  values: "list",
  means: "list",
  row: "list",
});
