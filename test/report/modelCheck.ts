import type { ModelCheck } from "../../src/report/checkReport.js";

export const smallCheck: ModelCheck = {
  response: "count ~ poisson(mu)",
  predictors: ["log(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject) + (1 | clinic/ward)"],
  randomEffects: ["b[subject] = (Intercept, post) ~ normal(0, G), G of 2 sds and 1 correlation"],
  priors: ["intercept ~ normal(1.97, 2.5) (default)", "sd ~ student_t(3, 0, 2.5) on (0, Inf) (default)"],
  rows: 295,
  droppedRows: 3,
  categories: null,
  columns: [
    { parameter: "mu", names: ["Intercept", "post", "trt.progabide", "post:trt.progabide"] },
    { parameter: "phi", names: [] },
  ],
  factors: [{ name: "trt", levels: ["placebo", "progabide"], reference: "placebo" }],
  groups: [
    { name: "subject", levels: 59, smallest: 4, largest: 5, nestedIn: null },
    { name: "clinic", levels: 4, smallest: 70, largest: 70, nestedIn: null },
    { name: "clinic:ward", levels: 8, smallest: 1, largest: 1, nestedIn: "clinic" },
  ],
  table: [
    { name: "count", read: "number, 0 to 151" },
    { name: "trt", read: "text, 2 levels: placebo, progabide, 1 missing" },
  ],
  notes: ["visit counts days from 2019-03-01"],
  problems: [
    {
      severity: "error",
      message: 'unknown column "postt" in the formula for mu',
      hint: 'did you mean "post"? columns: subject, visit, post, weeks, trt, age, count',
      place: "epilepsy.glmm:2:18",
    },
    { severity: "warning", message: "the column weeks is constant" },
  ],
};
