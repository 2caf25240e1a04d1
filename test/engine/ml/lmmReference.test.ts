import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { LinearCriterion } from "../../../src/engine/ml/lmm/criterion.js";
import { linearProducts } from "../../../src/engine/ml/lmm/products.js";
import { linearMixedModel } from "../../../src/engine/ml/lmm.js";
import { reference, viewOnShared } from "./models.js";

/** Of log-likelihoods; estimates in standard errors; standard errors relative. */
const likelihoodTolerance = 1e-6;
const estimateTolerance = 0.01;
const errorTolerance = 0.01;
/** Conditional modes, in conditional sds. */
const modeTolerance = 0.01;

interface Fitted {
  readonly logLik: number;
  readonly REML: boolean;
  readonly beta: Readonly<Record<string, number>>;
  readonly se: Readonly<Record<string, number>>;
  readonly varcor: readonly { readonly grp: string; readonly var2?: string; readonly sdcor: number }[];
  readonly ranef_head: Readonly<Record<string, readonly Readonly<Record<string, number | string>>[]>>;
}

interface Case {
  readonly data: string;
  readonly model: string;
  /** Names of lme4's groups, in the order of our factors' terms. */
  readonly groups: readonly string[];
}

const sleepstudy = "Reaction ~ normal(mu, sigma)\nmu = 1 + Days";
const cases: Readonly<Record<string, Case>> = {
  sleepstudy_ml: { data: "sleepstudy", model: `${sleepstudy} + (1 + Days | Subject)`, groups: ["Subject"] },
  sleepstudy_reml: { data: "sleepstudy", model: `${sleepstudy} + (1 + Days | Subject)`, groups: ["Subject"] },
  sleepstudy_uncorr_ml: {
    data: "sleepstudy",
    model: `${sleepstudy} + (1 + Days || Subject)`,
    groups: ["Subject", "Subject.1"],
  },
  penicillin: {
    data: "penicillin",
    model: "diameter ~ normal(mu, sigma)\nmu = 1 + (1 | plate) + (1 | sample)",
    groups: ["plate", "sample"],
  },
  rcbd_lmm_reml: {
    data: "rcbd",
    model: "count ~ normal(mu, sigma)\nmu = 1 + treatment + (1 | clinic)",
    groups: ["clinic"],
  },
  hdp_mobility_lmm: {
    data: "hdp",
    model: "mobility ~ normal(mu, sigma)\nmu = 1 + age + married + sex + wbc + rbc + (1 | did)",
    groups: ["did"],
  },
  tvsfp_lmm: {
    data: "tvsfp",
    model: "thksord ~ normal(mu, sigma)\nmu = 1 + thkspre + cc + tv + (1 | school) + (1 | class)",
    groups: ["school", "class"],
  },
};

/** lme4's sds and correlations in the order of ours. */
function covarianceParameters({ varcor }: Fitted, groups: readonly string[]): number[] {
  return groups.flatMap((group) => varcor.filter(({ grp }) => grp === group).map(({ sdcor }) => sdcor));
}

const residual = ({ varcor }: Fitted) => varcor[varcor.length - 1].sdcor;

/** The relative Lambda of lme4's estimates. */
function lambdaOf(view: LatentGaussian, fitted: Fitted, groups: readonly string[]): Float64Array[] {
  const sigma = residual(fitted);
  const [first, second, correlation] = covarianceParameters(fitted, groups).map((value) => value);
  const scale = (...entries: number[]) => Float64Array.from(entries, (entry) => entry / sigma);
  if (view.factors.length === 2) return [scale(first), scale(second)];
  if (view.factors[0].effects === 1) return [scale(first)];
  const r = view.factors[0].terms.length === 1 ? correlation : 0;
  return [scale(first, 0, r * second, Math.sqrt(1 - r * r) * second)];
}

const file = reference("ml_lme4_glmmtmb");
const references: Readonly<Record<string, Fitted>> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};

describe("lme4's estimates", () => {
  for (const [name, { data, model, groups }] of Object.entries(cases))
    describe.skipIf(!existsSync(file))(name, () => {
      const fitted = references[name];

      it("have lme4's log-likelihood, and ours are no worse", async () => {
        const view = await viewOnShared(model, data);
        const criterion = new LinearCriterion(linearProducts(view), fitted.REML);
        const { value, sigma } = criterion.evaluate(lambdaOf(view, fitted, groups), null);
        expect(Math.abs(-value - fitted.logLik)).toBeLessThan(likelihoodTolerance);
        expect(Math.abs(sigma / residual(fitted) - 1)).toBeLessThan(1e-6);
        const { logLikelihood, convergence } = linearMixedModel(view, { reml: fitted.REML });
        expect(logLikelihood).toBeGreaterThan(fitted.logLik - likelihoodTolerance);
        expect(logLikelihood).toBeLessThan(fitted.logLik + 1e-3);
        expect(convergence.converged).toBe(true);
        expect(convergence.evaluations).toBeLessThan(60);
      });

      it("are ours: parameters, standard errors, conditional modes", async () => {
        const view = await viewOnShared(model, data);
        const { parameters, effects, notes } = linearMixedModel(view, { reml: fitted.REML });
        const expected = [...Object.values(fitted.beta), ...covarianceParameters(fitted, groups), residual(fitted)];
        expect(parameters.length).toBe(expected.length);
        parameters.forEach(({ name: parameter, estimate, standardError }, k) => {
          expect(Math.abs(estimate - expected[k]) / standardError, parameter).toBeLessThan(estimateTolerance);
        });
        Object.values(fitted.se).forEach((error, k) => {
          expect(Math.abs(parameters[k].standardError / error - 1), parameters[k].name).toBeLessThan(errorTolerance);
        });
        expect(notes).toEqual([]);
        view.factors.forEach(({ name: factor, effects: q }, f) => {
          fitted.ranef_head[factor].forEach((level, j) => {
            const numbers = Object.values(level).filter((value) => typeof value === "number");
            numbers.forEach((mode, e) => {
              const error = Math.abs((effects?.modes[f][j * q + e] ?? NaN) - mode);
              expect(error / (effects?.sds[f][j * q + e] ?? NaN), `${factor} ${j}`).toBeLessThan(modeTolerance);
            });
          });
        });
      });
    });
});
