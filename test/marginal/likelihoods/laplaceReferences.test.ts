import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import {
  isThere,
  laplaceCases,
  linearCases,
  referenceFit,
  valuesOf,
  viewOfCase,
} from "../../engine/ml/referenceCases.js";

/**
 * Laplace log-likelihoods at the estimates of lme4 and glmmTMB. What glmer printed stops up to 6e-3 short of them, for it ends the search
 * for the conditional modes early; those values are lme4's again, by its deviance function with that search carried on (lme4Laplace.R).
 */
const carriedOn: Readonly<Record<string, number>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "lme4Laplace.fixture.json"), "utf8"),
).logLik;
/** lme4 takes the determinant one step before its last: 3e-7 on toenail, 1e-8 elsewhere. */
const tolerance = 1e-6;

const structures: Readonly<Record<string, LatentGaussian["structure"]>> = {
  cbpp_agq1: "single",
  toenail_agq1: "single",
  epilepsy_laplace: "single",
  contraception_slope: "single",
  epil_nb: "single",
  sleepstudy_ml: "single",
  sleepstudy_uncorr_ml: "single",
  tvsfp_logit_laplace: "nested",
  grouseticks: "nested",
  verbagg: "crossed",
  penicillin: "crossed",
};

describe("Laplace log-likelihoods of lme4 and glmmTMB at their estimates", () => {
  for (const of of [...laplaceCases, ...linearCases].filter(({ name }) => name in structures))
    it.skipIf(!isThere(of))(of.name, async () => {
      const view = await viewOfCase(of);
      expect(view.structure).toBe(structures[of.name]);
      const fit = referenceFit(of);
      const value = laplaceMarginal(view).evaluate(valuesOf(view, fit), null);
      expect(Math.abs(value - (carriedOn[of.name] ?? fit.logLikelihood))).toBeLessThan(tolerance);
    });
});
