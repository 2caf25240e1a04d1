import { describe, expect, it } from "vitest";
import { RunningMoments } from "../../src/engine/hmc/runningMoments.js";
import { createStream } from "../../src/math/random/createStream.js";
import { summariseMoments } from "../../src/summary/summariseMoments.js";

const DRAWS = 2000;

/** AR(1) chains about their own means, one effect each. */
function summaryOf(means: readonly number[], correlation: number, drift = 0) {
  const chains = means.map((mean, c) => {
    const stream = createStream(9, c + 1);
    const moments = new RunningMoments(1, DRAWS);
    let state = stream.normal();
    for (let i = 0; i < DRAWS; i++) {
      state = correlation * state + Math.sqrt(1 - correlation ** 2) * stream.normal();
      moments.add(Float64Array.of(99, mean + state + (drift * i) / DRAWS), 1);
    }
    const { means: m, squares, batchMeans, batchSize } = moments.finish();
    return { draws: DRAWS, mean: m[0], squares: squares[0], batchMeans, batchSize };
  });
  return summariseMoments(chains);
}

describe("a summary of moments", () => {
  it("has mean, sd and MCSE of independent draws", () => {
    const { mean, sd, mcse, rhat } = summaryOf([3, 3, 3, 3], 0);
    expect(Math.abs(mean - 3)).toBeLessThan(0.05);
    expect(Math.abs(sd - 1)).toBeLessThan(0.03);
    expect(Math.abs(Math.log((mcse ?? NaN) * Math.sqrt(4 * DRAWS)))).toBeLessThan(0.4);
    expect(Math.abs((rhat ?? NaN) - 1)).toBeLessThan(0.003);
  });

  it("has a larger MCSE where draws are correlated", () => {
    const correlation = 0.8;
    const expected = Math.sqrt((1 + correlation) / (1 - correlation) / (4 * DRAWS));
    expect(Math.abs(Math.log((summaryOf([0, 0, 0, 0], correlation).mcse ?? NaN) / expected))).toBeLessThan(0.4);
  });

  it("has an R-hat above 1 where chains disagree, or drift together", () => {
    // Means +-1 about 0 with variance 1 within: the variance between four means is 4 / 3, between eight halves 8 / 7.
    expect(summaryOf([1, -1, 1, -1], 0).rhat).toBeCloseTo(Math.sqrt(1 + 8 / 7), 1);
    expect(summaryOf([0, 0, 0, 0], 0, 4).rhat).toBeGreaterThan(1.3);
  });
});
