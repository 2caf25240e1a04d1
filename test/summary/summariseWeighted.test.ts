import { describe, expect, it } from "vitest";
import { createStream } from "../../src/math/random/createStream.js";
import type { MarginalSummary } from "../../src/summary/Summary.js";
import { summariseWeighted } from "../../src/summary/summariseWeighted.js";

const equal = (n: number) => [new Float64Array(n).fill(1 / n)];
const numbers = ["mean", "sd", "median", "q5", "q95"] as const;
const errors = ["mcse", "mcseSd", "mcseMedian", "mcseQ5", "mcseQ95"] as const;

/** The spread of each number over replications, over the root mean square of the errors that these report. */
function ratios(replicate: (seed: number) => MarginalSummary, replications: number): number[] {
  const found = Array.from({ length: replications }, (_, seed) => replicate(seed + 1));
  return numbers.map((field, k) => {
    const values = found.map((summary) => summary[field]);
    const centre = values.reduce((a, b) => a + b) / replications;
    const spread = values.reduce((a, b) => a + (b - centre) ** 2, 0) / (replications - 1);
    const reported = found.reduce((total, summary) => total + (summary[errors[k]] ?? Number.NaN) ** 2, 0);
    return Math.sqrt((spread * replications) / reported);
  });
}

// Of 400 replications a spread is known to within 3.5%, and 15% is more than four of its standard errors.
const expectHonest = (found: readonly number[]) => {
  for (const ratio of found) expect(Math.abs(Math.log(ratio))).toBeLessThan(0.15);
};

describe("Monte Carlo standard errors of weighted draws", () => {
  it("are the spread of independent draws", () => {
    const replicate = (seed: number) => {
      const stream = createStream(seed, 1);
      return summariseWeighted([Float64Array.from({ length: 500 }, () => stream.normal())], equal(500), 0.9);
    };
    expectHonest(ratios(replicate, 400));
  });

  it("are the spread of draws with importance weights", () => {
    // From N(0, 1.5^2) to N(0, 1).
    const replicate = (seed: number) => {
      const stream = createStream(seed, 2);
      const draws = Float64Array.from({ length: 1000 }, () => 1.5 * stream.normal());
      const weights = draws.map((x) => Math.exp(-0.5 * x * x * (1 - 1 / 2.25)));
      const total = weights.reduce((a, b) => a + b);
      return summariseWeighted([draws], [weights.map((weight) => weight / total)], 0.9);
    };
    expectHonest(ratios(replicate, 400));
  });

  it("are the spread of draws that hang together within batches", () => {
    // 25 batches of 40: what a batch shares has half the variance.
    const replicate = (seed: number) => {
      const stream = createStream(seed, 3);
      const batches = Array.from({ length: 25 }, () => stream.normal());
      const draws = batches.flatMap((shared) =>
        Array.from({ length: 40 }, () => (shared + stream.normal()) / Math.SQRT2),
      );
      return summariseWeighted([Float64Array.from(draws)], equal(1000), 0.9, new Array<number>(25).fill(40));
    };
    expectHonest(ratios(replicate, 400).slice(0, 3));
  });

  it("are zero of a constant", () => {
    const summary = summariseWeighted([new Float64Array(20).fill(3)], equal(20), 0.9, [10, 10]);
    for (const field of [...errors, "sd"] as const) expect(summary[field]).toBeCloseTo(0, 12);
    expect(summary.mean).toBeCloseTo(3, 12);
  });
});
