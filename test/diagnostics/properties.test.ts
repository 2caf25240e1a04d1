import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planMeanAutocovariance } from "../../src/diagnostics/autocovariance.js";
import { betaQuantile } from "../../src/diagnostics/betaQuantile.js";
import { essBulk, essMean, essTail } from "../../src/diagnostics/ess.js";
import { mcseMean, mcseQuantile, mcseSd } from "../../src/diagnostics/mcse.js";
import { rhat } from "../../src/diagnostics/rhat.js";

const DIGITS = 9;
const seed = 20260102;

const chainsOf = (draws: number, count: number) =>
  fc.array(
    fc
      .array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: draws, maxLength: draws })
      .map((list) => Float64Array.from(list)),
    { minLength: count, maxLength: count },
  );

function directAutocovariance(series: Float64Array, lag: number): number {
  const mean = series.reduce((total, value) => total + value, 0) / series.length;
  let sum = 0;
  for (let i = 0; i + lag < series.length; i++) sum += (series[i] - mean) * (series[i + lag] - mean);
  return sum / series.length;
}

describe("mean autocovariance", () => {
  it.each([1, 2, 3, 4])("is the average of the sums of products, for %i series", (count) => {
    const autocovariance = planMeanAutocovariance(21);
    fc.assert(
      fc.property(chainsOf(21, count), (series) => {
        const result = autocovariance(series);
        for (let lag = 0; lag < 21; lag++) {
          const direct = series.reduce((total, one) => total + directAutocovariance(one, lag), 0) / count;
          expect(result(lag)).toBeCloseTo(direct, DIGITS);
        }
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe("what must not change a diagnostic", () => {
  const chains = fc
    .array(fc.integer({ min: -1000, max: 1000 }), { minLength: 80, maxLength: 80 })
    .map((list) =>
      [0, 1].map((half) => Float64Array.from(list.slice(40 * half, 40 * half + 40), (draw, i) => draw + i / 64)),
    );

  it("the order of the chains", () => {
    fc.assert(
      fc.property(chains, ([a, b]) => {
        for (const diagnostic of [rhat, essBulk, essTail, essMean, mcseMean]) {
          expect(diagnostic([b, a])).toBeCloseTo(diagnostic([a, b]), DIGITS);
        }
      }),
      { seed, numRuns: 100 },
    );
  });

  it("a rising function, for ranks; a power of two as unit, for everything", () => {
    fc.assert(
      fc.property(chains, (draws) => {
        const cubed = draws.map((chain) => chain.map((draw) => draw ** 3));
        expect(essBulk(cubed)).toBe(essBulk(draws));
        const doubled = draws.map((chain) => chain.map((draw) => -2 * draw));
        expect(rhat(doubled)).toBeCloseTo(rhat(draws), DIGITS);
        expect(essMean(doubled)).toBeCloseTo(essMean(draws), DIGITS);
        expect(mcseMean(doubled) / mcseMean(draws)).toBeCloseTo(2, DIGITS);
        expect(mcseSd(doubled) / mcseSd(draws)).toBeCloseTo(2, DIGITS);
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe("R-hat", () => {
  it("grows without bound as one chain moves away", () => {
    fc.assert(
      fc.property(chainsOf(30, 3), ([a, b, c]) => {
        const far = rhat([a, b, c.map((draw) => draw + 1000)]);
        expect(far).toBeGreaterThan(1.5);
      }),
      { seed, numRuns: 50 },
    );
  });
});

describe("betaQuantile", () => {
  const probability = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });
  const shape = fc.double({ min: 0.5, max: 5000, noNaN: true });

  it("has a closed form where a shape is 1, and mirrors", () => {
    fc.assert(
      fc.property(probability, shape, (p, b) => {
        expect(betaQuantile(p, 1, b)).toBeCloseTo(-Math.expm1(Math.log1p(-p) / b), DIGITS);
        expect(betaQuantile(p, b, 1)).toBeCloseTo(p ** (1 / b), DIGITS);
        expect(betaQuantile(p, 7, b)).toBeCloseTo(1 - betaQuantile(1 - p, b, 7), DIGITS);
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe("mcseQuantile", () => {
  it("is not a number where the ESS is not", () => {
    expect(mcseQuantile([Float64Array.of(1, 1, 1, 1, 1, 1)], 0.5)).toBeNaN();
  });
});
