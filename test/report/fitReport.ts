import type { FitReport } from "../../src/report/FitReport.js";
import type { SummaryRow } from "../../src/summary/Summary.js";

/** A row about a mean of 1, with the MCSE of 1600 independent draws, but for what is given. */
export function row(name: string, fields: Partial<SummaryRow> = {}): SummaryRow {
  const { mean = 1, q5 = mean - 0.16, q95 = mean + 0.17 } = fields;
  const marginal = { mean, sd: 0.1, median: mean - 0.01, q5, q95, lower: q5, upper: q95 };
  return { name, ...marginal, mcse: 0.0025, rhat: 1.0012, essBulk: 1600, essTail: 1499.6, ...fields };
}

/** Effects of two coefficients on 12 subjects, growing with the subject. */
export const manyEffects = ["Intercept", "post"].flatMap((coefficient, k) =>
  Array.from({ length: 12 }, (_, i) => ({
    ...row(`b[subject, ${i + 1}, ${coefficient}]`, { mean: (i - 6) / 10 + k, mcse: 0.01 }),
    factor: "subject",
    level: String(i + 1),
    coefficient,
  })),
);

export const smallReport: FitReport = {
  engine: "nuts",
  version: "0.1.0",
  options: { seed: 7 },
  model:
    "# Seizures\ncount ~ poisson(mu)\nlog(mu) = 1 + post * trt + (1 + post | subject)\nprior beta ~ normal(0, 1)\n",
  family: "poisson",
  observations: 295,
  droppedRows: 3,
  categories: null,
  groups: [{ name: "subject", levels: 59 }],
  priors: ["intercept ~ normal(1.97, 2.5)", "beta ~ normal(0, 1)"],
  ratios: null,
  covariances: null,
  summary: {
    level: 0.9,
    parameters: [
      row("beta[Intercept]", { mean: 1.23456, mcse: 0.0123 }),
      row("beta[post:trt.progabide]", { mean: -0.5 }),
      row("sd[subject, Intercept]", { rhat: 1.0351, essBulk: 87.3 }),
    ],
    randomEffects: manyEffects.slice(0, 2),
  },
  sampling: {
    parametrization: "noncentred",
    algorithm: "nuts",
    draws: [1000, 1000],
    diagnostics: {
      transitions: 2000,
      divergences: 1,
      maxTreeDepthHits: 0,
      ebfmi: [0.912, 1.04],
      gradientEvaluations: { warmup: 12000, sampling: 14000 },
    },
  },
  approximation: null,
  hasNormalEffects: false,
  criteria: null,
  seconds: { read: 0.004, compile: 0.021, warmup: 0.4, sampling: 0.613, total: 1.05 },
  warnings: [
    {
      code: "divergences",
      message: "1 of 2000 transitions (under 0.1%) diverged",
      advice: "raise the target acceptance (now 0.8)",
    },
  ],
  notes: [],
  data: { name: "trial.csv", rows: 12, columns: 5, sha256: null },
  partial: false,
};
