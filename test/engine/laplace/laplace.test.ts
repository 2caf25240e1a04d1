import { describe, expect, it } from "vitest";
import { inla } from "../../../src/engine/inla/inla.js";
import { defaultInlaOptions } from "../../../src/engine/inla/options.js";
import { resample, smoothedWeights } from "../../../src/engine/laplace/importance.js";
import { laplace } from "../../../src/engine/laplace/laplace.js";
import { runSync } from "../../../src/math/steps.js";
import type { Posterior } from "../../../src/posterior/Posterior.js";
import { summarise } from "../../../src/summary/summarise.js";
import { viewOf } from "../ml/models.js";

const options = { draws: 2000, seed: 1 };

function approximationOf(posterior: Posterior) {
  const { approximation } = posterior.record;
  if (approximation === undefined) throw new Error("laplace tells of its approximation");
  return approximation;
}

const counts = { y: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3] };
const sum = 39;

describe("conjugate posteriors by laplace", () => {
  it("has the gamma posterior of Poisson counts, and their marginal likelihood", () => {
    const [shape, rate] = [2, 0.5];
    const view = viewOf(`y ~ poisson(mu)\nmu = 1\nprior beta[Intercept] ~ gamma(${shape}, ${rate})`, counts);
    const posterior = runSync(laplace(view, options));
    const [row] = summarise(posterior).parameters;
    const [a, b] = [shape + sum, rate + counts.y.length];
    const [mean, sd] = [a / b, Math.sqrt(a) / b];
    expect(Math.abs(row.mean - mean)).toBeLessThan(0.02 * sd);
    expect(row.sd / sd).toBeCloseTo(1, 1);
    const logGamma = (n: number) => Array.from({ length: n - 1 }, (_, k) => Math.log(k + 1)).reduce((x, y) => x + y, 0);
    const factorials = counts.y.reduce((total, y) => total + logGamma(y + 1), 0);
    const exact = shape * Math.log(rate) - logGamma(shape) + logGamma(a) - a * Math.log(b) - factorials;
    expect(approximationOf(posterior).logMarginalLikelihood).toBeCloseTo(exact, 2);
  });

  it("has the beta posterior of a binomial share", () => {
    const data = { size: [10, 12, 8], successes: [3, 7, 2] };
    const view = viewOf("successes ~ binomial(size, p)\np = 1\nprior beta[Intercept] ~ beta(2, 3)", data);
    const [row] = summarise(runSync(laplace(view, options))).parameters;
    const [a, b] = [2 + 12, 3 + 18];
    const sd = Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1)));
    expect(Math.abs(row.mean - a / (a + b))).toBeLessThan(0.02 * sd);
    expect(row.sd / sd).toBeCloseTo(1, 1);
  });
});

const groups = { y: [1, 0, 2, 5, 3, 8, 0, 0, 1, 2, 4, 1], g: [..."aabbccddeeff"], h: [..."xyzxyzxyzxyz"] };

describe("the engine laplace", () => {
  const model = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior sd ~ exponential(1)";

  it("draws the same for the same seed, and other draws for another", () => {
    const drawsOf = (seed: number) => {
      const [{ marginal }] = runSync(laplace(viewOf(model, groups), { draws: 300, seed })).randomEffects;
      return marginal.kind === "draws" ? marginal.chains[0] : null;
    };
    expect(drawsOf(4)).toEqual(drawsOf(4));
    expect(drawsOf(4)).not.toEqual(drawsOf(5));
  });

  it("trusts a posterior by quadrature", () => {
    const approximation = approximationOf(runSync(laplace(viewOf(model, groups), options)));
    expect(approximation).toMatchObject({ integration: "aghq", guard: { isTrusted: true, draws: 1600 } });
    expect(approximation.guard.paretoK).toBeLessThan(0.7);
  });

  it("weighs positions by importance sampling of the effects where factors cross", () => {
    const crossed = viewOf("y ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)\nprior sd ~ exponential(1)", groups);
    const approximation = approximationOf(runSync(laplace(crossed, options)));
    expect(approximation).toMatchObject({ integration: "laplace", points: 1, guard: { isTrusted: true } });
    const byInla = approximationOf(runSync(inla(crossed, defaultInlaOptions)));
    expect(Math.abs(approximation.logMarginalLikelihood - byInla.logMarginalLikelihood)).toBeLessThan(0.05);
  });
});

describe("weights", () => {
  it("of equal logs are equal, and their mean is the log itself", () => {
    const { weights, logMean } = smoothedWeights(new Float64Array(100).fill(-3));
    expect(weights[0]).toBeCloseTo(0.01, 12);
    expect(logMean).toBeCloseTo(-3, 12);
  });

  it("that cannot be computed are zero", () => {
    const logs = Float64Array.from({ length: 100 }, (_, i) => (i === 7 ? Number.NaN : Math.sin(i)));
    expect(smoothedWeights(logs).weights[7]).toBe(0);
  });

  it("are resampled as often as they say, to less than one", () => {
    const weights = Float64Array.from({ length: 50 }, (_, i) => (i + 1) / 1275);
    const picked = resample(weights, 1000, 0.3);
    weights.forEach((weight, i) => {
      expect(Math.abs(picked.filter((k) => k === i).length - 1000 * weight)).toBeLessThan(1);
    });
  });
});
