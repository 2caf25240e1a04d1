import { describe, expect, it } from "vitest";
import {
  type AskedEstimand,
  contrasts,
  fit,
  means,
  population,
  predict,
  sensitivity,
  slopes,
  solve,
  varyPriors,
} from "../../src/index.js";

const rows = 60;
const g = Array.from({ length: rows }, (_, i) => `g${i % 12}`);
const trt = Array.from({ length: rows }, (_, i) => (i % 2 === 0 ? "a" : "b"));
const x = Array.from({ length: rows }, (_, i) => ((7 * i) % 11) / 5 - 1);
const y = x.map((value, i) => Math.max(0, Math.round(3 + 2 * value + ((5 * (i % 12)) % 7) - 2 + (i % 2))));
const data = { g, trt, x, y };
const model = "y ~ poisson(mu)\nlog(mu) = 1 + x + trt + (1 | g)\nprior beta ~ normal(0, 1)";
const grid = { of: ["trt"], effects: "marginal" } as const;
const ofRows = { effects: "conditional", quantity: "mean | probability(y > 3)" } as const;
const newRows = { g: ["g1", "new"], trt: ["a", "b"], x: [0, 0.5] };
const target = { for: "x", target: 4, by: ["trt"], effects: "zero", range: [-20, 20] } as const;

describe.each(["nuts", "laplace", "inla"] as const)("what other functions tell, as quantities: %s", async (engine) => {
  const made = await fit(model, data, { engine, seed: 2 });

  it("has the names and the posterior means that the functions give", async () => {
    const asked: AskedEstimand[] = [
      { means: grid },
      { contrasts: { ...grid, as: "ratio" } },
      { slopes: { ...grid, of: ["x"], by: ["trt"] } },
      { solve: target },
      { predict: ofRows, data: newRows },
      { population: {} },
    ];
    const { quantities } = await sensitivity(made, { quantities: asked });
    const of = new Map(quantities.map((one) => [one.name, one]));
    const told = [
      ...(await means(made, grid)).rows.map(({ levels, ...row }) => [`mean[trt=${levels.trt}]`, row] as const),
      ...(await contrasts(made, { ...grid, as: "ratio" })).rows.map(
        ({ contrast, ...row }) => [`contrast[${contrast}]`, row] as const,
      ),
      ...(await slopes(made, { ...grid, of: ["x"], by: ["trt"] })).rows.map(
        ({ levels, ...row }) => [`slope[x; trt=${levels.trt}]`, row] as const,
      ),
      ...(await solve(made, target)).rows.map(({ levels, ...row }) => [`x at 4[trt=${levels.trt}]`, row] as const),
    ];
    const { coefficients, groups } = await population(made);
    const predicted = (await predict(made, newRows, ofRows)).quantities.flatMap(({ name, estimate, sd }) =>
      [0, 1].map((k) => [`${name}[row ${k + 1}]`, { estimate: estimate[k], sd: sd[k] }] as const),
    );
    const averages = [
      ...coefficients.map(({ name, marginal }) => [`marginal ${name}`, marginal] as const),
      ["icc[g]", groups[0].link] as const,
    ];
    for (const [name, row] of [...told, ...predicted, ...averages]) {
      const { mean = NaN, sd = NaN } = of.get(name) ?? {};
      // Medians are told elsewhere, means here.
      expect(Math.abs(mean - (row?.estimate ?? NaN))).toBeLessThan(0.5 * sd);
      expect(sd / (row?.sd ?? NaN)).toBeCloseTo(1, 2);
    }
    expect(of.get("r2 conditional")?.distances.every(Number.isFinite)).toBe(true);
  });

  it("are followed through weights and new fits", async () => {
    const varied = ["beta ~ normal(0, 0.7)"];
    const quantities: AskedEstimand[] = [{ means: grid }];
    const [weighted, anew] = await Promise.all(
      [false, true].map((refit) => varyPriors(made, varied, { quantities, refit })),
    );
    expect(weighted.variants[0].method).toBe("weights");
    expect(weighted.quantities.slice(-2)).toEqual(["mean[trt=a]", "mean[trt=b]"]);
    for (const q of [4, 5])
      expect(Math.abs(weighted.variants[0].mean[q] - anew.variants[0].mean[q])).toBeLessThan(0.15 * anew.base.sd[q]);
  });

  it("are refused where they are not to be had", async () => {
    const narrow: AskedEstimand = { solve: { ...target, range: [-1, 0] } };
    await expect(sensitivity(made, { quantities: [narrow] })).rejects.toMatchObject({
      code: "no-value",
      message: expect.stringMatching(
        /^x at 4\[trt=a\] has no value at \d+ of 4000 draws\n {2}take a wider range for solve/,
      ),
    });
    const many = { g: Array(5001).fill("g1"), trt: Array(5001).fill("a"), x: Array(5001).fill(0) };
    if (engine === "laplace")
      await expect(sensitivity(made, { quantities: [{ predict: { effects: "zero" }, data: many }] })).rejects.toThrow(
        "5001 quantities; the sensitivity of at most 5000 is told\n  predict fewer rows",
      );
    await expect(sensitivity(made, { quantities: [{ means: { of: ["trt"] } }] })).rejects.toThrow("effects");
    const wrong: object = { quantities: [{ mean: {} }] };
    await expect(sensitivity(made, wrong)).rejects.toThrow("quantities is");
  });
});
