import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LatentGaussian, LatentValues } from "../../../src/density/LatentGaussian.js";
import {
  climb,
  concludeMaximum,
  negativeLogLikelihood,
  startWithoutEffects,
} from "../../../src/engine/ml/fitMarginal.js";
import { estimates } from "../../../src/engine/ml/inference.js";
import { parameterVector } from "../../../src/engine/ml/parameters.js";
import { laplaceMarginal } from "../../../src/marginal/laplace.js";
import { cholesky } from "../../../src/math/linalg/cholesky.js";
import { quadraticForm } from "../../../src/math/optimize/definite.js";
import type { Objective } from "../../../src/math/optimize/Objective.js";
import { reference, viewOnShared } from "./models.js";

/** Of lme4 or glmmTMB. */
interface Fitted {
  readonly logLik: number;
  readonly beta: Readonly<Record<string, number>>;
  /** lme4 */
  readonly se?: Readonly<Record<string, number>>;
  readonly varcor?: readonly { readonly grp: string; readonly var2?: string; readonly vcov: number }[];
  /** glmmTMB: a scalar effect's sd, and phi. */
  readonly sd?: Readonly<Record<string, number>>;
  readonly sigma?: number;
}

const file = reference("ml_lme4_glmmtmb");
const fits: Readonly<Record<string, Fitted>> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};

interface Case {
  readonly data: string;
  readonly text: string;
  /** The references' names of our factors, in our order. */
  readonly groups: readonly string[];
}

const epilepsy = (fixed: string): Case => ({
  data: "epilepsy",
  text: `count ~ poisson(mu)\nlog(mu) = 1 + ${fixed} + offset(log(weeks)) + (1 + post | subject)`,
  groups: ["subject"],
});
const epil = (response: string): Case => ({
  data: "epil",
  text: `y ~ ${response}\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)`,
  groups: ["subject"],
});
const multicenter = 'favorable ~ binomial(patients, p)\nlogit(p) = 1 + relevel(treatment, "control") + (1 | clinic)';
const rcbd = "count ~ poisson(mu)\nlog(mu) = 1 + factor(treatment) + (1 | clinic)";
const contraception = "use ~ bernoulli(p)\nlogit(p) = 1 + age + I(age^2) + urban + livch";

const cases: Readonly<Record<string, Case>> = {
  cbpp_agq1: {
    data: "cbpp",
    text: "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)",
    groups: ["herd"],
  },
  epilepsy_laplace: epilepsy("post * trt"),
  epilepsy_main_laplace: epilepsy("post + trt"),
  epil_int_agq1: epil("poisson(mu)"),
  epil_nb: epil("negative_binomial(mu, phi)"),
  multicenter_agq1: { data: "multicenter", text: multicenter, groups: ["clinic"] },
  multicenter_ct: {
    data: "multicenter",
    text: `${multicenter} + (1 | clinic:treatment)`,
    groups: ["clinic", "cell"],
  },
  toenail_agq1: {
    data: "toenail",
    text: "outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)",
    groups: ["id"],
  },
  tvsfp_logit_laplace: {
    data: "tvsfp",
    text: "thksbin ~ bernoulli(p)\nlogit(p) = 1 + thkspre + cc + tv + (1 | school) + (1 | class)",
    groups: ["school", "class"],
  },
  rcbd_naive_poisson: { data: "rcbd", text: rcbd, groups: ["clinic"] },
  rcbd_olre: { data: "rcbd", text: `${rcbd} + (1 | clinic:treatment)`, groups: ["clinic", "unit"] },
  contraception: { data: "contraception", text: `${contraception} + (1 | district)`, groups: ["district"] },
  contraception_slope: {
    data: "contraception",
    text: `${contraception} + (1 + urban | district)`,
    groups: ["district"],
  },
  grouseticks: {
    data: "grouseticks",
    text: "TICKS ~ poisson(mu)\nlog(mu) = 1 + factor(YEAR) + cHEIGHT + (1 | LOCATION) + (1 | BROOD) + (1 | INDEX)",
    groups: ["LOCATION", "BROOD", "INDEX"],
  },
  verbagg: {
    data: "verbagg",
    text: 'y ~ bernoulli(p)\nlogit(p) = 1 + Anger + relevel(Gender, "F") + btype + situ + (1 | id) + (1 | item)',
    groups: ["id", "item"],
  },
};

function valuesOf(view: LatentGaussian, fit: Fitted, groups: readonly string[]): LatentValues {
  const values = view.values();
  values.beta.set(Object.values(fit.beta));
  if (fit.sigma !== undefined) values.dispersion[0] = fit.sigma;
  groups.forEach((group, f) => {
    const entries = fit.varcor?.filter(({ grp }) => grp === group).map(({ vcov }) => vcov);
    const Lambda = values.Lambda[f];
    if (entries === undefined) Lambda[0] = fit.sd?.[group] ?? NaN;
    else if (entries.length === 1) Lambda[0] = Math.sqrt(entries[0]);
    else {
      Lambda.set([entries[0], 0, entries[2], entries[1]]);
      if (!cholesky(Lambda, 2)) throw new Error("not positive definite");
    }
  });
  return values;
}

/**
 * lme4 ends its search for the modes early, so that its log-likelihood at its own estimates falls short of the one at the modes
 * (most, 0.006, for toenail); glmmTMB's does not.
 */
const SHORT_OF_MODES = 0.01;
const ROUNDING = 1e-6;
/**
 * lme4's standard errors come of differences of values with that noise. Where they are more than 1% from ours, ours are checked
 * against differences of values without it.
 */
const looseErrors = ["cbpp_agq1", "multicenter_ct"];
/** A reference this near to our maximum, in standard errors, must have our estimates. */
const NEAR = 0.003;

/** By central second differences. */
function hessianOfValues(objective: Objective, position: Float64Array, step = 1e-3): Float64Array {
  const n = position.length;
  const unused = new Float64Array(n);
  const at = (i: number, hi: number, j: number, hj: number) => {
    const moved = position.slice();
    moved[i] += hi;
    moved[j] += hj;
    return objective(moved, unused);
  };
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    const corners = at(i, step, j, step) - at(i, step, j, -step) - at(i, -step, j, step) + at(i, -step, j, -step);
    return corners / (4 * step * step);
  });
}

describe("maximum likelihood by Laplace against lme4 and glmmTMB", () => {
  for (const [name, { data, text, groups }] of Object.entries(cases))
    it.skipIf(!(name in fits))(name, async () => {
      const fit = fits[name];
      // With a prior on the raw intercept, which maximum likelihood ignores, the view's coefficients are the raw ones.
      const view = await viewOnShared(`${text}\nprior beta[Intercept] ~ normal(0, 5)`, data);
      const vector = parameterVector(view);
      const marginal = laplaceMarginal(view);
      const found = climb(marginal, vector, startWithoutEffects(view, vector), { information: null, held: [] });
      const maximum = concludeMaximum(marginal, vector, found);
      expect(maximum.convergence.converged, maximum.reason).toBe(true);
      const theirs = new Float64Array(vector.start.length);
      vector.pack(valuesOf(view, fit, groups), theirs);
      const gradient = new Float64Array(theirs.length);
      const value = -negativeLogLikelihood(marginal, vector)(theirs, gradient);
      expect(value - fit.logLik).toBeGreaterThan(-ROUNDING);
      expect(value - fit.logLik).toBeLessThan(fit.varcor === undefined ? ROUNDING : SHORT_OF_MODES);
      expect(maximum.logLikelihood).toBeGreaterThan(value - ROUNDING);
      if (maximum.covariance === null) throw new Error("no covariance");
      if (Math.sqrt(quadraticForm(maximum.covariance, gradient)) > NEAR) return;
      const ours = estimates(view, vector, maximum).parameters;
      Object.values(fit.beta).forEach((beta, k) => {
        const { estimate, standardError } = ours[k];
        expect(Math.abs(estimate - beta) / standardError, `beta ${k}`).toBeLessThan(0.01);
        const theirError = Object.values(fit.se ?? {}).at(k);
        if (theirError !== undefined)
          expect(Math.abs(standardError / theirError - 1), `standard error ${k}`).toBeLessThan(
            looseErrors.includes(name) ? 0.015 : 0.01,
          );
      });
    });

  for (const name of looseErrors)
    it.skipIf(!(name in fits))(`has the information of ${name} that differences of its values give`, async () => {
      const view = await viewOnShared(cases[name].text, cases[name].data);
      const vector = parameterVector(view);
      const marginal = laplaceMarginal(view);
      const found = climb(marginal, vector, startWithoutEffects(view, vector), { information: null, held: [] });
      const { position, covariance } = concludeMaximum(marginal, vector, found);
      if (covariance === null) throw new Error("no covariance");
      const n = position.length;
      const information = hessianOfValues(negativeLogLikelihood(marginal, vector), position);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let product = 0;
          for (let k = 0; k < n; k++) product += information[i * n + k] * covariance[k * n + j];
          expect(product).toBeCloseTo(i === j ? 1 : 0, 3);
        }
    });
});
