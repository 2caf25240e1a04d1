import { describe, expect, it } from "vitest";
import { fit } from "../../src/index.js";

/** One observation far from a narrow prior with heavy tails: a spike at 0 with 60% of the mass, and a hill at 4. */
const torn = "y ~ normal(mu, 1)\nmu = 1\nprior beta[Intercept] ~ cauchy(0, 0.001)";
const counts = [1, 4, 2, 3, 0, 1, 5, 2, 1, 3, 0, 2, 8, 3, 2, 1, 2, 0, 3, 1, 4, 6, 2, 3];
const groups = counts.map((y, i) => ({ y, g: i % 4 }));

describe("a posterior with several modes", () => {
  it.each([1, 2, 3])("has chains in all of them: R-hat tells that they do not meet, seed %i", async (seed) => {
    const result = await fit(torn, { y: [4.4] }, { seed, workers: 0, draws: 500 });
    expect(result.notes.find(({ code }) => code === "several-modes")?.message).toMatch(
      /^the posterior has 2 modes, the random effects integrated out: at beta\[Intercept\] .*; chains start at each in turn/,
    );
    expect(result.warnings().map(({ code }) => code)).toContain("rhat");
    const means = result.draws("beta[Intercept]").map((chain) => chain.reduce((a, b) => a + b, 0) / chain.length);
    expect(means.some((mean) => Math.abs(mean) < 0.5)).toBe(true);
    expect(means.some((mean) => mean > 3)).toBe(true);
  });

  it("is right where the chains meet", async () => {
    const model = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior sd ~ inverse_gamma(0.2, 0.002)";
    const result = await fit(model, groups, { seed: 1, workers: 0 });
    expect(result.warnings().map(({ code }) => code)).not.toContain("rhat");
    const textbook = await fit(model, groups, { seed: 2, workers: 0, parametrization: "noncentred", draws: 4000 });
    const [own, other] = [result, textbook].map((one) => one.summary().parameters);
    own.forEach(({ name, mean }, k) => {
      expect(Math.abs(mean - other[k].mean) / other[k].sd, name).toBeLessThan(0.3);
    });
  });

  it("is not looked for under priors that cannot add one", async () => {
    const model =
      "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior intercept ~ normal(0, 3)\nprior sd ~ student_t(3, 0, 2.5)";
    const { compiled, notes } = await fit(model, groups, { seed: 1, workers: 0, draws: 50 });
    expect(compiled.mayHaveSeveralModes).toBe(false);
    expect(notes).toEqual([]);
  });
});
