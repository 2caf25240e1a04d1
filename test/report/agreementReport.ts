import type { AgreementReport } from "../../src/report/agreementTextReport.js";
import type { EngineColumn } from "../../src/summary/Agreement.js";

const nuts: EngineColumn = {
  engine: "nuts",
  kind: "posterior",
  method: "4 chains, 4000 draws",
  approximation: "none",
  parameters: [
    { name: "beta[x]", estimate: -0.304, sd: 0.15, mcse: 0.003, lower: -0.6, upper: -0.01 },
    { name: "sd[id, Intercept]", estimate: 4.1, sd: 0.39, mcse: 0.01, lower: 3.4, upper: 4.93 },
  ],
  randomEffects: [
    { name: "b[id, 1, Intercept]", estimate: 1, sd: 0.5, mcse: 0.01, lower: Number.NaN, upper: Number.NaN },
  ],
  logLikelihood: null,
  logMarginalLikelihood: null,
  paretoK: null,
  trust: { isTrusted: true, reason: "the largest R-hat of its parameters is 1.002" },
  warnings: [],
  seconds: 2.1,
};

const laplace: EngineColumn = {
  ...nuts,
  engine: "ml:laplace",
  kind: "likelihood",
  method: "laplace",
  approximation: "laplace",
  parameters: [
    { name: "beta[x]", estimate: -0.31, sd: 0.16, mcse: 0, lower: -0.62, upper: 0 },
    { name: "sd[id, Intercept]", estimate: 4.57, sd: 0.72, mcse: 0, lower: 3.36, upper: 6.22 },
  ],
  logLikelihood: -627.8089,
  warnings: [{ code: "singular", message: "a fit is singular", advice: "look at it" }],
  seconds: 0.16,
};

/** An exact maximum that agrees, and Laplace's that does not. */
export const smallAgreementReport: AgreementReport = {
  model: "outcome ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | id)\nprior beta ~ normal(0, 1)",
  family: "bernoulli",
  observations: 1908,
  level: 0.95,
  droppedRows: 0,
  groups: [{ name: "id", levels: 294 }],
  facts: { isBinary: true, rowsPerLevel: { factor: "id", rows: 7 } },
  engines: [
    nuts,
    {
      ...laplace,
      engine: "ml",
      method: "aghq, 25 points",
      approximation: "none",
      logLikelihood: -625.3975,
      warnings: [],
    },
    laplace,
  ],
  refused: [
    { engine: "ml:lmm", reason: "a linear mixed model needs a normal response with one sigma", isDefect: false },
  ],
  stopped: ["ml:pql"],
  reference: "nuts",
  agreements: [
    {
      engine: "ml",
      parameters: [
        { name: "beta[x]", difference: -0.04, mcse: 0.02, widthRatio: 1.05, distance: 0.06 },
        { name: "sd[id, Intercept]", difference: -0.26, mcse: 0.025, widthRatio: 0.97, distance: 0.27 },
      ],
      effects: { typical: 0.21, worst: 0.4, worstName: "b[id, 1, Intercept]" },
      limit: 0.75,
      off: [],
      cause: null,
    },
    {
      engine: "ml:laplace",
      parameters: [
        { name: "beta[x]", difference: -0.04, mcse: 0.02, widthRatio: 1.05, distance: 0.06 },
        { name: "sd[id, Intercept]", difference: 1.21, mcse: 0.025, widthRatio: 1.87, distance: 1.26 },
      ],
      effects: null,
      limit: 0.75,
      off: [{ name: "sd[id, Intercept]", difference: 1.21, mcse: 0.025, widthRatio: 1.87, distance: 1.26 }],
      cause: "approximation",
    },
  ],
  logLikelihoods: [
    { engine: "nuts", value: -625.4344 },
    { engine: "ml", value: -625.3975 },
    { engine: "ml:laplace", value: -628.9252 },
  ],
  outside: [
    {
      name: "lme4.csv",
      format: "tidy",
      estimates: [
        {
          name: "beta[x]",
          outsideName: "x",
          estimate: -0.31,
          standardError: 0.16,
          posterior: { probability: 0.0002, sds: -0.04 },
          optimum: { difference: -0.001, standardError: 0.16, errorRatio: 1 },
        },
      ],
      unmatched: [{ outsideName: "xx", hint: 'did you mean "beta[x]"?' }],
      absent: ["sd[id, Intercept]"],
      recoded: [],
      optimum: "ml",
      shortfall: null,
      judgement: { kind: "other-method", engine: "ml:laplace" },
    },
  ],
  warnings: [],
  seconds: { read: 0.02, total: 4.83 },
};
