import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ParameterEstimate } from "../../../src/engine/ml/Estimates.js";
import { waldTests } from "../../../src/engine/ml/termTests.js";
import { fit, type MlFitOptions } from "../../../src/index.js";
import { randomTable } from "../../density/models.js";

/** Relative, of statistics: as far as two searches for one maximum agree. */
const tolerance = 1e-4;

async function termsOf(text: string, data: Parameters<typeof fit>[1], options: Partial<MlFitOptions> = {}) {
  return (await fit(text, data, { engine: "ml", ...options })).ml;
}

describe("tests of terms", () => {
  it("of one coefficient are its own, squared", async () => {
    const poisson = await termsOf("events ~ poisson(mu)\nlog(mu) = 1 + x1 + x2 + (1 | g)", randomTable(5, 60));
    const normal = await termsOf("y ~ normal(mu, sigma)\nmu = 1 + x1 + x2 + (1 | g)", randomTable(5, 60));
    for (const [ml, test] of [[poisson, "chi-square"] as const, [normal, "F"] as const]) {
      expect(ml.terms?.map(({ name }) => name)).toEqual(["x1", "x2"]);
      ml.terms?.forEach((term, k) => {
        const { statistic = NaN, pValue = NaN, degreesOfFreedom } = ml.parameters[k + 1];
        expect(term.test).toBe(test);
        expect(term.statistic).toBeCloseTo(statistic ** 2, 9);
        expect(term.pValue).toBeCloseTo(pValue, 12);
        if (test === "F") expect(term.denominatorDegreesOfFreedom).toBeCloseTo(degreesOfFreedom ?? NaN, 6);
      });
    }
  });

  it("do not depend on how factors are coded, nor on which level comes first", async () => {
    const codings = ["f", "sum(f)", 'relevel(f, "c")'];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.boolean(), async (seed, isNormal) => {
        const table = randomTable(seed, 90);
        const response = isNormal ? "y ~ normal(mu, sigma)\nmu" : "events ~ poisson(mu)\nlog(mu)";
        const [first, ...others] = await Promise.all(
          codings.map(async (f) => {
            const text = `${response} = 1 + ${f} * factor(h) + ${f} * x1 + (1 | g)`;
            return (await termsOf(text, table, { method: isNormal ? "lmm" : "laplace" })).terms ?? [];
          }),
        );
        expect(first.map(({ degreesOfFreedom }) => degreesOfFreedom)).toEqual([2, 2, 1, 4, 2]);
        for (const other of others)
          other.forEach(({ statistic, pValue }, k) => {
            expect(Math.abs(statistic - first[k].statistic)).toBeLessThan(tolerance * (1 + first[k].statistic));
            if (!isNormal) expect(Math.abs(pValue - first[k].pValue)).toBeLessThan(tolerance);
          });
      }),
      { numRuns: 8, seed: 4 },
    );
  });

  it("leave out what a method does not estimate", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ g: i >> 2, x: i % 3, z: i >> 3, y: (i * 7 + (i >> 1)) % 2 }));
    const { terms } = await termsOf("y ~ bernoulli(p)\nlogit(p) = 1 + x + z + (1 | g)", rows, {
      method: "conditional",
    });
    expect(terms?.map(({ name }) => name)).toEqual(["x"]);
  });

  it("are none where there are no standard errors, or the coefficients hang together", () => {
    const names = ["a", "b"];
    const parameters = names.map((name) => ({ name, estimate: 1, standardError: 1, lower: -1, upper: 3 }));
    const hypotheses = [{ name: "both", parameters: [0, 1], weights: null }];
    const tested = (covariance: Float64Array | null, found: readonly ParameterEstimate[] = parameters) =>
      waldTests(hypotheses, { parameters: found, covariance }, names)[0];
    expect(tested(Float64Array.of(1, 0, 0, 1)).statistic).toBeCloseTo(2, 12);
    const without = [parameters[0], { ...parameters[1], standardError: NaN }];
    for (const none of [
      tested(null),
      tested(Float64Array.of(1, 1, 1, 1)),
      tested(Float64Array.of(1, 0, 0, 1), without),
    ])
      expect(none).toMatchObject({ statistic: NaN, pValue: NaN, degreesOfFreedom: 0 });
  });
});
