import { describe, expect, it } from "vitest";
import { EngineError } from "../../../src/engine/EngineError.js";
import { BetaIntegrator } from "../../../src/engine/inla/betaIntegral.js";
import { inla } from "../../../src/engine/inla/inla.js";
import { defaultInlaOptions } from "../../../src/engine/inla/options.js";
import { laplace } from "../../../src/engine/laplace/laplace.js";
import { laplacePosterior } from "../../../src/marginal/exploration/integratedPosterior.js";
import { runSync } from "../../../src/math/steps.js";
import { evaluateMarginal } from "../../../src/posterior/densityMarginals.js";
import type { Posterior } from "../../../src/posterior/Posterior.js";
import { drawsOf } from "../../../src/posterior/quantities.js";
import { viewOf } from "../ml/models.js";

function approximationOf(posterior: Posterior) {
  const { approximation } = posterior.record;
  if (approximation === undefined) throw new Error("inla tells of its approximation");
  return approximation;
}

function parameter(posterior: Posterior, k = 0) {
  const { marginal } = posterior.parameters[k];
  if (marginal.kind !== "density") throw new Error("inla gives densities");
  return marginal;
}

const run = (text: string, data: Parameters<typeof viewOf>[1], options = {}) =>
  runSync(inla(viewOf(text, data), { ...defaultInlaOptions, ...options }));
const logGamma = (n: number) => Array.from({ length: n - 1 }, (_, k) => Math.log(k + 1)).reduce((x, y) => x + y, 0);

describe("inla on conjugate models", () => {
  it("has the normal posterior of a normal mean, and its marginal likelihood", () => {
    const y = [1.2, -0.4, 2.2, 0.9, 1.6];
    const posterior = run("y ~ normal(mu, 0.8)\nmu = 1\nprior beta[Intercept] ~ normal(1, 2)", { y });
    const precision = 1 / 4 + y.length / 0.64;
    const mean = (1 / 4 + y.reduce((a, b) => a + b) / 0.64) / precision;
    expect(parameter(posterior).mean).toBeCloseTo(mean, 6);
    expect(parameter(posterior).sd).toBeCloseTo(Math.sqrt(1 / precision), 3);
    const logNormal = (x: number, m: number, sd: number) =>
      -0.5 * ((x - m) / sd) ** 2 - Math.log(sd) - 0.5 * Math.log(2 * Math.PI);
    const exact =
      y.reduce((total, value) => total + logNormal(value, mean, 0.8), 0) +
      logNormal(mean, 1, 2) -
      logNormal(mean, mean, Math.sqrt(1 / precision));
    expect(approximationOf(posterior).logMarginalLikelihood).toBeCloseTo(exact, 3);
  });

  it("has the gamma posterior of Poisson counts, and their marginal likelihood", () => {
    const y = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
    const posterior = run("y ~ poisson(mu)\nmu = 1\nprior beta[Intercept] ~ gamma(2, 0.5)", { y });
    const [a, b] = [2 + 39, 0.5 + y.length];
    expect(parameter(posterior).mean).toBeCloseTo(a / b, 3);
    expect(parameter(posterior).sd).toBeCloseTo(Math.sqrt(a) / b, 3);
    // qgamma(c(0.05, 0.95), 41, 10.5) in R.
    expect(evaluateMarginal(parameter(posterior), "quantile", 0.05)).toBeCloseTo(2.95868051, 2);
    expect(evaluateMarginal(parameter(posterior), "quantile", 0.95)).toBeCloseTo(4.95898753, 2);
    const factorials = y.reduce((total, value) => total + logGamma(value + 1), 0);
    const exact = 2 * Math.log(0.5) - logGamma(2) + logGamma(a) - a * Math.log(b) - factorials;
    expect(approximationOf(posterior).logMarginalLikelihood).toBeCloseTo(exact, 3);
  });

  it("has the beta posterior of a binomial share", () => {
    const data = { size: [10, 12, 8], successes: [3, 7, 2] };
    const posterior = run("successes ~ binomial(size, p)\np = 1\nprior beta[Intercept] ~ beta(2, 3)", data);
    const [a, b] = [2 + 12, 3 + 18];
    expect(parameter(posterior).mean).toBeCloseTo(a / (a + b), 4);
    expect(parameter(posterior).sd).toBeCloseTo(Math.sqrt((a * b) / ((a + b) ** 2 * (a + b + 1))), 4);
  });
});

describe("inla where the likelihood has no maximum", () => {
  it("has the posterior of a slope that counts of zero tell next to nothing of", () => {
    const x = Array.from({ length: 20 }, (_, i) => -1.9 + 0.2 * i);
    const text =
      "y ~ poisson(mu)\nlog(mu) = 1 + x\nprior beta[Intercept] ~ normal(0, 5)\nprior beta[x] ~ normal(0, 2.8)";
    const found = parameter(run(text, { x, y: x.map(() => 0) }), 1);
    const likelihood = (a: number, b: number) =>
      Math.exp(-0.5 * ((a / 5) ** 2 + (b / 2.8) ** 2) - x.reduce((total, at) => total + Math.exp(a + b * at), 0));
    const slopes = Array.from({ length: 281 }, (_, k) => -14 + 0.1 * k);
    const densities = slopes.map((b) =>
      Array.from({ length: 331 }, (_, k) => likelihood(-30 + 0.1 * k, b)).reduce((p, q) => p + q),
    );
    const total = densities.reduce((p, q) => p + q);
    const mean = slopes.reduce((sum, b, k) => sum + (b * densities[k]) / total, 0);
    const sd = Math.sqrt(slopes.reduce((sum, b, k) => sum + ((b - mean) ** 2 * densities[k]) / total, 0));
    const below = (quantile: number) =>
      slopes.reduce((sum, b, k) => sum + (b < quantile ? densities[k] / total : 0), 0);
    expect(Math.abs(found.mean - mean) / sd).toBeLessThan(0.05);
    expect(Math.abs(found.sd / sd - 1)).toBeLessThan(0.05);
    for (const p of [0.05, 0.5, 0.95])
      expect(Math.abs(below(evaluateMarginal(found, "quantile", p)) - p)).toBeLessThan(0.02);
  });
});

const counts = { y: [1, 0, 2, 5, 3, 8, 0, 0, 1, 2, 4, 1], g: [..."aabbccddeeff"], h: [..."xyzxyzxyzxyz"] };

describe("inla's integrals", () => {
  it("are exact for a normal response given the hyperparameters", () => {
    const data = { y: [1, 2.5, 0.3, 2, 3.1, 1.7, 0.2, 0.9], x: [0, 1, 2, 3, 1, 0, 2, 1], g: [..."aabbccdd"] };
    const view = viewOf(
      "y ~ normal(mu, 0.7)\nmu = 1 + x + (1 | g)\nprior beta[Intercept] ~ normal(0, 2)\nprior beta[x] ~ normal(0, 1)\nprior sd ~ exponential(1)",
      data,
    );
    const { marginal, mode } = runSync(laplacePosterior(view));
    const integrator = new BetaIntegrator({ value: marginal, centre: marginal, place: "mean" }, mode, [0, 1], 2);
    const position = mode.position.slice();
    position[2] += 0.4;
    const values = view.values();
    const { logPrior } = view.read(position, values);
    const sd = values.Lambda[0][0];
    // y ~ N(0, V) with beta integrated out too, and the density of the sd; that of beta is in the log prior.
    const V = data.y.map((_, i) =>
      data.y.map((__, j) => {
        const shared = 4 + data.x[i] * data.x[j] + (data.g[i] === data.g[j] ? sd * sd : 0);
        return shared + (i === j ? 0.49 : 0);
      }),
    );
    const ofBeta = values.beta.reduce((total, b, k) => {
      const scale = k === 0 ? 2 : 1;
      return total - 0.5 * (b / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);
    }, 0);
    const { logDensity } = runSync(integrator.at(position));
    const ofSd = logPrior - ofBeta + logJacobianOfHyper(view, position);
    expect(logDensity).toBeCloseTo(logNormalDensity(data.y, V) + ofSd, 8);
  });

  it("give the marginal likelihood of a small model as brute force does", () => {
    const text =
      "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior beta[Intercept] ~ normal(0, 1)\nprior sd ~ exponential(1)";
    const posterior = run(text, counts);
    expect(Math.abs(approximationOf(posterior).logMarginalLikelihood - bruteForce(counts))).toBeLessThan(1e-3);
  });

  it("do not depend on the spacing of the grid", () => {
    const text = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)\nprior sd ~ lognormal(-1, 0.5)";
    const at = (grid: number) => approximationOf(run(text, counts, { grid })).logMarginalLikelihoods.integration ?? NaN;
    expect(Math.abs(at(1) - at(0.5))).toBeLessThan(0.01);
  });
});

/** log density of N(0, V) at y, by a Cholesky factor written out. */
function logNormalDensity(y: readonly number[], V: readonly (readonly number[])[]): number {
  const n = y.length;
  const L = V.map((row) => [...row]);
  const z = [...y];
  let total = -0.5 * n * Math.log(2 * Math.PI);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = L[i][j];
      for (let k = 0; k < j; k++) rest -= L[i][k] * L[j][k];
      L[i][j] = i === j ? Math.sqrt(rest) : rest / L[j][j];
    }
    for (let k = 0; k < i; k++) z[i] -= L[i][k] * z[k];
    z[i] /= L[i][i];
    total -= Math.log(L[i][i]) + 0.5 * z[i] * z[i];
  }
  return total;
}

/** log |d sd / d position| of the third coordinate, by a difference. */
function logJacobianOfHyper(view: ReturnType<typeof viewOf>, position: Float64Array): number {
  const values = view.values();
  const sdAt = (by: number) => {
    view.read(
      position.map((x, i) => (i === 2 ? x + by : x)),
      values,
    );
    return values.Lambda[0][0];
  };
  return Math.log((sdAt(1e-5) - sdAt(-1e-5)) / 2e-5);
}

/** The same model's integral over intercept, sd and every effect by the trapezoidal rule. */
function bruteForce({ y, g }: { y: readonly number[]; g: readonly string[] }): number {
  const groups = [...new Set(g)].map((name) => y.filter((_, i) => g[i] === name));
  const logFactorials = y.reduce((total, value) => total + logGamma(value + 1), 0);
  let total = 0;
  const [dBeta, dLog, dU] = [0.1, 0.08, 0.15];
  for (let beta = -5; beta <= 5; beta += dBeta)
    for (let t = -9; t <= 2.5; t += dLog) {
      const sd = Math.exp(t);
      let product = Math.exp(-0.5 * beta * beta - sd + t) / Math.sqrt(2 * Math.PI);
      for (const group of groups) {
        let integral = 0;
        for (let u = -7; u <= 7; u += dU) {
          const eta = beta + sd * u;
          const sum = group.reduce((a, b) => a + b, 0);
          integral += dU * Math.exp(sum * eta - group.length * Math.exp(eta) - 0.5 * u * u);
        }
        product *= integral / Math.sqrt(2 * Math.PI);
      }
      total += dBeta * dLog * product;
    }
  return Math.log(total) - logFactorials;
}

describe("linear combinations", () => {
  it("have the moments of their joint draws", () => {
    const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior sd ~ lognormal(-0.5, 0.4)";
    const view = viewOf(text, { ...counts, x: counts.y.map((_, i) => i % 3) });
    const effect = { index: 2, weight: 1 };
    const combinations = [
      {
        name: "sum",
        coefficients: [
          { index: 0, weight: 1 },
          { index: 1, weight: 2 },
        ],
        effects: [],
      },
      { name: "mixed", coefficients: [{ index: 0, weight: 1 }], effects: [effect, { index: 3, weight: -0.5 }] },
    ];
    const found = runSync(inla(view, defaultInlaOptions, combinations)).linearCombinations ?? [];
    const draws = runSync(laplace(view, { draws: 20000, seed: 2 }));
    const column = (name: string) => drawsOf(draws, name)[0];
    const { parameters, randomEffects } = view.quantities;
    found.forEach(({ marginal }, c) => {
      const { coefficients, effects } = combinations[c];
      const terms = [
        ...coefficients.map(({ index, weight }) => ({ weight, draws: column(parameters[index]) })),
        ...effects.map(({ index, weight }) => ({ weight, draws: column(randomEffects[index].name) })),
      ];
      const sums = terms[0].draws.map((_, i) => terms.reduce((total, term) => total + term.weight * term.draws[i], 0));
      const mean = sums.reduce((a, b) => a + b, 0) / sums.length;
      const sd = Math.sqrt(sums.reduce((a, b) => a + (b - mean) ** 2, 0) / sums.length);
      if (marginal.kind !== "density") throw new Error("inla gives densities");
      expect(Math.abs(marginal.mean - mean) / sd).toBeLessThan(0.06);
      expect(Math.abs(Math.log(marginal.sd / sd))).toBeLessThan(0.06);
    });
    expect(found.map(({ name }) => name)).toEqual(["sum", "mixed"]);
  });
});

describe("the engine inla", () => {
  const model = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior sd ~ exponential(1)";

  it("gives the same for the same seed", () => {
    const of = (seed: number) =>
      run(model, counts, { seed }).randomEffects.map(({ marginal }) => marginal.kind === "density" && marginal.mean);
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });

  it("explores three hyperparameters by a product of rules, or by a design without quadrature, and on a grid on request", () => {
    const three = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)\nprior sd ~ lognormal(-1, 0.5)";
    expect(approximationOf(run(three, counts)).exploration?.kind).toBe("grid");
    const slopes = { ...counts, x: counts.y.map((_, i) => i % 2) };
    const correlated = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)\nprior sd ~ lognormal(-1, 0.5)";
    expect(approximationOf(run(correlated, slopes)).exploration).toEqual({
      kind: "product",
      spacing: null,
      points: 64,
    });
    expect(approximationOf(run(correlated, slopes, { integration: "laplace" })).exploration?.kind).toBe("ccd");
    expect(approximationOf(run(correlated, slopes, { grid: 1.5 })).exploration?.kind).toBe("grid");
  });

  it("has full Laplace marginals of the effects where they are not had by quadrature", () => {
    const sdsOf = (text: string, latent: "simplified" | "full") =>
      run(text, counts, { latent }).randomEffects.map(({ marginal }) => marginal.kind === "density" && marginal.sd);
    const crossed = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)\nprior sd ~ lognormal(-1, 0.5)";
    expect(sdsOf(crossed, "full")).not.toEqual(sdsOf(crossed, "simplified"));
    expect(sdsOf(model, "full")).toEqual(sdsOf(model, "simplified"));
  });

  it("refuses quadrature where factors cross", () => {
    const crossed = "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)\nprior sd ~ lognormal(-1, 0.5)";
    expect(() => run(crossed, counts, { integration: "aghq" })).toThrow(EngineError);
  });
});
