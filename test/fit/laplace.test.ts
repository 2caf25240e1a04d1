import { describe, expect, it } from "vitest";
import { completeLaplaceOptions, fit } from "../../src/index.js";

const herds = {
  sick: [2, 3, 4, 0, 3, 1, 1, 8, 2, 0, 2, 2],
  size: [14, 12, 9, 5, 22, 18, 21, 22, 16, 16, 20, 10],
  herd: [..."aaabbbcccddd"],
};
const model = "sick ~ binomial(size, p)\nlogit(p) = 1 + (1 | herd)\nprior sd ~ exponential(1)";

/** Separated, under a prior with a Cauchy tail: so is the posterior, which no normal proposal covers. */
const separated = { y: [0, 0, 0, 0, 1, 1, 1, 1], x: [1, 2, 3, 4, 5, 6, 7, 8] };
const separatedModel = "y ~ bernoulli(p)\nlogit(p) = 1 + x\nprior beta ~ student_t(1, 0, 10)";

describe("fit by laplace", () => {
  it("gives a posterior like any other, with its own account", async () => {
    const result = await fit(model, herds, { engine: "laplace", draws: 500, seed: "x" });
    const { engine, record } = result.posterior;
    expect({ engine, options: record.options }).toEqual({ engine: "laplace", options: { draws: 500, seed: "x" } });
    expect(record.approximation?.guard.isTrusted).toBe(true);
    expect(result.draws("b[herd, c, Intercept]")[0]).toHaveLength(500);
    expect(result.warnings()).toEqual([]);
    expect(result.summary().parameters[0]).not.toHaveProperty("rhat");
  });

  it("goes on to nuts where the guard says so, and only there", async () => {
    const sampler = { engine: "laplace", escalate: true, draws: 400, workers: 0 } as const;
    expect((await fit(model, herds, sampler)).posterior.engine).toBe("laplace");
    const distrusted = await fit(separatedModel, separated, { engine: "laplace", draws: 400 });
    expect(distrusted.posterior.record.approximation?.guard.isTrusted).toBe(false);
    expect(distrusted.warnings().map(({ code }) => code)).toEqual(["guard"]);
    const escalated = await fit(separatedModel, separated, sampler);
    expect(escalated.posterior.engine).toBe("nuts");
    expect(escalated.problems.map(({ code }) => code)).toContain("escalated");
  });

  it("keeps the linear combinations asked of inla where nuts runs in its place", async () => {
    const pairs = { y: [0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1], g: [..."aabbccddeeff"] };
    const sum = "beta[Intercept] - b[g,f,Intercept]";
    const result = await fit("y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)", pairs, {
      engine: "inla",
      integration: "laplace",
      escalate: true,
      criteria: true,
      lincomb: [sum],
      workers: 0,
    });
    expect(result.posterior.engine).toBe("nuts");
    const [intercept, effect] = ["beta[Intercept]", "b[g, f, Intercept]"].map((name) => result.draws(name)[0][7]);
    expect(result.posterior.linearCombinations).toMatchObject([{ name: sum, marginal: { kind: "draws" } }]);
    const [{ marginal }] = result.posterior.linearCombinations ?? [];
    expect(marginal.kind === "draws" && marginal.chains[0][7]).toBe(intercept - effect);
    expect(result.summary().linearCombinations?.[0].essBulk).toBeGreaterThan(100);
    expect(result.problems.find(({ code }) => code === "escalated")?.hint).toMatch(/the criteria are of inla alone/);
  });

  it("warns of a log marginal likelihood that improper priors leave without a constant", async () => {
    const flat = await fit(`${model}\nprior intercept ~ flat()`, herds, { engine: "inla" });
    expect(flat.problems).toMatchObject([
      { code: "improper-evidence", message: expect.stringMatching(/: intercept$/) },
    ]);
    expect((await fit(model, herds, { engine: "inla" })).problems).toEqual([]);
  });

  it("refuses what it cannot use, all at once", () => {
    const wrong = { engine: "laplace", draws: 3, chains: 4 } as const;
    expect(() => completeLaplaceOptions(wrong)).toThrow(
      [
        "draws is 3; allowed: a whole number from 100 to 10000000",
        'chains is no option of the engine "laplace"; leave it out, or choose another engine',
      ].join("\n"),
    );
  });

  it("refuses random effects on a second predictor, with the reason", async () => {
    const second = "sick ~ normal(mu, sigma)\nmu = 1 + (1 | herd)\nlog(sigma) = 1 + (1 | herd)";
    await expect(fit(second, herds, { engine: "laplace" })).rejects.toThrow(/laplace cannot approximate this model/);
  });
});
