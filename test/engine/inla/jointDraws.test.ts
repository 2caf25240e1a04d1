import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inla } from "../../../src/engine/inla/inla.js";
import { jointDrawCount } from "../../../src/engine/inla/jointDraws.js";
import { defaultInlaOptions } from "../../../src/engine/inla/options.js";
import { type Fit, fit } from "../../../src/index.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { runSync } from "../../../src/math/steps.js";
import { evaluateMarginal } from "../../../src/posterior/densityMarginals.js";
import type { DensityMarginal, Marginal } from "../../../src/posterior/Posterior.js";
import { drawsOf } from "../../../src/posterior/quantities.js";
import { recipes, tableOf } from "../../claims/randomModels.js";
import { viewOf } from "../../marginal/designs.js";

function densityOf(marginal: Marginal): DensityMarginal {
  if (marginal.kind !== "density") throw new Error("inla gives densities");
  return marginal;
}

function momentsOf(draws: Float64Array) {
  const mean = draws.reduce((total, value) => total + value, 0) / draws.length;
  const sd = Math.sqrt(draws.reduce((total, value) => total + (value - mean) ** 2, 0) / draws.length);
  return { mean, sd };
}

/** How far draws are from a marginal: the mean and the worst of three quantiles in its sds, and the sd as the log of a ratio, all without their signs. */
function distances(draws: Float64Array, marginal: Marginal) {
  const density = densityOf(marginal);
  const { mean, sd } = density;
  const own = momentsOf(draws);
  const sorted = draws.slice().sort();
  const offs = [0.05, 0.5, 0.95].map(
    (p) => Math.abs(sorted[Math.floor(p * sorted.length)] - evaluateMarginal(density, "quantile", p)) / sd,
  );
  return {
    mean: Math.abs(own.mean - mean) / sd,
    sd: Math.abs(Math.log(own.sd / sd)),
    quantile: Math.max(...offs),
  };
}

const chosenOptions = fc.record({
  integration: fc.constantFrom("auto", "laplace"),
  latent: fc.constantFrom("simplified", "gaussian", "full"),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

/** The inla fit of the longest chain of nested factors takes minutes. */
const affordable = (of: Parameters<typeof recipes>[0]) =>
  recipes(of, 40).filter(({ text }) => !text.includes("(1 | m)"));

describe("joint draws of inla", () => {
  // 4000 draws leave Monte Carlo errors of 0.016 in a mean, 0.011 in a log sd and 0.033 in a quantile.
  it.each(["single", "nested", "crossed"] as const)(
    "have the marginals of random models whose factors are %s",
    (structure) => {
      fc.assert(
        fc.property(affordable(structure), chosenOptions, (recipe, chosen) => {
          const { view } = viewOf(recipe.text, tableOf(recipe));
          const posterior = runSync(inla(view, { ...defaultInlaOptions, ...chosen }));
          for (const { name, marginal } of posterior.parameters) {
            const { mean, sd, quantile } = distances(drawsOf(posterior, name)[0], marginal);
            expect(mean, name).toBeLessThan(0.03);
            expect(sd, name).toBeLessThan(0.03);
            expect(quantile, name).toBeLessThan(0.09);
          }
          for (const { name, marginal } of posterior.randomEffects) {
            const { mean, sd, quantile } = distances(drawsOf(posterior, name)[0], marginal);
            expect(mean, name).toBeLessThan(0.08);
            expect(sd, name).toBeLessThan(0.07);
            expect(quantile, name).toBeLessThan(0.2);
          }
        }),
        { seed: 3, numRuns: 3 },
      );
    },
    60_000,
  );

  it("have them without random effects, and with a dispersion that is modelled", async () => {
    const { data } = simulated(1);
    for (const text of ["c ~ poisson(mu)\nlog(mu) = 1 + x", "y ~ normal(mu, sigma)\nmu = 1 + x\nlog(sigma) = 1 + x"]) {
      const { posterior, draws } = await fit(text, data, { engine: "inla" });
      for (const { name, marginal } of posterior.parameters) {
        const { mean, sd, quantile } = distances(draws(name)[0], marginal);
        expect(Math.max(mean, sd, quantile / 3), name).toBeLessThan(0.03);
      }
    }
  });

  it("have them where every parameter is held at a number, and only random effects are left", async () => {
    const y = [1.2, 0.4, -0.3, 2.1];
    const g = [..."aabb"];
    const text = `y ~ normal(mu, 1)\nmu = 1 + (1 | g)\nprior intercept ~ constant(0.5)\nprior sd ~ constant(2)`;
    for (const engine of ["inla", "laplace"] as const) {
      const { posterior, draws } = await fit(text, { y, g }, { engine });
      expect(posterior.record.approximation?.guard.isTrusted).toBe(true);
      ["a", "b"].forEach((level, k) => {
        const precision = 1 / 4 + 2;
        const { mean, sd } = momentsOf(draws(`b[g, ${level}, Intercept]`)[0]);
        expect(Math.abs(mean - (y[2 * k] + y[2 * k + 1] - 1) / precision)).toBeLessThan(0.04);
        expect(sd * Math.sqrt(precision)).toBeCloseTo(1, 1);
      });
    }
  });

  it("are 4000, fewer of more than 5,000 quantities, and 400 at the least", () => {
    expect([3, 5000, 10_004, 1e6].map(jointDrawCount)).toEqual([4000, 4000, 1900, 400]);
  });

  it("are the same for the same seed, whenever they are asked for, and others for another", async () => {
    const { text, data } = simulated(2);
    const bits = async (seed: number) => {
      const { posterior, draws } = await fit(text, data, { engine: "inla", seed });
      const [[once], [again]] = [draws("sd[g, Intercept]"), draws("sd[g, Intercept]")];
      expect(again).toBe(once);
      return [once, ...posterior.randomEffects.map(({ name }) => draws(name)[0])];
    };
    const first = await bits(4);
    expect(first[0]).toHaveLength(4000);
    expect(await bits(4)).toEqual(first);
    expect((await bits(5))[0]).not.toEqual(first[0]);
  });

  it("go together as those of laplace and of the sampler do", async () => {
    const { data } = simulated(3, 20);
    const text = "c ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)";
    const approximated = await fit(text, data, { engine: "inla" });
    expect(approximated.posterior.record.approximation?.guard.isTrusted).toBe(true);
    const joint = correlations(approximated);
    const byLaplace = correlations(await fit(text, data, { engine: "laplace", seed: 2 }));
    const bySampling = correlations(await fit(text, data, { chains: 2, draws: 2000, workers: 0 }));
    for (const [k, value] of joint.entries()) {
      // The weighted positions leave 0.02 to 0.035 in each of 45 correlations.
      expect(Math.abs(value - byLaplace[k])).toBeLessThan(0.13);
      expect(Math.abs(value - bySampling[k])).toBeLessThan(0.13);
    }
    expect(Math.max(...joint.map(Math.abs))).toBeGreaterThan(0.4);
  });
});

/** Counts and numbers of groups in years about 2010, whose intercept at year 0 is a matter of the slope. */
function simulated(seed: number, groups = 6) {
  const stream = createStream("joint draws", seed);
  const g = Array.from({ length: 180 }, (_, i) => i % groups);
  const b = Array.from({ length: groups }, () => 1.2 * stream.normal());
  const year = g.map(() => 2005 + Math.floor(10 * stream.uniform()));
  const x = g.map(() => stream.normal());
  const eta = g.map((level, i) => 0.4 + b[level] + 0.05 * (year[i] - 2010) + 0.3 * x[i]);
  const y = eta.map((value) => value + stream.normal());
  const c = eta.map((value) => Math.max(0, Math.round(Math.exp(value) + Math.exp(value / 2) * stream.normal())));
  return { text: "c ~ poisson(mu)\nlog(mu) = 1 + x + year + (1 | g)", data: { g, year, x, y, c } };
}

/** Of the ranks of each two of the parameters and three of the random effects. */
function correlations({ posterior, draws }: Fit): number[] {
  const names = [...posterior.parameters, ...posterior.randomEffects.slice(0, 3)].map(({ name }) => name);
  const scores = names.map((name) => {
    const all = draws(name).flatMap((chain) => [...chain]);
    const ranks = new Float64Array(all.length);
    Array.from(all, (_, i) => i)
      .sort((i, j) => all[i] - all[j])
      .forEach((i, rank) => {
        ranks[i] = rank;
      });
    const { mean, sd } = momentsOf(ranks);
    return ranks.map((rank) => (rank - mean) / sd);
  });
  return scores.flatMap((one, k) =>
    scores.slice(0, k).map((other) => one.reduce((sum, value, i) => sum + value * other[i], 0) / one.length),
  );
}

describe("what holds between the quantities of a posterior", () => {
  const sums = [
    "beta[Intercept] + 2010 * beta[year]",
    "beta[Intercept] + 2010 * beta[year] + b[g, 1, Intercept]",
    "b[g, 1, Intercept] - b[g, 2, Intercept]",
  ];
  const combined = ({ draws }: Fit) => {
    const [intercept, year, one, two] = [
      "beta[Intercept]",
      "beta[year]",
      "b[g, 1, Intercept]",
      "b[g, 2, Intercept]",
    ].map((name) => draws(name)[0]);
    const at2010 = intercept.map((value, i) => value + 2010 * year[i]);
    return [at2010, at2010.map((value, i) => value + one[i]), one.map((value, i) => value - two[i])];
  };

  it.each(["auto", "laplace"] as const)(
    "holds in the draws: sums have inla's own marginals (%s)",
    async (integration) => {
      const { text, data } = simulated(4);
      const result = await fit(text, data, { engine: "inla", integration, lincomb: sums });
      const found = result.posterior.linearCombinations ?? [];
      const intercept = densityOf(result.posterior.parameters[0].marginal);
      // The intercept at year 0 is far less certain than the sum: an error of a hundredth of its sd would show.
      expect(intercept.sd / densityOf(found[1].marginal).sd).toBeGreaterThan(20);
      combined(result).forEach((draws, k) => {
        const { mean, sd, quantile } = distances(draws, found[k].marginal);
        expect(mean, sums[k]).toBeLessThan(0.05);
        expect(sd, sums[k]).toBeLessThan(0.05);
        expect(quantile, sums[k]).toBeLessThan(0.13);
      });
    },
  );

  it("holds in the draws: correlations of three effects are those of a covariance matrix", async () => {
    const { data } = simulated(5);
    const { draws } = await fit("y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x + I(x^2) | g)", data, { engine: "inla" });
    const [ab, ac, bc] = ["Intercept, x", "Intercept, I(x^2)", "x, I(x^2)"].map((pair) => draws(`cor[g, ${pair}]`)[0]);
    const determinants = ab.map((r, i) => 1 + 2 * r * ac[i] * bc[i] - r * r - ac[i] ** 2 - bc[i] ** 2);
    expect(Math.min(...determinants)).toBeGreaterThan(0);
  });
});
