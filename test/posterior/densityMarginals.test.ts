import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { constantMarginal, evaluateMarginal, tabulatedMarginal } from "../../src/posterior/densityMarginals.js";

/** exp(-z^2 / 2) on a fine mesh, moved and stretched. */
function normalTable(mean: number, sd: number) {
  const values = Float64Array.from({ length: 401 }, (_, i) => mean + sd * 8 * (i / 200 - 1));
  return tabulatedMarginal(
    values,
    values.map((value) => -0.5 * ((value - mean) / sd) ** 2 + 3),
  );
}

describe("a marginal by a table of its density", () => {
  it("has the moments and quantiles of what is tabulated", () => {
    const marginal = normalTable(2, 0.5);
    expect(marginal.mean).toBeCloseTo(2, 10);
    expect(marginal.sd).toBeCloseTo(0.5, 3);
    expect(evaluateMarginal(marginal, "density", 2)).toBeCloseTo(0.797884560802865, 3);
    expect(evaluateMarginal(marginal, "quantile", 0.975)).toBeCloseTo(2 + 0.5 * 1.959963984540054, 3);
    expect(evaluateMarginal(marginal, "quantile", 0.5)).toBeCloseTo(2, 8);
  });

  it("has quantiles that invert its distribution function", () => {
    const heights = fc.array(fc.double({ min: 0.1, max: 4, noNaN: true }), { minLength: 3, maxLength: 9 });
    fc.assert(
      fc.property(heights, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (logs, probability) => {
        const marginal = tabulatedMarginal(Float64Array.from(logs.keys()), Float64Array.from(logs));
        const end = evaluateMarginal(marginal, "quantile", probability);
        const steps = 4000;
        let below = 0;
        for (let i = 0; i < steps; i++)
          below += (evaluateMarginal(marginal, "density", ((i + 0.5) * end) / steps) * end) / steps;
        expect(below).toBeCloseTo(probability, 3);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it("is zero beyond its ends and refuses what is no probability", () => {
    const marginal = normalTable(0, 1);
    expect(evaluateMarginal(marginal, "density", 9)).toBe(0);
    expect(evaluateMarginal(marginal, "quantile", 1.1)).toBeNaN();
    expect(evaluateMarginal(marginal, "probability", -9)).toBe(0);
    expect(evaluateMarginal(marginal, "probability", 9)).toBe(1);
    expect(evaluateMarginal(marginal, "probability", 0)).toBeCloseTo(0.5, 10);
    const constant = constantMarginal(3);
    const ofConstant = (of: "density" | "probability" | "quantile", at: number) => evaluateMarginal(constant, of, at);
    expect([ofConstant("density", 3), ofConstant("probability", 2.9), ofConstant("probability", 3)]).toEqual([0, 0, 1]);
    expect([ofConstant("quantile", 0.3), ofConstant("quantile", 2)]).toEqual([3, Number.NaN]);
    expect(() => tabulatedMarginal(Float64Array.of(1), Float64Array.of(0))).toThrow(RangeError);
  });
});
