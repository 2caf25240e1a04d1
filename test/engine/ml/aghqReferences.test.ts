import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LatentGaussian, LatentValues } from "../../../src/density/LatentGaussian.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import { aghqMarginal } from "../../../src/marginal/aghq.js";
import { cholesky } from "../../../src/math/linalg/cholesky.js";
import { reference, viewOnShared } from "./models.js";

/** Estimates as the references write them; coefficients stand in R's order, which is ours. */
interface ByQuadrature {
  readonly logLikelihood: number;
  readonly beta: Readonly<Record<string, number>>;
  readonly standardError: Readonly<Record<string, number>>;
  readonly sd: number;
}

const models: Readonly<Record<string, { data: string; text: string }>> = {
  cbpp: { data: "cbpp", text: "incidence ~ binomial(size, p)\nlogit(p) = 1 + factor(period) + (1 | herd)" },
  toenail: { data: "toenail", text: "outcome ~ bernoulli(p)\nlogit(p) = 1 + treatment * time + (1 | id)" },
  multicenter: {
    data: "multicenter",
    text: 'favorable ~ binomial(patients, p)\nlogit(p) = 1 + relevel(treatment, "control") + (1 | clinic)',
  },
  epil: { data: "epil", text: "y ~ poisson(mu)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)" },
  tvsfp_class: { data: "tvsfp", text: "thksbin ~ bernoulli(p)\nlogit(p) = 1 + thkspre + cc + tv + (1 | class)" },
};

const file = reference("ml_aghq");
const byQuadrature: Readonly<Record<string, ByQuadrature>> = existsSync(file)
  ? JSON.parse(readFileSync(file, "utf8"))
  : {};

describe("maximum likelihood by 61-point quadrature against lme4's optimum", () => {
  for (const [name, { data, text }] of Object.entries(models))
    it.skipIf(!(name in byQuadrature))(name, async () => {
      const expected = byQuadrature[name];
      const result = maximumLikelihood(await viewOnShared(text, data), { method: "aghq", points: 61, reml: false });
      expect(result.convergence.converged).toBe(true);
      expect(result.logLikelihood).toBeGreaterThan(expected.logLikelihood - 1e-6);
      expect(result.logLikelihood).toBeLessThan(expected.logLikelihood + 2e-4);
      const betas = Object.values(expected.beta);
      const errors = Object.values(expected.standardError);
      betas.forEach((beta, k) => {
        const { estimate, standardError } = result.parameters[k];
        expect(Math.abs(estimate - beta) / standardError, `beta ${k}`).toBeLessThan(0.01);
        expect(Math.abs(standardError / errors[k] - 1), `standard error ${k}`).toBeLessThan(0.01);
      });
      const sd = result.parameters[betas.length];
      expect(Math.abs(sd.estimate - expected.sd) / sd.standardError).toBeLessThan(0.01);
    });
});

/** GLMMadaptive: vector effects of one factor. */
interface Adaptive {
  readonly logLik: number;
  readonly beta: Readonly<Record<string, number>>;
  readonly se: Readonly<Record<string, number>>;
  readonly D: readonly (readonly number[])[];
  /** Log of the dispersion; an empty record where there is none. */
  readonly phis: number | object;
}

const adaptiveFile = reference("ml_more");
const adaptive: Readonly<Record<string, Adaptive>> = existsSync(adaptiveFile)
  ? JSON.parse(readFileSync(adaptiveFile, "utf8"))
  : {};

const slopes = {
  text: "count ~ poisson(mu)\nlog(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)",
  data: "epilepsy",
};
const vectorCases: Readonly<Record<string, { text: string; data: string; points: number }>> = {
  epilepsy_ga5: { ...slopes, points: 5 },
  epilepsy_ga11: { ...slopes, points: 11 },
  epilepsy_ga21: { ...slopes, points: 21 },
  epil_nb_ga11: {
    text: "y ~ negative_binomial(mu, phi)\nlog(mu) = 1 + lbase * trt + lage + V4 + (1 | subject)",
    data: "epil",
    points: 11,
  },
};

function valuesOf(view: LatentGaussian, { beta, D, phis }: Adaptive): LatentValues {
  const values = view.values();
  values.beta.set(Object.values(beta));
  if (typeof phis === "number") values.dispersion[0] = Math.exp(phis);
  const q = D.length;
  values.Lambda[0].set(D.flat());
  if (!cholesky(values.Lambda[0], q)) throw new Error("D is not positive definite");
  for (let r = 0; r < q; r++) for (let c = r + 1; c < q; c++) values.Lambda[0][r * q + c] = 0;
  return values;
}

describe("maximum likelihood by quadrature against GLMMadaptive", () => {
  for (const [name, { text, data, points }] of Object.entries(vectorCases))
    it.skipIf(!(name in adaptive))(name, async () => {
      const expected = adaptive[name];
      // With a prior on the raw intercept, which maximum likelihood ignores, the view's coefficients are the raw ones.
      const view = await viewOnShared(`${text}\nprior beta[Intercept] ~ normal(0, 5)`, data);
      const result = maximumLikelihood(view, { method: "aghq", points, reml: false });
      // Its own log-likelihood is at nodes laid for earlier estimates: at 5 points 6e-5 above ours, at 21 equal to 1e-6.
      const theirs = aghqMarginal(view, points).evaluate(valuesOf(view, expected), null);
      expect(result.logLikelihood).toBeGreaterThan(theirs - 1e-6);
      expect(result.logLikelihood).toBeLessThan(theirs + 1e-4);
      expect(Math.abs(theirs - expected.logLik)).toBeLessThan(2e-4);
      Object.values(expected.beta).forEach((beta, k) => {
        const { estimate, standardError } = result.parameters[k];
        expect(Math.abs(estimate - beta) / standardError, `beta ${k}`).toBeLessThan(0.01);
        expect(Math.abs(standardError / Object.values(expected.se)[k] - 1), `standard error ${k}`).toBeLessThan(0.01);
      });
      const sd = result.parameters[Object.keys(expected.beta).length];
      expect(Math.abs(sd.estimate - Math.sqrt(expected.D[0][0])) / sd.standardError).toBeLessThan(0.01);
    });
});
