import { describe, expect, it } from "vitest";
import { createStream } from "../../../src/math/random/createStream.js";
import { randomBinomial, randomGamma, randomPoisson } from "../../../src/math/random/variates.js";
import { exp, log, log1p } from "../../../src/math/special/elementary.js";
import { logChoose } from "../../../src/math/special/gammaRatio.js";
import { logFactorial } from "../../../src/math/special/logFactorial.js";

const DRAWS = 40000;
/** Standard errors, or standard deviations of a chi-square; the seeds are fixed, so that a failure is a change. */
const MAX_Z = 4;

function draw(sample: () => number): number[] {
  return Array.from({ length: DRAWS }, sample);
}

/** z score of Pearson's statistic over the values expected at least 10 times, the rest taken together. */
function chiSquareScore(draws: readonly number[], logMass: (k: number) => number): number {
  const counts = new Map<number, number>();
  for (const k of draws) counts.set(k, (counts.get(k) ?? 0) + 1);
  let rest = { expected: DRAWS, seen: DRAWS };
  let statistic = 0;
  let cells = 0;
  for (let k = 0; k <= Math.max(...draws) + 10; k++) {
    const expected = DRAWS * exp(logMass(k));
    if (!(expected >= 10)) continue;
    const seen = counts.get(k) ?? 0;
    statistic += (seen - expected) ** 2 / expected;
    rest = { expected: rest.expected - expected, seen: rest.seen - seen };
    cells++;
  }
  statistic += (rest.seen - rest.expected) ** 2 / Math.max(rest.expected, 1);
  return (statistic - cells) / Math.sqrt(2 * cells);
}

function momentScores(draws: readonly number[], mean: number, variance: number, fourth: number): number[] {
  const average = draws.reduce((sum, x) => sum + x, 0) / DRAWS;
  const spread = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / DRAWS;
  return [
    (average - mean) / Math.sqrt(variance / DRAWS),
    (spread - variance) / Math.sqrt((fourth - variance ** 2) / DRAWS),
  ];
}

describe("randomPoisson", () => {
  it.each([0.02, 0.7, 9.9, 10, 10.5, 47, 3000])("has the distribution of mean %d", (mean) => {
    const stream = createStream(1, 0);
    const draws = draw(() => randomPoisson(stream, mean));
    expect(Math.abs(chiSquareScore(draws, (k) => k * log(mean) - mean - logFactorial(k)))).toBeLessThan(MAX_Z);
  });

  it("has the moments of a very large mean", () => {
    const stream = createStream(2, 0);
    const mean = 1e9;
    for (const z of momentScores(
      draw(() => randomPoisson(stream, mean)),
      mean,
      mean,
      3 * mean ** 2 + mean,
    )) {
      expect(Math.abs(z)).toBeLessThan(MAX_Z);
    }
  });

  it("takes the bounds", () => {
    const stream = createStream(3, 0);
    expect([0, -1, NaN, Infinity].map((mean) => randomPoisson(stream, mean))).toEqual([0, NaN, NaN, NaN]);
  });
});

describe("randomBinomial", () => {
  it.each([
    [1, 0.3],
    [5, 0.9],
    [20, 0.49],
    [20, 0.5],
    [40, 0.7],
    [1000, 0.004],
    [1000, 0.02],
    [5000, 0.6],
    [1e6, 0.9999],
  ])("has the distribution of %d trials of chance %d", (size, p) => {
    const stream = createStream(4, 0);
    // Counted from the nearer end, so that the cells start at 0.
    const failures = p > 0.5;
    const draws = draw(() => randomBinomial(stream, size, p)).map((k) => (failures ? size - k : k));
    const chance = failures ? 1 - p : p;
    const logMass = (k: number) =>
      k > size ? -Infinity : logChoose(size, k) + k * log(chance) + (size - k) * log1p(-chance);
    expect(Math.abs(chiSquareScore(draws, logMass))).toBeLessThan(MAX_Z);
  });

  it("takes the bounds", () => {
    const stream = createStream(5, 0);
    const draws = [
      [0, 0.4],
      [7, 0],
      [7, 1],
      [7, -0.1],
      [7, NaN],
    ].map(([size, p]) => randomBinomial(stream, size, p));
    expect(draws).toEqual([0, 0, 7, NaN, NaN]);
  });
});

describe("randomGamma", () => {
  it.each([0.05, 0.6, 1, 4.5, 300])("has the moments of shape %d", (shape) => {
    const stream = createStream(6, 0);
    const fourth = 3 * shape ** 2 + 6 * shape;
    for (const z of momentScores(
      draw(() => randomGamma(stream, shape)),
      shape,
      shape,
      fourth,
    )) {
      expect(Math.abs(z)).toBeLessThan(MAX_Z);
    }
  });

  it("has the log mean of its shape, which the small draws decide", () => {
    const stream = createStream(7, 0);
    // digamma(1/4) and trigamma(1/4), Abramowitz & Stegun 6.3.
    const [digamma, trigamma] = [-4.227453533376265, 17.19732915450712];
    const logs = draw(() => log(randomGamma(stream, 0.25)));
    const average = logs.reduce((sum, x) => sum + x, 0) / DRAWS;
    expect(Math.abs(average - digamma) / Math.sqrt(trigamma / DRAWS)).toBeLessThan(MAX_Z);
  });

  it("refuses a shape that is not positive", () => {
    expect(randomGamma(createStream(8, 0), 0)).toBeNaN();
  });
});
