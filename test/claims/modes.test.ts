import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Estimates } from "../../src/engine/ml/Estimates.js";
import { maximumLikelihood } from "../../src/engine/ml/ml.js";
import { EffectsGivenParameters } from "../../src/marginal/effects/EffectsGivenParameters.js";
import type { EffectsHessian } from "../../src/marginal/factorisations/EffectsHessian.js";
import { generalLaplace } from "../../src/marginal/likelihoods/laplace.js";
import { cholesky, logDeterminant } from "../../src/math/linalg/cholesky.js";
import { runSync } from "../../src/math/steps.js";
import {
  conditionalSds,
  covarianceOf,
  fitted,
  hessianOf,
  inEffects,
  isSingular,
  type JointModel,
  joined,
  jointModel,
  minimumOf,
  shippedModel,
  shippedModels,
  valuesAt,
} from "./jointAtEstimates.js";
import { recipes, tableOf } from "./randomModels.js";

// Posterior modes match empirical Bayes estimates: what a sampler sees of the random effects, the parameters held at the maximum
// likelihood estimates, has its mode and its curvature where the frequentist side says; and so has the Gaussian approximation that the
// engines laplace and inla start from.

/** Of a gradient times the conditional sd, and of a distance over it. */
const GRADIENT = 1e-8;
const MODES = 1e-6;
/** Of a Hessian by differences, relative. */
const CURVATURE = 1e-5;
/** Between modes at the boundary and beside it, on the scale of the linear predictor. */
const BESIDE_BOUNDARY = 1e-5;

function expectModesOfDensity(model: JointModel, fit: Estimates): void {
  const { view, noncentred, effectsAt } = model;
  const position = model.positionOf(fit.parameters);
  const laplace = generalLaplace(view);
  laplace.evaluate(valuesAt(view, position, effectsAt), null);
  if (laplace.modes === null) throw new Error("no modes");
  const u = joined(laplace.modes.u);
  const objective = inEffects(noncentred, position, effectsAt);
  const hessian = hessianOf(objective, u);
  const covariance = covarianceOf(hessian);
  const unit = conditionalSds(covariance);
  const gradient = new Float64Array(u.length);
  objective(u, gradient);
  gradient.forEach((g, k) => {
    expect(Math.abs(g) * unit[k], `gradient in u ${k}`).toBeLessThan(GRADIENT);
  });
  expectClose([minimumOf(objective, u.length).position], u, unit, MODES);
  expect(cholesky(hessian, u.length)).toBe(true);
  const logDeterminants = logDeterminant(hessian, u.length) - laplace.modes.logDeterminant;
  expect(Math.abs(logDeterminants)).toBeLessThan(CURVATURE * u.length);
  expectInverse(laplace.hessian, covariance, model);

  const { modes, sds } = laplace.effects();
  const approximation = new EffectsGivenParameters(view);
  expect(approximation.at(valuesAt(view, position, effectsAt))).toBe(true);
  const gaussian = approximation.gaussianMoments();
  expectClose(gaussian.means, joined(modes), joined(sds), MODES);
  expectClose(gaussian.sds, joined(sds), joined(sds), CURVATURE);
  if (isSingular(fit)) expectClose(fit.effects?.modes, joined(modes), joined(modes).fill(1), BESIDE_BOUNDARY);
  else {
    expectClose(fit.effects?.modes, joined(modes), joined(sds), MODES);
    expectClose(fit.effects?.sds, joined(sds), joined(sds), CURVATURE);
    expectModeInB(model, position, joined(modes), joined(sds));
  }
}

function expectClose(
  found: readonly Float64Array[] | undefined,
  expected: Float64Array,
  unit: Float64Array,
  tolerance: number,
): void {
  if (found === undefined) throw new Error("no effects");
  joined(found).forEach((x, k) => {
    expect(Math.abs(x - expected[k]) / unit[k], `effect ${k}`).toBeLessThan(tolerance);
  });
}

function expectModeInB({ centred, effectsAt }: JointModel, position: Float64Array, b: Float64Array, sds: Float64Array) {
  const objective = inEffects(centred, position, effectsAt);
  const gradient = new Float64Array(b.length);
  objective(b, gradient);
  gradient.forEach((g, k) => {
    expect(Math.abs(g) * sds[k], `gradient in b ${k}`).toBeLessThan(GRADIENT);
  });
  expectClose([conditionalSds(covarianceOf(hessianOf(objective, b)))], sds, sds, CURVATURE);
}

/** That a Hessian has a dense inverse, column by column. */
function expectInverse(hessian: EffectsHessian, inverse: Float64Array, { view: { factors } }: JointModel): void {
  const unit = conditionalSds(inverse);
  const n = unit.length;
  for (let column = 0; column < n; column++) {
    let start = 0;
    const parts = factors.map(({ levels, effects }) => {
      const part = Float64Array.from({ length: levels * effects }, (_, k) => (start + k === column ? 1 : 0));
      start += part.length;
      return part;
    });
    hessian.solve(parts);
    joined(parts).forEach((x, row) => {
      const error = Math.abs(x - inverse[row * n + column]) / (unit[row] * unit[column]);
      expect(error, `H^-1 ${row}, ${column}`).toBeLessThan(CURVATURE);
    });
  }
}

describe("posterior modes at the maximum likelihood estimates are the empirical Bayes estimates", () => {
  for (const structure of ["single", "nested", "crossed"] as const)
    it(`of random designs, families and links: ${structure}`, () => {
      let [fits, singular] = [0, 0];
      fc.assert(
        fc.property(recipes(structure), (recipe) => {
          const model = jointModel(recipe.text, tableOf(recipe));
          const fit = fitted(model);
          fc.pre(fit !== null);
          if (fit === null) return;
          fits++;
          if (isSingular(fit)) singular++;
          expectModesOfDensity(model, fit);
        }),
        { seed: 3, numRuns: 40 },
      );
      expect(singular).toBeGreaterThan(0);
      expect(singular).toBeLessThan(fits);
    });
});

describe("and so of every model in models/, by the method that suits it", () => {
  for (const name of shippedModels)
    it(name, async () => {
      const model = await shippedModel(name);
      expectModesOfDensity(model, runSync(maximumLikelihood(model.view)));
    });
});
