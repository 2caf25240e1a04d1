import { describe, expect, it } from "vitest";
import { hasHeavyPriors, hasPowerTails } from "../../../src/marginal/exploration/heavyPriors.js";
import { posteriorMode } from "../../../src/marginal/exploration/posteriorMode.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { runSync } from "../../../src/math/steps.js";
import { viewOf } from "../../engine/ml/models.js";

const columns = {
  y: [1, 3, 2, 5, 4, 7, 3, 6],
  x: [1, 2, 1, 2, 1, 2, 1, 2],
  g: [1, 1, 2, 2, 3, 3, 4, 4],
};

const under = (test: typeof hasHeavyPriors) => (intercept: string, beta: string) => {
  const model = `y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)\nprior intercept ~ ${intercept}\nprior beta ~ ${beta}`;
  const view = viewOf(model, columns);
  return test(view, runSync(posteriorMode(laplaceMarginal(view))));
};
const isHeavyUnder = under(hasHeavyPriors);
const hasPowersUnder = under(hasPowerTails);

describe("heavy priors of coefficients", () => {
  it.each([
    ["cauchy(0, 2.5)", "normal(0, 1)"],
    ["normal(0, 5)", "cauchy(3, 1)"],
    ["student_t(2, 0, 5)", "normal(0, 1)"],
    ["normal(0, 5)", "student_t(1, 0, 100)"],
  ])("are found: %s, %s", (intercept, beta) => {
    expect(isHeavyUnder(intercept, beta)).toBe(true);
  });

  it.each([
    ["normal(0, 5)", "normal(0, 1)"],
    ["student_t(3, 0, 5)", "student_t(4, 0, 1)"],
    ["flat()", "normal(0, 1)"],
    ["normal(0, 5)", "uniform(-3, 3)"],
  ])("are not where tails are lighter, or the prior is flat: %s, %s", (intercept, beta) => {
    expect(isHeavyUnder(intercept, beta)).toBe(false);
  });

  it.each([
    ["student_t(3, 0, 5)", "normal(0, 1)", true],
    ["normal(0, 5)", "cauchy(0, 1)", true],
    ["flat()", "normal(0, 1)", true],
    ["normal(0, 5)", "normal(0, 30)", false],
    ["normal(0, 5)", "uniform(-3, 3)", true],
  ])("end as a power or not: %s, %s", (intercept, beta, expected) => {
    expect(hasPowersUnder(intercept, beta)).toBe(expected);
  });
});
