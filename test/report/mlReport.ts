import type { MlReport, ModeRow } from "../../src/report/MlReport.js";

/** Effects of two coefficients on 12 subjects, growing with the subject. */
export const manyModes: readonly ModeRow[] = ["Intercept", "post"].flatMap((coefficient, k) =>
  Array.from({ length: 12 }, (_, i) => ({
    name: `b[subject, ${i + 1}, ${coefficient}]`,
    factor: "subject",
    level: String(i + 1),
    coefficient,
    mode: (i - 6) / 10 + k,
    sd: 0.25,
    mean: (i - 6) / 10 + k - 0.012,
  })),
);

export const smallMlReport: MlReport = {
  engine: "ml",
  version: "0.1.0",
  options: { method: "auto", seed: 1 },
  data: { name: "trial.csv", rows: 12, columns: 5, sha256: null },
  model:
    "# Seizures\ncount ~ poisson(mu)\nlog(mu) = 1 + post * trt + (1 + post | subject)\nprior beta ~ normal(0, 1)\n",
  family: "poisson",
  observations: 295,
  droppedRows: 3,
  categories: null,
  groups: [{ name: "subject", levels: 59 }],
  method: "aghq",
  points: 5,
  reml: false,
  intervals: "wald",
  level: 0.95,
  bootstrap: null,
  priors: null,
  parameters: [
    {
      name: "beta[Intercept]",
      estimate: 1.07112,
      standardError: 0.14055,
      lower: 0.79565,
      upper: 1.34659,
      statistic: 7.62092,
      pValue: 2.52e-14,
    },
    {
      name: "beta[post]",
      estimate: -0.30613,
      standardError: 0.15082,
      lower: -0.60173,
      upper: -0.01053,
      statistic: -2.02977,
      pValue: 0.04238,
    },
    { name: "sd[subject, Intercept]", estimate: 0.70779, standardError: 0.07134, lower: 0.58091, upper: 0.86238 },
    { name: "sd[subject, post]", estimate: 0, standardError: NaN, lower: NaN, upper: NaN },
  ],
  covariance: [
    [0.02, -0.01, NaN, NaN],
    [-0.01, 0.023, NaN, NaN],
    [NaN, NaN, 0.005, NaN],
    [NaN, NaN, NaN, NaN],
  ],
  notEstimable: [],
  terms: [
    {
      name: "post",
      test: "chi-square",
      statistic: 4.11997,
      degreesOfFreedom: 1,
      denominatorDegreesOfFreedom: null,
      pValue: 0.04238,
    },
  ],
  ratios: {
    kind: "rate ratio",
    plural: "rate ratios",
    rows: [{ name: "beta[post]", estimate: 0.73629, lower: 0.54786, upper: 0.98953 }],
  },
  covariances: null,
  randomEffects: manyModes.slice(0, 2),
  likelihood: {
    importance: null,
    logLikelihood: -924.48581,
    logPrior: null,
    parameterCount: 7,
    criteria: { aic: 1862.97162, bic: 1888.78049 },
  },
  convergence: { converged: true, gradientNorm: 6.8e-6, iterations: 22, evaluations: 59 },
  notes: [
    {
      code: "priors-ignored",
      message: "maximum likelihood: priors are ignored, the one that the model states among them",
    },
  ],
  warnings: [
    { code: "singular", message: "singular fit: sd[subject, post] = 0.", advice: "take the term out of the model" },
  ],
  seconds: { read: 0.004, compile: 0.021, fit: 0.113, total: 0.25 },
};
