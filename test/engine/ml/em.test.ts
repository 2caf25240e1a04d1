import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { EngineError } from "../../../src/engine/EngineError.js";
import { CompleteData } from "../../../src/engine/ml/em/completeData.js";
import { Expectation } from "../../../src/engine/ml/em/expectation.js";
import { Iteration } from "../../../src/engine/ml/em/iteration.js";
import {
  type ExpectationMaximizationState,
  expectationMaximization,
  expectationMaximizationPath,
} from "../../../src/engine/ml/em.js";
import { negativeLogLikelihood } from "../../../src/engine/ml/fitMarginal.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import { defaultMlOptions } from "../../../src/engine/ml/options.js";
import { parameterVector } from "../../../src/engine/ml/parameterVector.js";
import { aghqMarginal } from "../../../src/marginal/likelihoods/aghq.js";
import { cholesky, inverseFromCholesky } from "../../../src/math/linalg/cholesky.js";
import { hessianByDifferences } from "../../../src/math/optimize/hessianByDifferences.js";
import { runSync } from "../../../src/math/steps.js";
import { numericalGradient, position, randomTable, seeds, uniforms } from "../../density/models.js";
import { viewOf, viewOnData } from "./models.js";

/** Between EM and quadrature once the points suffice. */
const LOG_LIKELIHOOD = 1e-6;
const STANDARD_ERRORS = 1e-3;
const DIFFERENCES = 1e-6;

const shared = {
  "Poisson intercepts": ["epil", "y ~ poisson(mu)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)", 11],
  "negative binomial": [
    "epil",
    "y ~ negative_binomial(mu, phi)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)",
    11,
  ],
  "correlated slopes": [
    "epilepsy",
    "count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)",
    11,
  ],
  "binary with large variance": ["toenail", "outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)", 61],
} as const;

const texts = {
  poisson: "events ~ poisson(mu)\nlog(mu) = 1 + x1 + offset(log(e)) + (1 | g)",
  slopes: "successes ~ binomial(size, p)\nlogit(p) = 1 + x2 + (1 + x1 | g)",
  independent: "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + f + (1 + x1 || g)",
  modelled: "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 | g)\nlog(sigma) = 1 + x2",
};

/** A regular position near the start. */
function somewhere(view: LatentGaussian, seed: number) {
  const vector = parameterVector(view);
  const moves = position(vector.start.length, seed);
  return { vector, at: vector.start.map((x, i) => x + 0.5 * moves[i]) };
}

describe("em", () => {
  for (const [name, [data, text, points]] of Object.entries(shared))
    it(`arrives where quadrature does: ${name}`, { timeout: 30_000 }, async () => {
      const em = runSync(expectationMaximization(await viewOnData(text, data), { points }));
      const aghq = runSync(
        maximumLikelihood(await viewOnData(text, data), {
          ...defaultMlOptions,
          method: "aghq",
          points,
        }),
      );
      expect(em.convergence.converged).toBe(true);
      expect(em.notes).toEqual([]);
      expect(Math.abs(Number(em.logLikelihood) - Number(aghq.logLikelihood))).toBeLessThan(LOG_LIKELIHOOD);
      expect(em.parameterCount).toBe(aghq.parameterCount);
      em.parameters.forEach(({ name: parameter, estimate, standardError }, k) => {
        const expected = aghq.parameters[k];
        expect(parameter).toBe(expected.name);
        expect(Math.abs(estimate - expected.estimate) / standardError, parameter).toBeLessThan(STANDARD_ERRORS);
        expect(Math.abs(standardError / expected.standardError - 1), parameter).toBeLessThan(STANDARD_ERRORS);
      });
    });

  for (const [name, text] of Object.entries(texts)) {
    it(`has the log-likelihood of adaptive quadrature at any parameters, with the same points: ${name}`, () => {
      fc.assert(
        fc.property(seeds, fc.integer({ min: 2, max: 6 }), (seed, points) => {
          const view = viewOf(text, randomTable(seed, 30));
          const { vector, at } = somewhere(view, seed);
          const values = view.values();
          vector.unpack(at, values);
          const expected = aghqMarginal(view, points).evaluate(values, null);
          const posterior = new Expectation(view, points).at(values);
          expect(Math.abs(Number(posterior?.logLikelihood) - expected)).toBeLessThan(1e-9 * (1 + Math.abs(expected)));
        }),
        { seed: 2, numRuns: 20 },
      );
    });

    it(`never lowers the log-likelihood, with or without acceleration: ${name}`, () => {
      fc.assert(
        fc.property(seeds, fc.boolean(), (seed, isPlain) => {
          const view = viewOf(text, randomTable(seed, 40));
          let last = -Infinity;
          let steps = 0;
          const isEnd = ({ logLikelihood }: ExpectationMaximizationState) => {
            expect(logLikelihood).toBeGreaterThan(last);
            last = logLikelihood;
            return ++steps > 6;
          };
          runSync(expectationMaximizationPath(view, parameterVector(view), 9, isEnd, isPlain));
          expect(steps).toBeGreaterThan(2);
        }),
        { seed: 6, numRuns: 8 },
      );
    });

    it(`has the exact gradient of what its M-step maximises: ${name}`, () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const view = viewOf(text, randomTable(seed, 30));
          const { vector, at } = somewhere(view, seed);
          const [values, gradients] = [view.values(), view.values()];
          vector.unpack(at, values);
          const posterior = new Expectation(view, 5).at(values);
          if (posterior === null) throw new Error("no posterior");
          const complete = new CompleteData(view, vector);
          const expectation = (x: Float64Array) => {
            vector.unpack(x, values);
            return complete.expectation(posterior, values, gradients);
          };
          // Elsewhere than where the posterior is taken, as in the middle of an M-step.
          const moved = at.map((x, i) => x + 0.1 * Math.sin(i + seed));
          const expected = numericalGradient(expectation, moved);
          expectation(moved);
          const gradient = new Float64Array(at.length);
          vector.adjoint(moved, gradients, gradient);
          gradient.forEach((slope, k) => {
            expect(Math.abs(slope - expected[k])).toBeLessThan(DIFFERENCES * (1 + Math.abs(slope)));
          });
        }),
        { seed: 4, numRuns: 8 },
      );
    });

    it(`has Fisher's score and Louis's information, those of the marginal likelihood, anywhere: ${name}`, () => {
      const points = 25;
      fc.assert(
        fc.property(seeds, (seed) => {
          const view = viewOf(text, randomTable(seed, 30));
          const { vector, at } = somewhere(view, seed);
          const n = at.length;
          const iteration = new Iteration(view, vector, points);
          const { score, covariance } = runSync(iteration.louis(iteration.start(at)));
          const objective = negativeLogLikelihood(aghqMarginal(view, points), vector);
          const gradient = new Float64Array(n);
          objective(at, gradient);
          for (let i = 0; i < n; i++)
            expect(Math.abs(score[i] + gradient[i])).toBeLessThan(1e-4 * (1 + Math.abs(gradient[i])));
          const { hessian } = runSync(hessianByDifferences(objective, at, vector));
          const inverse = new Float64Array(n * n);
          const isDefinite = cholesky(hessian, n);
          expect(covariance !== null).toBe(isDefinite);
          if (covariance === null) return;
          inverseFromCholesky(hessian, n, inverse);
          const size = Math.max(...inverse.map(Math.abs));
          for (let k = 0; k < n * n; k++) expect(Math.abs(covariance[k] - inverse[k])).toBeLessThan(1e-3 * size);
        }),
        { seed: 11, numRuns: 8 },
      );
    });
  }

  it("says that it creeps where a variance is zero", () => {
    const next = uniforms(1);
    const table = {
      y: Array.from({ length: 60 }, (_, i) => [1, 3, 2, 2, 0, 4][i % 6]),
      x: Array.from({ length: 60 }, next),
      g: Array.from({ length: 60 }, (_, i) => `g${Math.floor(i / 6)}`),
    };
    const view = viewOf("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", table);
    const fit = runSync(expectationMaximization(view, { points: 9, maxIterations: 50 }));
    expect(fit.convergence.converged).toBe(false);
    expect(fit.notes.map(({ code }) => code)).toEqual(["not-converged"]);
    expect(fit.parameters[2].estimate).toBeLessThan(0.2);
  });

  const refusals = [
    ["crossed factors", "events ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | h)", 5, "laplace where they cross"],
    ["nested factors", "events ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | k)", 5, "use aghq for nested factors"],
    ["no factor", "events ~ poisson(mu)\nlog(mu) = 1 + x1", 5, "the model has none"],
    ["one point", "events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", 1, "use 2 or more"],
  ] as const;
  for (const [what, text, points, message] of refusals)
    it(`refuses ${what}, with the way out`, () => {
      const fit = () => runSync(expectationMaximization(viewOf(text, randomTable(3, 30)), { points }));
      expect(fit).toThrow(EngineError);
      expect(fit).toThrow(message);
    });
});
