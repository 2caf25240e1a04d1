import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import type { MlMethod } from "../../src/index.js";
import { uniforms } from "../density/models.js";

/** Responses of each kind in ten groups crossed with four, with whole weights. */
function rows(seed: number) {
  const next = uniforms(seed);
  return Array.from({ length: 60 }, (_, i) => {
    const x = next();
    const shift = 0.8 * Math.sin(i % 10);
    const size = 2 + Math.floor(2 * (next() + 1));
    const chance = 1 / (1 + Math.exp(-0.5 * x - shift));
    return {
      x,
      g: i % 10,
      h: Math.floor(i / 15),
      size,
      binary: Number((next() + 1) / 2 < chance),
      successes: Math.round(size * chance),
      events: Math.floor(2 * Math.exp(0.5 * x + shift) * (0.5 + 0.5 * (next() + 1))),
      y: 1 + 0.5 * x + shift + next(),
      w: 1 + Math.floor(1.5 * (next() + 1)),
    };
  });
}

const priors = "\nprior beta[Intercept] ~ normal(0, 2)\nprior beta ~ normal(0, 2)\nprior sd ~ exponential(1)";
const data = rows(5);
const repeated = data.flatMap((row) => Array.from({ length: row.w }, () => row));

const responses: readonly (readonly [string, string, string])[] = [
  ["binary", "bernoulli(p)", "logit(p)"],
  ["successes", "binomial(size, p)", "probit(p)"],
  ["events", "negative_binomial(mu, 3)", "log(mu)"],
];
const methods: readonly (readonly [MlMethod, string])[] = [
  ["aghq", "1 + x + (1 | g)"],
  ["em", "1 + x + (1 | g)"],
  ["pql", "1 + x + (1 | g)"],
  ["laplace", "1 + x + (1 | g) + (1 | h)"],
];

describe("likelihood weights are the rows so many times", () => {
  for (const [method, formula] of methods)
    it.each(responses)(`by ${method}: %s ~ %s`, async (column, family, mean) => {
      const options = { engine: "ml", method } as const;
      const after = `${family}\n${mean} = ${formula}`;
      const weighted = (await fit(`${column} | weights(w) ~ ${after}`, data, options)).ml;
      const many = (await fit(`${column} ~ ${after}`, repeated, options)).ml;
      weighted.parameters.forEach(({ estimate, standardError }, k) => {
        expect(Math.abs(estimate - many.parameters[k].estimate)).toBeLessThan(2e-4 * (1 + Math.abs(estimate)));
        const other = many.parameters[k].standardError;
        if (Number.isNaN(other)) expect(standardError).toBeNaN();
        else expect(standardError / other).toBeCloseTo(1, 2);
      });
      if (weighted.logLikelihood !== null && many.logLikelihood !== null)
        expect(Math.abs(weighted.logLikelihood - many.logLikelihood)).toBeLessThan(1e-5);
    });

  it.each([
    ["y | se(0.3 + 0.2 * size)", "normal(mu)"],
    ["y | se(0.3 + 0.2 * size, sigma)", "normal(mu, sigma)"],
  ])("beside known errors: %s ~ %s", async (left, family) => {
    const after = `${family}\nmu = 1 + x + (1 | g) + (1 | h)`;
    const by = async (response: string, table: typeof data) =>
      (await fit(`${response} ~ ${after}`, table, { engine: "ml" })).ml;
    const [weighted, many] = [await by(`${left} + weights(w)`, data), await by(left, repeated)];
    expect(weighted.logLikelihood).toBeCloseTo(many.logLikelihood ?? Number.NaN, 6);
    weighted.parameters.forEach(({ estimate, standardError }, k) => {
      expect(estimate).toBeCloseTo(many.parameters[k].estimate, 4);
      const other = many.parameters[k].standardError;
      if (Number.isNaN(other)) expect(standardError).toBeNaN();
      else expect(standardError / other).toBeCloseTo(1, 2);
    });
    const evidence = async (response: string, table: typeof data, engine: "inla" | "laplace") =>
      (
        await fit(
          `${response} ~ ${after}${priors}${/sigma\)$/.test(family) ? "\nprior sigma ~ exponential(1)" : ""}`,
          table,
          { engine },
        )
      ).posterior.record.approximation?.logMarginalLikelihood ?? Number.NaN;
    for (const engine of ["inla", "laplace"] as const) {
      const [one, repeatedly] = [
        await evidence(`${left} + weights(w)`, data, engine),
        await evidence(left, repeated, engine),
      ];
      expect(Math.abs(one - repeatedly)).toBeLessThan(0.05);
    }
  });

  it.each(responses)("by inla: %s ~ %s", async (column, family, mean) => {
    const after = `${family}\n${mean} = 1 + x + (1 | g)${priors}`;
    const evidence = async (left: string, table: typeof data) => {
      const { posterior } = await fit(`${left} ~ ${after}`, table, { engine: "inla" });
      return posterior.record.approximation?.logMarginalLikelihood ?? Number.NaN;
    };
    const [weighted, many] = [await evidence(`${column} | weights(w)`, data), await evidence(column, repeated)];
    expect(Math.abs(weighted - many)).toBeLessThan(0.02);
  });

  it("refuses what they leave undefined, with the reason", async () => {
    const text = "binary | weights(w) ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)";
    await expect(fit(text, data, { engine: "inla", criteria: true })).rejects.toThrow("likelihood weights");
    const known = "y | se(0.2 * size) + weights(w) ~ normal(mu)\nmu = 1 + x + (1 | g)";
    await expect(fit(known, data, { engine: "inla", criteria: true })).rejects.toThrow("likelihood weights");
    await expect(fit(text, data, { engine: "ml", method: "conditional" })).rejects.toThrow("weighted rows have not");
  });
});

describe("precision weights and known errors", () => {
  const formula = "mu = 1 + x + (1 | g) + (1 | h)";
  const logMarginal = async (response: string) => {
    const text = `${response}\n${formula}${priors}\nprior sigma ~ exponential(1)`.replace(/\nprior sigma.*$/, (line) =>
      /se\(\d/.test(response) ? "" : line,
    );
    const engines = ["laplace", "inla"] as const;
    return Promise.all(
      engines.map(async (engine) => {
        const { posterior } = await fit(text, data, { engine });
        return posterior.record.approximation?.logMarginalLikelihood ?? Number.NaN;
      }),
    );
  };

  it.each([
    "y | weights(w) ~ normal(mu, sigma)",
    "y | se(0.3 + 0.2 * w, sigma) ~ normal(mu, sigma)",
    "y | se(0.3 + 0.2 * w) ~ normal(mu)",
  ])("laplace and inla agree on p(y): %s", async (response) => {
    const [laplace, inla] = await logMarginal(response);
    expect(Math.abs(laplace - inla)).toBeLessThan(0.1);
  });

  it("say so", async () => {
    const notes = async (response: string) =>
      (await fit(`${response}\n${formula}`, data, { engine: "ml" })).notes.map(({ message }) => message);
    expect(await notes("y | weights(w) + subset(x > 0) ~ normal(mu, sigma)")).toEqual([
      "weights(w) are precision weights: the variance of a row is sigma^2 / weight, as in lme4",
      expect.stringMatching(/^subset\(x > 0\) leaves out \d+ rows$/),
    ]);
    expect(await notes("y | se(0.2 * size) + weights(w) ~ normal(mu)")).toEqual([
      "weights(w) are likelihood weights: the log density of a row is multiplied by its weight, as in brms",
      "se(0.2 * size): the standard error of each row is known, and no sigma is estimated",
    ]);
    expect(await notes("y | se(0.2 * w, sigma) ~ normal(mu, sigma)")).toEqual([
      "se(0.2 * w): the variance of a row is sigma^2 and the square of 0.2 * w",
    ]);
  });

  it("leave out rows of weight 0, as if they were not there", async () => {
    const left = (await fit(`y | weights(w - 1) ~ normal(mu, sigma)\n${formula}`, data, { engine: "ml" })).ml;
    const rest = data.filter(({ w }) => w > 1);
    const without = (await fit(`y | weights(w - 1) ~ normal(mu, sigma)\n${formula}`, rest, { engine: "ml" })).ml;
    expect(left.logLikelihood).toBe(without.logLikelihood);
  });
});
