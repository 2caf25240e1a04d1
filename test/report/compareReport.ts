import type { CompareReport, FitColumn, TestReport } from "../../src/report/CompareReport.js";
import { smallMlReport } from "./mlReport.js";

const { parameters, convergence, notes, warnings, seconds } = smallMlReport;
const [intercept, post, sd, sdPost] = parameters;

const larger: FitColumn = {
  label: "A",
  engine: "ml",
  model: "# Seizures\ncount ~ poisson(mu)\nlog(mu) = 1 + post + (1 + post || subject)\nprior beta ~ normal(0, 1)\n",
  family: "poisson",
  method: "aghq",
  points: 5,
  reml: false,
  parameters: [intercept, post, sd, sdPost],
  logLikelihood: -924.48581,
  parameterCount: 4,
  aic: 1856.97162,
  bic: 1871.7196,
  convergence,
  notes,
  warnings,
  seconds,
};

export const smallTest: TestReport = {
  statistic: 7,
  degreesOfFreedom: 2,
  reference: [
    { degreesOfFreedom: 1, weight: 0.5 },
    { degreesOfFreedom: 2, weight: 0.5 },
  ],
  pValue: 0.01917,
  anticonservative: null,
  simulated: null,
};

export const smallCompareReport: CompareReport = {
  observations: 295,
  droppedRows: 3,
  groups: [{ name: "subject", levels: 59 }],
  fits: [
    larger,
    {
      ...larger,
      label: "B",
      model: "count ~ poisson(mu)\nlog(mu) = 1 + (1 | subject)",
      parameters: [intercept, sd],
      logLikelihood: -927.98581,
      parameterCount: 2,
      aic: 1859.97162,
      bic: 1867.34561,
      notes: [],
      warnings: [],
    },
  ],
  relation: {
    kind: "nested",
    smaller: "B",
    restrictions: [
      { what: "the fixed effect of post", freeDimensions: 1, boundaryDimensions: 0 },
      { what: "the random effects of post over subject", freeDimensions: 0, boundaryDimensions: 1 },
    ],
  },
  test: smallTest,
  notes: [{ code: "approximation", message: "likelihood of A and B by quadrature with 5 points" }],
  warnings: [{ code: "singular-smaller", message: "the fit of B is singular", advice: "compare again" }],
  isTrusted: true,
  seconds: { read: 0.004, total: 0.25 },
};
