import { describe, expect, it } from "vitest";
import { FitFailure } from "../../../src/engine/ml/FitFailure.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import { concordantFactor } from "../../../src/engine/ml/runaway.js";
import { runSync } from "../../../src/math/steps.js";
import { viewOf } from "./models.js";

/** 24 groups of 4 rows: `discordant` of them have both outcomes. */
function groups(discordant: number) {
  const rows = Array.from({ length: 96 }, (_, i) => ({ g: Math.floor(i / 4), within: i % 4 }));
  const y = rows.map(({ g, within }) => (g < discordant ? within % 2 : g % 2));
  return {
    y,
    trials: rows.map(() => 3),
    successes: y.map((outcome) => 3 * outcome),
    count: y.map((outcome) => 5 * outcome),
    x: rows.map(({ g, within }) => ((g * 7 + within * 5) % 11) / 11),
    g: rows.map(({ g }) => g),
    h: rows.map(({ within }) => within),
  };
}

describe("a factor without a discordant level", () => {
  it.each([
    "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)",
    "y ~ bernoulli(p)\nprobit(p) = 1 + (1 | g)",
    "y ~ bernoulli(p)\ncloglog(p) = 1 + x + (1 + x | g)",
    "successes ~ binomial(trials, p)\nlogit(p) = 1 + x + (1 | g)",
    "y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g) + (1 | h)",
  ])("has no maximum: %s", (text) => {
    const view = viewOf(text, groups(0));
    expect(runSync(concordantFactor(view))?.name).toBe("g");
    expect(() => runSync(maximumLikelihood(view))).toThrow(FitFailure);
    expect(() => runSync(maximumLikelihood(view))).toThrow(
      /the likelihood grows without end with the sd of g.*no level of g is discordant.*--penalized or an engine with priors/,
    );
    expect(runSync(maximumLikelihood(view, { penalized: true, method: "laplace" })).convergence.converged).toBe(true);
  });

  it.each([
    ["one level is discordant", "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", 1],
    ["counts have no upper end", "count ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", 0],
    ["the term has no intercept", "y ~ bernoulli(p)\nlogit(p) = 1 + x + (0 + x | g)", 0],
  ])("is none where %s", (_, text, discordant) => {
    expect(runSync(concordantFactor(viewOf(text, groups(discordant))))).toBeNull();
  });
});

describe("an sd far out", () => {
  it("is an estimate where a level is discordant", () => {
    const { parameters, notes } = runSync(
      maximumLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g)", groups(1)), {}),
    );
    const sd = parameters.find(({ name }) => name.startsWith("sd"));
    expect(sd?.estimate).toBeGreaterThan(20);
    expect(sd?.standardError).toBeGreaterThan(0);
    expect(notes.map(({ code }) => code)).not.toContain("infinite-sd");
  });

  it("is none where slopes fit every level perfectly", () => {
    // In each group the outcome changes at a place of its own.
    const { x, g } = groups(0);
    const y = x.map((value, i) => (value > 0.3 + (0.4 * ((g[i] * 5) % 7)) / 7 === g[i] % 2 > 0 ? 1 : 0));
    const result = runSync(maximumLikelihood(viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + (1 + x | g)", { x, g, y })));
    const note = result.notes.find(({ code }) => code === "infinite-sd");
    expect(note?.message).toMatch(
      /grows without end, or is flat, as sd\[g, Intercept\], sd\[g, x\] and the coefficients/,
    );
    expect(note?.advice).toMatch(/nuts/);
    expect(result.notes.map(({ code }) => code)).not.toContain("points-limit");
    for (const { standardError } of result.parameters) expect(standardError).toBeNaN();
  });
});
