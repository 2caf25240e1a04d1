import { mean, standardDeviation } from "../../math/moments.js";
import type {
  EffectPower,
  IntervalCoverage,
  QuantityRanks,
  SbcFailure,
  SbcQuantity,
  SbcResult,
} from "../../summary/SbcResult.js";
import type { Replicate } from "../replicates/Replicate.js";
import { wilson } from "../wilson.js";
import { bandEdge, extremity, parts } from "./bands.js";

/** What the replicates are of. */
export interface SbcFacts {
  readonly engine: string;
  readonly names: readonly string[];
  readonly levels: readonly number[];
  readonly ranked: number;
  readonly stated: readonly string[];
  /** Coefficients whose values were stated as effects. */
  readonly effects: readonly { readonly name: string; readonly value: number }[];
  /** Probability of the intervals by which an effect is significant. */
  readonly level: number;
  /** Probability that a calibrated posterior leaves any band. */
  readonly alpha: number;
}

/** How the fits did, from all of their replicates. */
export function sbcResult(all: readonly Replicate[], facts: SbcFacts): SbcResult {
  const { names, levels, ranked, stated, alpha } = facts;
  const fitted = all.filter(({ failure }) => failure === null);
  const hasRanks = stated.length === 0 && fitted.some(({ rank }) => rank.some((value) => value !== null));
  const edge = hasRanks ? bandEdge(fitted.length, alpha / names.length) : Number.NaN;
  const quantities = names.map((name, q): SbcQuantity => {
    const errors = fitted.flatMap(({ truth, estimate }) => difference(estimate[q], truth[q]));
    return {
      name,
      estimates: errors.length,
      bias: mean(errors),
      biasError: standardDeviation(errors) / Math.sqrt(errors.length),
      rmse: Math.sqrt(mean(errors.map((error) => error * error))),
      coverage: levels.map((level, l) => coverageOf(fitted, q, l, level)),
      ranks: hasRanks ? ranksOf(fitted, q, edge) : null,
    };
  });
  const passed = quantities.every(({ ranks }) => ranks === null || ranks.inside);
  return {
    engine: facts.engine,
    replicates: all.length,
    failed: failuresOf(all),
    untrusted: fitted.filter(({ trusted }) => !trusted).length,
    stated,
    levels,
    ranks: hasRanks ? { alpha, edge, ranked, passed } : null,
    quantities,
    effects: facts.effects.map((effect) => powerOf(fitted, effect, facts)),
    seconds: all.reduce((total, { seconds }) => total + seconds, 0),
  };
}

function difference(estimate: number | null, truth: number): number[] {
  return estimate === null ? [] : [estimate - truth];
}

function failuresOf(all: readonly Replicate[]): SbcFailure[] {
  const counts = new Map<string, number>();
  for (const { failure } of all) if (failure !== null) counts.set(failure, (counts.get(failure) ?? 0) + 1);
  return [...counts].map(([message, count]) => ({ message, count })).sort((a, b) => b.count - a.count);
}

/** An interval of a replicate; null where it has none. */
function interval({ lower, upper }: Replicate, q: number, l: number): readonly [number, number] | null {
  const [low, high] = [lower[l][q], upper[l][q]];
  return low === null || high === null ? null : [low, high];
}

function coverageOf(fitted: readonly Replicate[], q: number, l: number, level: number): IntervalCoverage {
  const known = fitted.flatMap((one) => {
    const ends = interval(one, q, l);
    return ends === null ? [] : [ends[0] <= one.truth[q] && one.truth[q] <= ends[1]];
  });
  const covered = known.filter((isIn) => isIn).length;
  const [lower, upper] = wilson(covered, known.length);
  return { level, intervals: known.length, covered, share: covered / known.length, lower, upper };
}

function ranksOf(fitted: readonly Replicate[], q: number, edge: number): QuantityRanks {
  const ranks = fitted.map(({ rank }) => rank[q] ?? Number.NaN).filter((rank) => !Number.isNaN(rank));
  const counts = new Array<number>(parts).fill(0);
  for (const rank of ranks) counts[Math.min(parts - 1, Math.floor(parts * rank))]++;
  const value = extremity(counts);
  const inside = value >= edge;
  return { counts, extremity: value, inside, shape: inside ? null : shapeOf(ranks) };
}

/** By which moment the ranks stray the farthest from uniform ones, in its standard errors: their mean, or the mean of their squared distance from 1/2. */
function shapeOf(ranks: readonly number[]): QuantityRanks["shape"] {
  const n = ranks.length;
  const location = (mean(ranks) - 1 / 2) * Math.sqrt(12 * n);
  const spread = (mean(ranks.map((rank) => (rank - 1 / 2) ** 2)) - 1 / 12) * Math.sqrt(180 * n);
  if (Math.abs(location) > Math.abs(spread)) return location > 0 ? "too low" : "too high";
  return spread > 0 ? "too narrow" : "too wide";
}

/** Type M and type S errors as in Gelman & Carlin (2014, Perspectives on Psychological Science 9). */
function powerOf(
  fitted: readonly Replicate[],
  { name, value }: { readonly name: string; readonly value: number },
  { names, levels, level }: SbcFacts,
): EffectPower {
  const [q, l] = [names.indexOf(name), levels.indexOf(level)];
  const known = fitted.filter((one) => interval(one, q, l) !== null);
  const significant = known.filter((one) => {
    const [low, high] = interval(one, q, l) ?? [0, 0];
    return low > 0 || high < 0;
  });
  const estimates = significant.map(({ estimate }) => estimate[q] ?? Number.NaN);
  const [lower, upper] = wilson(significant.length, known.length);
  return {
    name,
    value,
    level,
    intervals: known.length,
    power: significant.length / known.length,
    lower,
    upper,
    typeS: value === 0 ? Number.NaN : mean(estimates.map((estimate) => Number(estimate * value < 0))),
    typeM: value === 0 ? Number.NaN : mean(estimates.map((estimate) => Math.abs(estimate / value))),
  };
}
