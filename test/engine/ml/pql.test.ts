import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { EngineError } from "../../../src/engine/EngineError.js";
import { startWithoutEffects } from "../../../src/engine/ml/fitMarginal.js";
import { parameterVector } from "../../../src/engine/ml/parameterVector.js";
import { WorkingLikelihood } from "../../../src/engine/ml/pql/workingLikelihood.js";
import { penalizedQuasiLikelihood, quasiLikelihoodStep } from "../../../src/engine/ml/pql.js";
import { scaleEffects, scaleTransposed } from "../../../src/marginal/effects/effects.js";
import { effectsVectors } from "../../../src/marginal/factorisations/BlockCholesky.js";
import { cholesky, logDeterminant, solveLower } from "../../../src/math/linalg/cholesky.js";
import { runSync } from "../../../src/math/steps.js";
import { numericalGradient, position, randomTable, seeds, uniforms } from "../../density/models.js";
import { reference, viewOf, viewOnData } from "./models.js";

const reality = JSON.parse(readFileSync(reference("ml_more"), "utf8"));

/** Relative: the reference's digits, and how far nlme's optimiser goes. */
const REFERENCE = 2e-5;
const DIFFERENCES = 1e-6;
/** Each working model is fitted to 1e-5 standard errors. */
const PENALISED = 1e-4;

const cases = {
  epil: {
    text: "y ~ poisson(mu)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)",
    names: ["(Intercept)", "lbase", "trtprogabide", "lage", "V4", "lbase:trtprogabide"],
    group: "subject",
    /** When glmmPQL stopped, and how far in standard errors it would have gone in its next iteration. */
    iterations: 5,
    left: 1e-4,
  },
  toenail: {
    text: "outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)",
    names: ["(Intercept)", "treatmentterbinafine", "time", "treatmentterbinafine:time"],
    group: "id",
    iterations: 10,
    left: 0.5,
  },
};

describe("pql with a free scale", () => {
  for (const [data, { text, names, group, iterations, left }] of Object.entries(cases)) {
    const expected = reality[`${data}_pql`];

    it(`passes through MASS::glmmPQL's result on ${data}, after as many iterations, and goes on`, async () => {
      const view = await viewOnData(text, data);
      const vector = parameterVector(view);
      const values = view.values();
      const start = { position: runSync(startWithoutEffects(view, vector)), b: effectsVectors(view), scale: 1 };
      let step = runSync(quasiLikelihoodStep(view, vector, start, "free"));
      for (let k = 1; k < iterations; k++) step = runSync(quasiLikelihoodStep(view, vector, step, "free"));
      vector.unpack(step.position, values);
      const [[variance, sd], [residual]] = expected.varcor.map((row: string[]) => row.map(Number));
      expect(Math.abs(values.Lambda[0][0] / sd - 1)).toBeLessThan(REFERENCE);
      expect(Math.abs(values.Lambda[0][0] ** 2 / variance - 1)).toBeLessThan(REFERENCE);
      expect(Math.abs(step.scale / residual - 1)).toBeLessThan(REFERENCE);
      view.place(values);
      const draw = new Float64Array(view.quantities.parameters.length);
      view.writeDraw([], draw);
      names.forEach((name, k) => {
        expect(Math.abs(draw[k] - expected.beta[name]), name).toBeLessThan(REFERENCE);
      });
      const { moved } = runSync(quasiLikelihoodStep(view, vector, step, "free"));
      expect(moved).toBeGreaterThan(left);
    });

    it(`converges on ${data}, near glmmPQL's result`, async () => {
      const fit = runSync(penalizedQuasiLikelihood(await viewOnData(text, data), { scale: "free" }));
      expect(fit.convergence.converged).toBe(true);
      expect(fit.convergence.gradientNorm).toBeLessThan(1e-5);
      expect(fit.parameterCount).toBe(names.length + 2);
      expect(fit.notes.map(({ code }) => code)).toEqual(["pql-bias", "scale"]);
      names.forEach((name, k) => {
        const { estimate, standardError } = fit.parameters[k];
        expect(Math.abs(estimate - expected.beta[name]), name).toBeLessThan(0.05 * standardError);
      });
      const [sd] = fit.parameters.slice(-1);
      expect(sd.name).toBe(`sd[${group}, Intercept]`);
      expect(Math.abs(sd.estimate - Number(expected.varcor[0][1]))).toBeLessThan(0.05 * sd.standardError);
    });
  }
});

const texts = {
  poisson: "events ~ poisson(mu)\nlog(mu) = 1 + x1 + offset(log(e)) + (1 + x2 | g)",
  binomial: "successes ~ binomial(size, p)\nlogit(p) = 1 + x2 + (1 | g) + (1 + x1 | k)",
  crossed: "binary ~ bernoulli(p)\nlogit(p) = 1 + x1 + (1 | g) + (1 | h)",
};

/** log N(z; offset + X beta, Z G Z' + scale / w) without the constants of the errors, by the dense covariance. */
function denseLogDensity(
  view: LatentGaussian,
  at: Float64Array,
  z: Float64Array,
  weights: Float64Array,
  scale: number,
) {
  const values = view.values();
  view.read(at, values);
  const table = view.rowTable();
  view.evaluateRows(values, effectsVectors(view), 0, table);
  const n = view.rows;
  const V = new Float64Array(n * n);
  const column = new Float64Array(n);
  view.factors.forEach(({ levels, effects: q }, f) => {
    for (let k = 0; k < levels * q; k++) {
      // The column of Z Lambda that belongs to one standardised effect.
      const b = effectsVectors(view);
      for (let e = 0; e < q; e++) b[f][k - (k % q) + e] = values.Lambda[f][e * q + (k % q)];
      view.predictEffects(b, column);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) V[i * n + j] += column[i] * column[j];
    }
  });
  for (let i = 0; i < n; i++) V[i * n + i] += scale / weights[i];
  if (!cholesky(V, n)) throw new Error("not positive definite");
  const r = z.map((value, i) => value - table.eta[i]);
  solveLower(V, n, r);
  const constant = weights.reduce((sum, w) => sum + Math.log(scale / w), 0);
  return -0.5 * (logDeterminant(V, n) - constant + r.reduce((sum, x) => sum + x * x, 0));
}

describe("the working likelihood", () => {
  for (const [name, text] of Object.entries(texts))
    it(`is the dense normal density, with exact derivatives: ${name}`, () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const view = viewOf(text, randomTable(seed, 20));
          const next = uniforms(seed);
          const z = Float64Array.from({ length: view.rows }, next);
          const weights = Float64Array.from({ length: view.rows }, () => 1.2 + next());
          const scale = 1.5 + next();
          const { beta, theta } = view.sizes;
          const at = position(beta + theta, seed);
          const likelihood = new WorkingLikelihood(view, { z, weights }, scale);
          const values = view.values();
          view.read(at, values);
          const gradients = view.values();
          const value = likelihood.evaluate(values, gradients);
          const dense = (x: Float64Array) => denseLogDensity(view, x, z, weights, scale);
          expect(Math.abs(value - dense(at))).toBeLessThan(1e-9 * (1 + Math.abs(value)));
          const gradient = new Float64Array(at.length);
          view.chain(gradients, { prior: false, jacobian: false }, gradient);
          const expected = numericalGradient(dense, at);
          for (let k = 0; k < at.length; k++)
            expect(Math.abs(gradient[k] - expected[k])).toBeLessThan(DIFFERENCES * (1 + Math.abs(expected[k])));
          // The EM step for the scale is the score in it: d / d log scale = n / 2 (expected / scale - 1).
          const constant = (x: number) => -0.5 * view.rows * Math.log(x);
          const inScale = (x: Float64Array) => denseLogDensity(view, at, z, weights, x[0]) + constant(x[0]);
          const [slope] = numericalGradient(inScale, Float64Array.of(scale));
          const score = (view.rows / (2 * scale)) * (likelihood.expectedScale() / scale - 1);
          expect(Math.abs(score - slope)).toBeLessThan(DIFFERENCES * (1 + Math.abs(slope)));
        }),
        { seed: 7, numRuns: 15 },
      );
    });
});

describe("pql", () => {
  for (const [name, text] of Object.entries(texts))
    it(`ends where the penalised score is zero: ${name}`, () => {
      const view = viewOf(text, randomTable(5, 90));
      const vector = parameterVector(view);
      const start = { position: runSync(startWithoutEffects(view, vector)), b: effectsVectors(view), scale: 1 };
      let step = runSync(quasiLikelihoodStep(view, vector, start, "fixed"));
      for (let k = 0; k < 60; k++) step = runSync(quasiLikelihoodStep(view, vector, step, "fixed"));
      // Breslow & Clayton (1993), eq. 9 and 10: X's = 0 and Lambda'Z's = u.
      const values = view.values();
      vector.unpack(step.position, values);
      const table = view.rowTable();
      view.evaluateRows(values, step.b, 1, table);
      const score = new Float64Array(view.sizes.beta);
      view.crossBeta(table.dEta, score);
      for (const entry of score) expect(Math.abs(entry)).toBeLessThan(PENALISED);
      view.factors.forEach((_, f) => {
        const effects = effectsVectors(view)[f];
        view.crossEffects(f, table.dEta, effects);
        scaleTransposed(values.Lambda[f], effects);
        scaleEffects(values.Lambda[f], effects.slice(), effects);
        effects.forEach((entry, k) => {
          expect(Math.abs(entry - step.b[f][k])).toBeLessThan(PENALISED);
        });
      });
      const fit = runSync(penalizedQuasiLikelihood(viewOf(text, randomTable(5, 90))));
      expect(fit.convergence.converged).toBe(true);
      expect(fit.logLikelihood).toBeNull();
      expect(fit.notes[0].code).toBe("pql-bias");
      fit.effects?.modes.forEach((modes, f) => {
        modes.forEach((mode, k) => {
          expect(Math.abs(mode - step.b[f][k])).toBeLessThan(1e-3);
        });
      });
    });

  it("says that a variance at zero is one", () => {
    // Every group has the same counts: less variation between groups than chance would give.
    const table = {
      y: Array.from({ length: 40 }, (_, i) => [1, 3, 2, 2][i % 4]),
      g: Array.from({ length: 40 }, (_, i) => `g${Math.floor(i / 4)}`),
    };
    const fit = runSync(penalizedQuasiLikelihood(viewOf("y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", table)));
    expect(fit.parameters[1].estimate).toBe(0);
    expect(fit.parameters[1].standardError).toBeNaN();
    expect(fit.parameters[0].estimate).toBeCloseTo(Math.log(2), 5);
    expect(fit.notes.map(({ code }) => code)).toEqual(["pql-bias", "singular"]);
  });

  it("says that a link that is not canonical has observed weights", () => {
    const view = viewOf("binary ~ bernoulli(p)\nprobit(p) = 1 + x1 + (1 | g)", randomTable(5, 90));
    expect(runSync(penalizedQuasiLikelihood(view)).notes.map(({ code }) => code)).toContain("observed-weights");
  });

  const refusals = [
    ["a linear mixed model", "y ~ normal(mu, sigma)\nmu = 1 + (1 | g)", "use lmm"],
    ["no random effects", "events ~ poisson(mu)\nlog(mu) = 1", "use laplace"],
    ["a free dispersion", "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + (1 | g)", "hold it at a number"],
  ];
  for (const [what, text, message] of refusals)
    it(`refuses ${what}, with the way out`, () => {
      const fit = () => runSync(penalizedQuasiLikelihood(viewOf(text, randomTable(5, 40))));
      expect(fit).toThrow(EngineError);
      expect(fit).toThrow(message);
    });
});
