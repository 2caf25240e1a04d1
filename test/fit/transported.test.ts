import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fit, fit, type NutsFitOptions } from "../../src/index.js";
import { randomTable } from "../density/models.js";

const quick = { workers: 0, chains: 2, draws: 400 } satisfies NutsFitOptions;
/** In Monte Carlo errors; over some hundred comparisons of few draws, of which skewed ones have long tails. */
const zBound = 5;
/** Below this, a Monte Carlo error is itself too uncertain to be held to. */
const leastEss = 100;

const models = [
  "events ~ poisson(mu)\nlog(mu) = 1 + x1",
  "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 + x1 | g)",
  "successes ~ binomial(size, p)\nlogit(p) = 1 + (1 | g) + (1 | g:k)",
  "successes ~ binomial(size, p)\nprobit(p) = 1 + x1 + (1 | g) + (0 + x1 | h)",
  "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + (1 | g) + (1 | h) + (1 | f)\nprior phi ~ gamma(4, 2)",
  "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 + x1 | g) + (1 | h)",
  "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 | g)\nlog(sigma) = 1 + x2",
];

/** Largest |z| of the posterior means of two fits, where both have an ESS to speak of. */
function worstZ(a: Fit, b: Fit): { readonly z: number; readonly compared: number } {
  const [left, right] = [a, b].map((result) => {
    const { parameters, randomEffects } = result.summary();
    return [...parameters, ...randomEffects];
  });
  const zs = left.flatMap((row, k) => {
    const other = right[k];
    if (!((row.essBulk ?? 0) > leastEss && (other.essBulk ?? 0) > leastEss)) return [];
    return [Math.abs(row.mean - other.mean) / Math.hypot(row.mcse ?? 0, other.mcse ?? 0)];
  });
  return { z: Math.max(...zs), compared: zs.length };
}

describe("the transported sampler", () => {
  it("has the posterior of the textbook sampler", async () => {
    for (const model of models)
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
          const table = randomTable(seed, 40);
          const options = { ...quick, seed };
          const transported = await fit(model, table, options);
          const { parametrization } = transported.posterior.record.options;
          expect(parametrization).toBe(/sigma\)\nmu = .*$/.test(model) ? "integrated" : "transported");
          const textbook = await fit(model, table, { ...options, parametrization: "noncentred", warmup: 800 });
          const { z, compared } = worstZ(transported, textbook);
          expect(compared, model).toBeGreaterThan(textbook.summary().parameters.length / 2);
          expect(z, model).toBeLessThan(zBound);
        }),
        { seed: 20261124, numRuns: 2 },
      );
  });

  it("falls back to the textbook one where effects stand on a second predictor, and says why", async () => {
    const model = "y ~ normal(mu, sigma)\nmu = 1 + (1 | g)\nlog(sigma) = 1 + (1 | h)";
    const result = await fit(model, randomTable(3, 40), { ...quick, draws: 20 });
    const { options } = result.posterior.record;
    expect([options.parametrization, options.warmup, options.targetAcceptance]).toEqual(["noncentred", 1000, 0.8]);
    const problem = result.problems.find(({ code }) => code === "not-transported");
    expect(problem?.message).toBe(
      "the textbook sampler ran (non-centred): random effects on sigma are not Gaussian effects on the mean predictor",
    );
  });

  it("is tuned to a lower acceptance where a single factor has many levels", async () => {
    const rows = Array.from({ length: 404 }, (_, i) => i);
    const data = { y: rows.map((i) => (i * 7) % 4), many: rows.map((i) => i % 101), few: rows.map((i) => i % 100) };
    const acceptance = async (random: string) => {
      const model = `y ~ poisson(mu)\nlog(mu) = 1 + ${random}`;
      const { posterior } = await fit(model, data, { ...quick, draws: 2, warmup: 20 });
      return posterior.record.options.targetAcceptance;
    };
    expect(await acceptance("(1 | many)")).toBe(0.8);
    expect(await acceptance("(1 | few)")).toBe(0.9);
    expect(await acceptance("(1 | many) + (1 | few)")).toBe(0.9);
  });

  it("keeps to what is asked", async () => {
    const model = "events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)";
    const asked = { ...quick, draws: 20, warmup: 40, targetAcceptance: 0.9, startRadius: 1 };
    const { options } = (await fit(model, randomTable(3, 40), asked)).posterior.record;
    expect(options).toMatchObject({
      parametrization: "transported",
      warmup: 40,
      targetAcceptance: 0.9,
      startRadius: 1,
    });
    const dense = fit(model, randomTable(3, 40), { ...quick, metric: "dense" });
    await expect(dense).rejects.toThrow('metric is "dense"');
    await fit(model, randomTable(3, 40), { ...asked, parametrization: "noncentred", metric: "dense" });
  });
});
