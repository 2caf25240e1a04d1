import { describe, expect, it } from "vitest";
import { reported } from "../../../src/engine/ml/inference.js";
import { LinearCriterion } from "../../../src/engine/ml/lmm/criterion.js";
import { linearProducts } from "../../../src/engine/ml/lmm/products.js";
import { linearMixedModel } from "../../../src/engine/ml/lmm.js";
import { parameterVector } from "../../../src/engine/ml/parameterVector.js";
import { runSync } from "../../../src/math/steps.js";
import { isThere, linearCases, referenceFit, valuesOf, viewOfCase } from "./referenceCases.js";

/** Of log-likelihoods; estimates in standard errors; standard errors relative. */
const likelihoodTolerance = 1e-6;
const estimateTolerance = 0.01;
const errorTolerance = 0.01;
/** Conditional modes, in conditional sds. */
const modeTolerance = 0.01;

describe("lme4's estimates", () => {
  for (const of of linearCases)
    describe.skipIf(!isThere(of))(of.name, () => {
      it("have lme4's log-likelihood, and ours are no worse", async () => {
        const fitted = referenceFit(of);
        const reml = fitted.isRestricted;
        const view = await viewOfCase(of);
        const { Lambda, dispersion } = valuesOf(view, fitted);
        const relative = Lambda.map((matrix) => matrix.map((x) => x / dispersion[0]));
        const { value, sigma } = new LinearCriterion(linearProducts(view), reml).evaluate(relative, null);
        const stated = Number(fitted.logLikelihood);
        expect(Math.abs(-value - stated)).toBeLessThan(likelihoodTolerance);
        expect(Math.abs(sigma / dispersion[0] - 1)).toBeLessThan(1e-6);
        const { logLikelihood, convergence } = runSync(linearMixedModel(view, { reml }));
        expect(logLikelihood).toBeGreaterThan(stated - likelihoodTolerance);
        expect(logLikelihood).toBeLessThan(stated + 1e-3);
        expect(convergence.converged).toBe(true);
        expect(convergence.evaluations).toBeLessThan(60);
      });

      it("are ours: parameters, standard errors, conditional modes", async () => {
        const fitted = referenceFit(of);
        const view = await viewOfCase(of);
        const { parameters, effects, notes } = runSync(linearMixedModel(view, { reml: fitted.isRestricted }));
        const vector = parameterVector(view);
        const position = new Float64Array(vector.start.length);
        vector.pack(valuesOf(view, fitted), position);
        const expected = reported(view, vector, position);
        parameters.forEach(({ name: parameter, estimate, standardError }, k) => {
          expect(Math.abs(estimate - expected[k]) / standardError, parameter).toBeLessThan(estimateTolerance);
        });
        fitted.standardErrors.forEach((error, k) => {
          expect(Math.abs(parameters[k].standardError / error - 1), parameters[k].name).toBeLessThan(errorTolerance);
        });
        expect(notes).toEqual([]);
        expect(fitted.modes.every(({ length }) => length > 0)).toBe(true);
        fitted.modes.forEach((head, f) => {
          head.forEach((mode, k) => {
            const error = Math.abs((effects?.modes[f][k] ?? NaN) - mode);
            expect(error / (effects?.sds[f][k] ?? NaN), `factor ${f}, effect ${k}`).toBeLessThan(modeTolerance);
          });
        });
      });
    });
});
