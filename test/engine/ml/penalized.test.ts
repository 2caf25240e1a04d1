import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import type { Estimates } from "../../../src/engine/ml/Estimates.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import { EngineError, fit, type MlFitOptions } from "../../../src/index.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { minimize } from "../../../src/math/optimize/minimize.js";
import { runSync } from "../../../src/math/steps.js";
import { randomTable } from "../../density/models.js";
import { viewOf } from "./models.js";

/** Of a log density at its maximum. */
const tolerance = 1e-5;

const named = ({ parameters }: Estimates, name: string) => {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const codes = ({ notes }: Estimates) => notes.map(({ code }) => code);
const penalized = async (text: string, data: Parameters<typeof fit>[1], options: Partial<MlFitOptions> = {}) =>
  fit(text, data, { engine: "ml", penalized: true, ...options });

/** The largest Laplace-marginal likelihood times prior density, searched over unconstrained positions by differences of the value. */
function bruteForce(view: LatentGaussian): number {
  const marginal = laplaceMarginal(view);
  const values = view.values();
  const { beta, theta, dispersion } = view.sizes;
  const density = (position: Float64Array) => {
    const { logPrior } = view.read(position, values);
    return logPrior + marginal.evaluate(values, null);
  };
  const objective = (position: Float64Array, gradient: Float64Array) => {
    position.forEach((x, i) => {
      const [above, below] = [1e-5, -1e-5].map((by) => density(position.map((y, j) => (i === j ? x + by : y))));
      gradient[i] = (below - above) / 2e-5;
    });
    return -density(position);
  };
  return -runSync(
    minimize(objective, new Float64Array(beta + theta + dispersion), { tolerance: 1e-3, valueNoise: 1e-10 }),
  ).value;
}

describe("a penalised fit", () => {
  const models = [
    "events ~ poisson(mu)\nlog(mu) = 1 + x1 + f + (1 | g)\nprior sd ~ gamma(2, 1)\nprior beta ~ normal(0.5, 0.3)",
    "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 + x2 | g)\nprior sd ~ gamma(3, 10)\nprior cor ~ lkj(3)\nprior sigma ~ exponential(5)",
    "successes ~ binomial(size, p)\nlogit(p) = 1 + x2 + (1 | g) + (1 | h)\nprior sd ~ lognormal(0, 0.5)\nprior intercept ~ student_t(4, 1, 1)",
    "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x1 + (1 | g)\nprior sd ~ gamma(2, 2)\nprior phi ~ gamma(3, 1)",
  ];

  it("is at the maximum of the likelihood times the prior, as brute force finds it", () => {
    fc.assert(
      fc.property(fc.constantFrom(...models), fc.integer({ min: 1, max: 1e5 }), (text, seed) => {
        const view = viewOf(text, randomTable(seed, 50));
        const result = runSync(maximumLikelihood(view, { penalized: true, method: "laplace" }));
        const density = (result.logLikelihood ?? NaN) + (result.logPrior ?? NaN);
        expect(result.convergence.converged).toBe(true);
        expect(Math.abs(density - bruteForce(view))).toBeLessThan(tolerance);
      }),
      { numRuns: 12, seed: 3 },
    );
  });

  it("with flat priors is plain maximum likelihood", () => {
    const flat = ["beta", "intercept", "sd"].map((target) => `prior ${target} ~ flat()`).join("\n");
    for (const text of [
      `events ~ poisson(mu)\nlog(mu) = 1 + x1 + f + (1 | g)\n${flat}`,
      `y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 + x2 | g)\n${flat}\nprior sigma ~ flat()`,
    ]) {
      const view = viewOf(text, randomTable(8, 80));
      const [plain, penal] = [false, true].map((isPenalized) =>
        runSync(maximumLikelihood(view, { penalized: isPenalized })),
      );
      expect(plain.logPrior).toBeNull();
      expect(penal.logLikelihood).toBeCloseTo(plain.logLikelihood ?? NaN, 6);
      plain.parameters.forEach(({ name, estimate }) => {
        expect(named(penal, name).estimate).toBeCloseTo(estimate, 3);
      });
    }
  });

  it("keeps a variance off zero where its prior has no density there, and leaves it there where it has", () => {
    const pairs = ["00", "01", "10", "11"].flatMap((pair) => Array<string>(15).fill(pair));
    const data = { y: pairs.flatMap((pair) => [...pair].map(Number)), g: pairs.flatMap((_, g) => [g, g]) };
    const at = (prior: string, options = {}) =>
      runSync(
        maximumLikelihood(viewOf(`y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)\nprior sd ~ ${prior}`, data), {
          penalized: true,
          points: 5,
          ...options,
        }),
      );
    expect(named(at("exponential(1)"), "sd[g, Intercept]").estimate).toBe(0);
    const kept = named(at("gamma(2, 0.1)", { intervals: "profile" }), "sd[g, Intercept]");
    expect(kept.estimate).toBeGreaterThan(0.2);
    expect(kept.lower).toBeGreaterThan(0);
    expect(kept.upper).toBeGreaterThan(kept.estimate);
    expect(() => at("gamma(0.5, 1)")).toThrow(EngineError);
  });

  it("stands at the end of a prior's support, and says so, where the likelihood would go beyond", async () => {
    const table = randomTable(8, 80);
    const text =
      "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)\nprior beta ~ uniform(1, 2)\nprior sd ~ uniform(1.5, 3)";
    const { ml } = await penalized(text, table, { points: 3 });
    expect(named(ml, "beta[x1]").estimate).toBeCloseTo(1, 12);
    expect(named(ml, "beta[x1]").standardError).toBeNaN();
    expect(named(ml, "sd[g, Intercept]").estimate).toBeCloseTo(1.5, 12);
    expect(ml.notes.find(({ code }) => code === "prior-limit")?.message).toContain("beta[x1], sd[g, Intercept]");
    expect(codes(ml)).not.toContain("singular");
  });
});

describe("the sd of a correlated effect at the end of its prior's support", () => {
  it("stops the search, which says so and why", () => {
    const text = "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 + x2 | g)\nprior sd[g, x2] ~ uniform(2, 3)";
    const { convergence, notes } = runSync(maximumLikelihood(viewOf(text, randomTable(8, 80)), { penalized: true }));
    expect(convergence.converged).toBe(false);
    expect(notes.map(({ code }) => code)).toEqual(expect.arrayContaining(["prior-limit", "not-converged"]));
  });
});

describe("what a proper prior makes up for", () => {
  const separated = { x: [1, 2, 3, 4, 5, 6, 7, 8], y: [0, 0, 0, 0, 1, 1, 1, 1], z: [2, 4, 6, 8, 10, 12, 14, 16] };

  it("is a warning, and the estimates are finite", async () => {
    const data = { ...separated, g: [1, 2, 1, 2, 1, 2, 1, 2] };
    const text = "y ~ bernoulli(p)\nlogit(p) = 1 + x + z + (1 | g)";
    const { ml, problems, criteria } = await penalized(text, data);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(["rank-deficient", "separation", "few-levels"]));
    expect(problems.every(({ severity }) => severity === "warning")).toBe(true);
    for (const { name, estimate, standardError } of ml.parameters.slice(0, 3)) {
      expect(Math.abs(estimate), name).toBeLessThan(20);
      expect(standardError, name).toBeLessThan(20);
    }
    expect(criteria).toBeNull();
    await expect(fit(text, data, { engine: "ml" })).rejects.toThrow("linear combination");
  });

  it("is told apart from what a flat one does not", async () => {
    const text = "y ~ bernoulli(p)\nlogit(p) = 1 + x\nprior beta ~ flat()";
    const { problems } = await penalized(text, separated);
    expect(problems.map(({ code }) => code)).toEqual(["separation", "improper-posterior"]);
  });
});

describe("methods without priors", () => {
  it("are refused with the reason", async () => {
    const table = randomTable(3, 40);
    const text = "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 | g)";
    for (const [options, reason] of [
      [{ method: "lmm" }, /laplace is exact for a normal response/],
      [{ method: "pql" }, /no likelihood that a prior could multiply/],
      [{ method: "em" }, /take aghq or laplace/],
      [{ method: "conditional" }, /not that of the model's parameters/],
      [{ reml: true }, /coefficients integrated out/],
    ] as const)
      await expect(penalized(text, table, options)).rejects.toThrow(reason);
    expect((await penalized(text, table)).ml.method).toBe("laplace");
  });
});
