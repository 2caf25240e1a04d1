import { describe, expect, it } from "vitest";
import { checkReport } from "../../src/report/checkReport.js";
import { smallCheck } from "./modelCheck.js";

describe("the report of a check", () => {
  it("fits 40 columns", () => {
    expect(checkReport(smallCheck, { width: 40 })).toBe(`Model
  count ~ poisson(mu)
  log(mu) = 1 + post * trt +
      offset(log(weeks)) + (1 + post |
      subject) + (1 | clinic/ward)
  b[subject] = (Intercept, post) ~
      normal(0, G), G of 2 sds and 1
      correlation

Priors
  intercept ~ normal(1.97, 2.5)
      (default)
  sd ~ student_t(3, 0, 2.5) on (0, Inf)
      (default)

Data
  rows           295 (3 dropped: missing
                 values)
  columns of mu  4: Intercept, post,
                 trt.progabide,
                 post:trt.progabide
  columns of phi
                 none
  factor trt     placebo (reference),
                 progabide
  group subject  59 levels of 4 to 5
                 rows
  group clinic   4 levels of 70 rows
  group clinic:ward
                 8 levels of 1 row,
                 nested in clinic
  crossed        subject x clinic

Columns
  count  number, 0 to 151
  trt    text, 2 levels: placebo,
         progabide, 1 missing

Notes
  visit counts days from 2019-03-01

Problems
  epilepsy.glmm:2:18: error: unknown
    column "postt" in the formula for mu
    did you mean "post"? columns:
    subject, visit, post, weeks, trt,
    age, count
  warning: the column weeks is constant
`);
  });

  it("fits 60 columns", () => {
    expect(checkReport(smallCheck, { width: 60 })).toBe(`Model
  count ~ poisson(mu)
  log(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post
      | subject) + (1 | clinic/ward)
  b[subject] = (Intercept, post) ~ normal(0, G), G of 2 sds
      and 1 correlation

Priors
  intercept ~ normal(1.97, 2.5) (default)
  sd ~ student_t(3, 0, 2.5) on (0, Inf) (default)

Data
  rows               295 (3 dropped: missing values)
  columns of mu      4: Intercept, post, trt.progabide,
                     post:trt.progabide
  columns of phi     none
  factor trt         placebo (reference), progabide
  group subject      59 levels of 4 to 5 rows
  group clinic       4 levels of 70 rows
  group clinic:ward  8 levels of 1 row, nested in clinic
  crossed            subject x clinic

Columns
  count  number, 0 to 151
  trt    text, 2 levels: placebo, progabide, 1 missing

Notes
  visit counts days from 2019-03-01

Problems
  epilepsy.glmm:2:18: error: unknown column "postt" in the
    formula for mu
    did you mean "post"? columns: subject, visit, post,
    weeks, trt, age, count
  warning: the column weeks is constant
`);
  });

  it("fits 80 columns", () => {
    expect(checkReport(smallCheck, { width: 80 })).toBe(`Model
  count ~ poisson(mu)
  log(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject) + (1 |
      clinic/ward)
  b[subject] = (Intercept, post) ~ normal(0, G), G of 2 sds and 1 correlation

Priors
  intercept ~ normal(1.97, 2.5) (default)
  sd ~ student_t(3, 0, 2.5) on (0, Inf) (default)

Data
  rows               295 (3 dropped: missing values)
  columns of mu      4: Intercept, post, trt.progabide, post:trt.progabide
  columns of phi     none
  factor trt         placebo (reference), progabide
  group subject      59 levels of 4 to 5 rows
  group clinic       4 levels of 70 rows
  group clinic:ward  8 levels of 1 row, nested in clinic
  crossed            subject x clinic

Columns
  count  number, 0 to 151
  trt    text, 2 levels: placebo, progabide, 1 missing

Notes
  visit counts days from 2019-03-01

Problems
  epilepsy.glmm:2:18: error: unknown column "postt" in the formula for mu
    did you mean "post"? columns: subject, visit, post, weeks, trt, age, count
  warning: the column weeks is constant
`);
  });

  it("fits 120 columns", () => {
    expect(checkReport(smallCheck, { width: 120 })).toBe(`Model
  count ~ poisson(mu)
  log(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject) + (1 | clinic/ward)
  b[subject] = (Intercept, post) ~ normal(0, G), G of 2 sds and 1 correlation

Priors
  intercept ~ normal(1.97, 2.5) (default)
  sd ~ student_t(3, 0, 2.5) on (0, Inf) (default)

Data
  rows               295 (3 dropped: missing values)
  columns of mu      4: Intercept, post, trt.progabide, post:trt.progabide
  columns of phi     none
  factor trt         placebo (reference), progabide
  group subject      59 levels of 4 to 5 rows
  group clinic       4 levels of 70 rows
  group clinic:ward  8 levels of 1 row, nested in clinic
  crossed            subject x clinic

Columns
  count  number, 0 to 151
  trt    text, 2 levels: placebo, progabide, 1 missing

Notes
  visit counts days from 2019-03-01

Problems
  epilepsy.glmm:2:18: error: unknown column "postt" in the formula for mu
    did you mean "post"? columns: subject, visit, post, weeks, trt, age, count
  warning: the column weeks is constant
`);
  });

  it("says so where there are no problems", () => {
    expect(checkReport({ ...smallCheck, problems: [] })).toMatch(/\n\nProblems\n {2}none found\n$/);
  });

  it("calls no level the reference where each has a column of its own", () => {
    const factors = [{ name: "trt", levels: ["a", "b"], reference: null }];
    expect(checkReport({ ...smallCheck, factors }, { width: 120 })).toMatch(/factor trt +a, b\n/);
  });

  it("shortens long lists of levels", () => {
    const levels = Array.from({ length: 40 }, (_, i) => `L${i + 1}`);
    expect(
      checkReport({ ...smallCheck, factors: [{ name: "site", levels, reference: levels[0] }] }, { width: 120 }),
    ).toContain("factor site        L1 (reference), L2, L3, L4, L5, L6, L7, L8, L9, L10, L11, L12 and 28 more\n");
  });

  it("marks problems by the caller's style", () => {
    const style = {
      bold: (text: string) => text,
      dim: (text: string) => text,
      warn: (text: string) => `<w>${text}</w>`,
    };
    expect(checkReport(smallCheck, { style })).toContain("<w>  epilepsy.glmm:2:18: error: ");
  });
});
