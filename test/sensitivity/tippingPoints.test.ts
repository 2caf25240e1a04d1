import { describe, expect, it } from "vitest";
import { fit, tippingPoints } from "../../src/index.js";
import { normalCdf } from "../../src/math/special/normalDistribution.js";
import { parseConclusion } from "../../src/sensitivity/conclusions.js";

const rows = 40;
const x = Array.from({ length: rows }, (_, i) => (i % 2) - 0.5);
const y = x.map((value, i) => 1 + 0.45 * value + (((7 * i) % 13) - 6) / 6);
const g = x.map((_, i) => `g${i % 8}`);
const data = { x, y, g };
const engines = ["nuts", "laplace", "inla"] as const;

describe("a conclusion as text", () => {
  it("is a comparison of sums with a probability", () => {
    expect(parseConclusion("beta[trt] < 0 with probability 0.95")).toEqual({
      text: "beta[trt] < 0 with probability 0.95",
      difference: { terms: [{ name: "beta[trt]", weight: 1 }], constant: 0 },
      sign: "negative",
      probability: 0.95,
    });
    expect(parseConclusion("2*beta[a] - beta[b:c]/4 >= sd[g,x] + 0.1 with probability 90%")).toMatchObject({
      difference: {
        terms: [
          { name: "beta[a]", weight: 2 },
          { name: "beta[b:c]", weight: -0.25 },
          { name: "sd[g, x]", weight: -1 },
        ],
        constant: -0.1,
      },
      sign: "positive",
      probability: 0.9,
    });
  });

  it.each([
    ["beta[x] < 0", 'cannot read the conclusion "beta[x] < 0"'],
    ["beta[x] with probability 0.9", "cannot read the conclusion"],
    ["beta[x] * beta[z] < 0 with probability 0.9", "cannot read the conclusion"],
    ["beta[x] < 0 with probability 1.5", "asks for a probability of 1.5"],
    ["1 < 2 with probability 0.5", "is about no quantity"],
  ])("is refused: %s", (text, message) => {
    expect(() => parseConclusion(text)).toThrow(
      expect.objectContaining({ name: "SensitivityError", code: "bad-conclusion" }),
    );
    expect(() => parseConclusion(text)).toThrow(message);
  });
});

describe("the factors on the scales of priors at which a conclusion changes", () => {
  // With the sd of the errors known, the posterior of beta[x] is normal: variance 1 / (S + 1 / (f s)^2), mean variance * S * estimate.
  const sigma = 0.7;
  const s = 0.5;
  const text = `y ~ normal(mu, ${sigma})\nmu = 1 + x\nprior beta ~ normal(0, ${s})`;
  const precision = x.reduce((total, value) => total + value * value, 0) / sigma ** 2;
  const mean = y.reduce((total, value) => total + value, 0) / rows;
  const estimate = x.reduce((total, value, i) => total + value * (y[i] - mean), 0) / sigma ** 2 / precision;
  const probabilityAt = (factor: number) => {
    const total = precision + 1 / (factor * s) ** 2;
    return normalCdf((precision * estimate) / total / Math.sqrt(1 / total));
  };
  const exact = (asked: number) => {
    let [low, high] = [1e-3, 1];
    for (let k = 0; k < 100; k++) {
      const middle = Math.sqrt(low * high);
      if (probabilityAt(middle) >= asked) high = middle;
      else low = middle;
    }
    return high;
  };

  it.each(engines)("are those of the exact posterior: %s", async (engine) => {
    const fitted = await fit(text, data, { engine, ...(engine === "nuts" && { draws: 2000 }) });
    for (const asked of [0.7, 0.85]) {
      const found = await tippingPoints(fitted, `beta[x] > 0 with probability ${asked}`);
      expect(found.holds).toBe(true);
      expect(Math.abs(found.probability - probabilityAt(1))).toBeLessThan(0.02);
      expect(found.mcse).toBeGreaterThan(0);
      const own = found.statements.find(({ prior }) => prior === "beta[x]");
      expect((own?.smaller?.factor ?? 0) / exact(asked)).toBeGreaterThan(0.8);
      expect((own?.smaller?.factor ?? 0) / exact(asked)).toBeLessThan(1.25);
      expect(own?.smaller?.distribution).toMatch(/^normal\(0, 0\.\d+\)$/);
      expect(own?.larger).toMatchObject({ factor: null, distribution: "normal(0, 50)", searchedTo: 100, refits: 0 });
      expect(Math.abs((own?.larger?.probability ?? 0) - probabilityAt(100))).toBeLessThan(0.02);
    }
  });

  it("are found by new fits where weights do not reach", async () => {
    const narrow = text.replace(`normal(0, ${s})`, "normal(0, 0.01)");
    const fitted = await fit(narrow, data, { engine: "inla" });
    const asked = 0.8;
    const { holds, statements } = await tippingPoints(fitted, `beta[x] > 0 with probability ${asked}`);
    expect(holds).toBe(false);
    const own = statements.find(({ prior }) => prior === "beta[x]");
    expect(own?.larger?.refits).toBeGreaterThan(0);
    expect(((own?.larger?.factor ?? 0) * 0.01) / (exact(asked) * s)).toBeGreaterThan(0.8);
    expect(((own?.larger?.factor ?? 0) * 0.01) / (exact(asked) * s)).toBeLessThan(1.25);
    expect(own?.smaller?.factor).toBeNull();
  });

  it("are of statements about several parameters as a whole, and are not of priors without a scale", async () => {
    const more = { ...data, z: x.map((_, i) => ((5 * i) % 9) - 4) };
    const model =
      "y ~ normal(mu, sigma)\nmu = 1 + x + z + (1 + x | g)\nprior beta ~ normal(0, 1)\nprior sigma ~ uniform(0, 5)\nprior intercept ~ flat()";
    const fitted = await fit(model, more, { engine: "laplace" });
    const { statements } = await tippingPoints(fitted, "beta[x] > 0 with probability 0.5", { range: 2 });
    expect(statements.map(({ prior, problem }) => [prior, problem])).toEqual([
      ["intercept", "flat() has no scale"],
      ["beta", null],
      ["sd[g, Intercept]", null],
      ["sd[g, x]", null],
      ["cor[g]", "lkj(1) has no scale"],
      ["sigma", "uniform(0, 5) has no scale"],
    ]);
    for (const { larger } of statements) if (larger !== null) expect(larger.searchedTo).toBeLessThanOrEqual(2);
  });

  it("are refused for names that the fit has not, maximum likelihood and wrong options", async () => {
    const fitted = await fit(text, data, { engine: "laplace" });
    await expect(tippingPoints(fitted, "beta[z] > 0 with probability 0.9")).rejects.toMatchObject({
      code: "unknown-quantity",
      message: expect.stringContaining('no quantity "beta[z]"\n  did you mean "beta[x]"?'),
    });
    await expect(tippingPoints(fitted, "beta[x] > 0 with probability 0.9", { range: 1 })).rejects.toThrow(
      "range is 1; allowed: a number from 1.1 to 1000000",
    );
    const byMl = await fit("y ~ normal(mu, sigma)\nmu = 1 + x", data, { engine: "ml" });
    await expect(tippingPoints(byMl, "beta[x] > 0 with probability 0.9")).rejects.toMatchObject({ code: "no-priors" });
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    const { signal } = controller;
    await expect(tippingPoints(fitted, "beta[x] > 0 with probability 0.9", { signal })).rejects.toThrow("enough");
  });
});
