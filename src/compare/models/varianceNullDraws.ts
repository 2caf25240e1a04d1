import type { RandomStream } from "../../math/random/RandomStream.js";
import { randomGamma } from "../../math/random/variates.js";
import { exp, log } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";

/** What the likelihood-ratio statistic of one variance in y = X beta + Z b + e depends on, under a variance of zero. */
export interface VarianceNull {
  /** Rows less the rank of X. */
  readonly degreesOfFreedom: number;
  /** Positive eigenvalues of Z' Z with X projected out, each once, and how often they occur. */
  readonly projected: readonly Eigenvalue[];
  /** What the unrestricted likelihood takes besides: rows, fixed effects that are held too, and the eigenvalues of Z' Z. Null for the restricted likelihood. */
  readonly full: { readonly rows: number; readonly held: number; readonly eigenvalues: readonly Eigenvalue[] } | null;
}

export interface Eigenvalue {
  readonly value: number;
  readonly count: number;
}

/** Ratios of variances that are tried first, as equal steps of their logarithms, with the largest eigenvalue as 1. */
const [LOWEST, HIGHEST, STEPS] = [-10, 12, 132];
/** How often the bracket of the largest is made narrower. */
const NARROWINGS = 12;
/** Statistics between two pauses. */
const BETWEEN_PAUSES = 100;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Draws from the exact distribution of the (restricted) likelihood-ratio statistic of one variance in a linear mixed model, under a variance of zero (Crainiceanu & Ruppert 2004, theorem 1).
 */
export function* varianceNullDraws(setting: VarianceNull, draws: number, stream: RandomStream): Steps<Float64Array> {
  const statistics = new Float64Array(draws);
  const grid = gridOf(setting);
  for (let k = 0; k < draws; k++) {
    if (k % BETWEEN_PAUSES === 0) yield { stage: "simulating statistics", done: k, total: draws };
    statistics[k] = drawn(setting, grid, stream);
  }
  return statistics;
}

/** At a ratio of variances: 1 / (1 + ratio mu) of each eigenvalue mu, and the sum of log(1 + ratio xi). */
interface GridPoint {
  readonly logRatio: number;
  readonly shrunken: Float64Array;
  readonly logDeterminant: number;
}

function gridOf(setting: VarianceNull): GridPoint[] {
  const largest = Math.max(...setting.projected.map(({ value }) => value));
  return Array.from({ length: STEPS + 1 }, (_, k) =>
    pointAt(setting, LOWEST + ((HIGHEST - LOWEST) * k) / STEPS - log(largest)),
  );
}

function pointAt({ projected, full }: VarianceNull, logRatio: number): GridPoint {
  const ratio = exp(logRatio);
  return {
    logRatio,
    shrunken: Float64Array.from(projected, ({ value }) => 1 / (1 + ratio * value)),
    logDeterminant: (full?.eigenvalues ?? projected).reduce(
      (sum, { value, count }) => sum + count * log(1 + ratio * value),
      0,
    ),
  };
}

function drawn(setting: VarianceNull, grid: readonly GridPoint[], stream: RandomStream): number {
  const { degreesOfFreedom, projected, full } = setting;
  const squares = Float64Array.from(projected, ({ count }) => chiSquare(stream, count));
  const used = projected.reduce((sum, { count }) => sum + count, 0);
  const rest = chiSquare(stream, degreesOfFreedom - used);
  const total = squares.reduce((sum, square) => sum + square, rest);
  const size = full?.rows ?? degreesOfFreedom;
  const gainAt = ({ shrunken, logDeterminant }: GridPoint) => {
    let left = rest;
    for (let j = 0; j < squares.length; j++) left += squares[j] * shrunken[j];
    return size * log(total / left) - logDeterminant;
  };
  const ofEffects = full === null ? 0 : size * log(1 + chiSquare(stream, full.held) / total);
  return (
    ofEffects +
    Math.max(
      0,
      largestOf(grid, gainAt, (logRatio) => pointAt(setting, logRatio)),
    )
  );
}

/** The largest gain over all ratios: that of the grid, looked at more closely on either side by golden sections. */
function largestOf(
  grid: readonly GridPoint[],
  gainAt: (point: GridPoint) => number,
  at: (logRatio: number) => GridPoint,
): number {
  let [best, place] = [-Infinity, 0];
  grid.forEach((point, k) => {
    const gain = gainAt(point);
    if (gain > best) [best, place] = [gain, k];
  });
  if (place === 0 || place === grid.length - 1) return best;
  let [low, high] = [grid[place - 1].logRatio, grid[place + 1].logRatio];
  let [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
  let [ofLeft, ofRight] = [gainAt(at(left)), gainAt(at(right))];
  for (let k = 0; k < NARROWINGS; k++) {
    if (ofLeft > ofRight) {
      [high, right, ofRight] = [right, left, ofLeft];
      left = high - GOLDEN * (high - low);
      ofLeft = gainAt(at(left));
    } else {
      [low, left, ofLeft] = [left, right, ofRight];
      right = low + GOLDEN * (high - low);
      ofRight = gainAt(at(right));
    }
  }
  return Math.max(best, ofLeft, ofRight);
}

function chiSquare(stream: RandomStream, degreesOfFreedom: number): number {
  return degreesOfFreedom <= 0 ? 0 : 2 * randomGamma(stream, degreesOfFreedom / 2);
}
