import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readTable } from "../../src/data/readTable.js";
import type { LatentGaussian, LatentValues } from "../../src/density/LatentGaussian.js";
import { laplaceMarginal } from "../../src/marginal/laplace.js";
import { cholesky } from "../../src/math/linalg/cholesky.js";
import { viewOf } from "./designs.js";

/**
 * Laplace log-likelihoods at the estimates of lme4 and glmmTMB. What glmer printed stops up to 6e-3 short of them, for it ends the search
 * for the conditional modes early; those values are lme4's again, by its deviance function with that search carried on (lme4Laplace.R).
 */
const shared = resolve(import.meta.dirname, "../../../shared");
const file = join(shared, "references/ml_lme4_glmmtmb.json");
const carriedOn: Readonly<Record<string, number>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "lme4Laplace.fixture.json"), "utf8"),
).logLik;
/** lme4 takes the determinant one step before its last: 3e-7 on toenail, 1e-8 elsewhere. */
const tolerance = 1e-6;

interface Fitted {
  readonly logLik: number;
  readonly beta: Readonly<Record<string, number>>;
  readonly varcor?: readonly { grp: string; var1: string; var2?: string; vcov: number; sdcor: number }[];
  /** glmmTMB's sds of random intercepts and dispersion. */
  readonly sd?: Readonly<Record<string, number>>;
  readonly sigma?: number;
}

interface ReferenceCase {
  readonly data: string;
  readonly model: readonly [response: string, mean: string];
  readonly structure: LatentGaussian["structure"];
}

const cases: Readonly<Record<string, ReferenceCase>> = {
  cbpp_agq1: {
    data: "cbpp",
    model: ["incidence ~ binomial(size, p)", "logit(p) = 1 + factor(period) + (1 | herd)"],
    structure: "single",
  },
  toenail_agq1: {
    data: "toenail",
    model: ["outcome ~ bernoulli(p)", "logit(p) = 1 + treatment * time + (1 | id)"],
    structure: "single",
  },
  epilepsy_laplace: {
    data: "epilepsy",
    model: ["count ~ poisson(mu)", "log(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)"],
    structure: "single",
  },
  contraception_slope: {
    data: "contraception",
    model: ["use ~ bernoulli(p)", "logit(p) = 1 + age + I(age^2) + urban + livch + (1 + urban | district)"],
    structure: "single",
  },
  epil_nb: {
    data: "epil",
    model: ["y ~ negative_binomial(mu, phi)", "log(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)"],
    structure: "single",
  },
  sleepstudy_ml: {
    data: "sleepstudy",
    model: ["Reaction ~ normal(mu, sigma)", "mu = 1 + Days + (1 + Days | Subject)"],
    structure: "single",
  },
  sleepstudy_uncorr_ml: {
    data: "sleepstudy",
    model: ["Reaction ~ normal(mu, sigma)", "mu = 1 + Days + (1 + Days || Subject)"],
    structure: "single",
  },
  tvsfp_logit_laplace: {
    data: "tvsfp",
    model: ["thksbin ~ bernoulli(p)", "logit(p) = 1 + thkspre + cc + tv + (1 | school) + (1 | class)"],
    structure: "nested",
  },
  grouseticks: {
    data: "grouseticks",
    model: ["TICKS ~ poisson(mu)", "log(mu) = 1 + factor(YEAR) + cHEIGHT + (1 | LOCATION) + (1 | BROOD) + (1 | INDEX)"],
    structure: "nested",
  },
  verbagg: {
    data: "verbagg",
    model: ["y ~ bernoulli(p)", "logit(p) = 1 + Anger + Gender + btype + situ + (1 | id) + (1 | item)"],
    structure: "crossed",
  },
  penicillin: {
    data: "penicillin",
    model: ["diameter ~ normal(mu, sigma)", "mu = 1 + (1 | plate) + (1 | sample)"],
    structure: "crossed",
  },
};

/** Lambda of one factor: the Cholesky factor of its covariance matrix, which lme4 lists as variances and covariances. */
function lambdaOf(name: string, q: number, fitted: Fitted): Float64Array {
  const sd = fitted.sd?.[name];
  if (sd !== undefined) return Float64Array.of(sd);
  const entries = (fitted.varcor ?? []).filter(({ grp }) => grp.replace(/\.\d+$/, "") === name);
  const effects = entries.filter(({ var2 }) => var2 === undefined).map(({ var1 }) => var1);
  expect(effects).toHaveLength(q);
  const covariance = new Float64Array(q * q);
  for (const { var1, var2, vcov } of entries) {
    const [r, c] = [effects.indexOf(var1), effects.indexOf(var2 ?? var1)];
    covariance[Math.max(r, c) * q + Math.min(r, c)] = vcov;
  }
  expect(cholesky(covariance, q)).toBe(true);
  return covariance.map((x, k) => (k % q <= Math.floor(k / q) ? x : 0));
}

function valuesOf(view: LatentGaussian, fitted: Fitted): LatentValues {
  const values = view.values();
  values.beta.set(Object.values(fitted.beta));
  view.factors.forEach(({ name, effects }, f) => {
    values.Lambda[f].set(lambdaOf(name, effects, fitted));
  });
  const residual = fitted.varcor?.find(({ grp }) => grp === "Residual")?.sdcor ?? fitted.sigma;
  if (view.sizes.dispersion > 0) values.dispersion.fill(residual ?? Number.NaN);
  return values;
}

describe("Laplace log-likelihoods of lme4 and glmmTMB at their estimates", () => {
  for (const [name, { data, model, structure }] of Object.entries(cases))
    it.skipIf(!existsSync(file))(name, async () => {
      const fitted: Fitted = JSON.parse(readFileSync(file, "utf8"))[name];
      // A prior on the raw intercept keeps X as R has it.
      const text = [...model, "prior beta[Intercept] ~ normal(0, 10)"].join("\n");
      const { view } = viewOf(text, await readTable(join(shared, "data", `${data}.csv`)));
      expect(view.structure).toBe(structure);
      expect(view.sizes.beta).toBe(Object.keys(fitted.beta).length);
      const value = laplaceMarginal(view).evaluate(valuesOf(view, fitted), null);
      expect(Math.abs(value - (carriedOn[name] ?? fitted.logLik))).toBeLessThan(tolerance);
    });
});
