import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import { fitReport } from "../../src/fit/fitReport.js";
import { mlReport } from "../../src/fit/mlReport.js";
import { fitFromJSON, fitToJSON } from "../../src/index.js";
import { createStream } from "../../src/math/random/createStream.js";

const stream = createStream("check notes", 0);
const n = 60;
const g = Array.from({ length: n }, (_, i) => `g${i % 6}`);
const x = g.map(() => stream.normal());
const y = x.map((value, i) => Math.floor(Math.exp(0.5 + 0.4 * value + 0.1 * (i % 6)) + 1.5 * stream.uniform()));
const w = x.map((value) => value + stream.normal());
w[17] = 9;
const data = { g, x, y, w, yes: y.map((value) => Number(value > 1)) };
const messages = (notes: readonly { readonly code: string; readonly message: string }[]) =>
  notes.filter(({ code }) => code === "checks").map(({ message }) => message);

/** log y! and P(Y <= y) of a Poisson row, plainly. */
const poissonUpTo = (k: number, mu: number) => {
  let [term, sum] = [Math.exp(-mu), 0];
  for (let j = 0; j <= k; j++) {
    sum += term;
    term *= mu / (j + 1);
  }
  return sum;
};

describe("the line of checks of every fit", () => {
  it("has Pearson's chi-square, zeros and rows far out, at the estimates by a plain twin", async () => {
    const fitted = await fit("y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", data, { engine: "ml" });
    const at = (name: string) => fitted.ml.parameters.find((one) => one.name === name)?.estimate ?? Number.NaN;
    const modes = fitted.ml.effects?.modes[0] ?? new Float64Array();
    const { levels } = fitted.design.predictors[0].factors[0];
    const mus = x.map((value, i) =>
      Math.exp(at("beta[Intercept]") + at("beta[x]") * value + modes[levels.indexOf(g[i])]),
    );
    const expected = mus.reduce((sum, mu) => sum + Math.exp(-mu), 0);
    const reach = 1.96 * Math.sqrt(mus.reduce((sum, mu) => sum + Math.exp(-mu) * (1 - Math.exp(-mu)), 0));
    const outer = mus.filter((mu, i) => Math.min(poissonUpTo(y[i], mu), 1 - poissonUpTo(y[i] - 1, mu)) < 0.005).length;
    expect(messages(mlReport(fitted).notes)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^checks: Pearson's chi-square [\\d.]+ on 57 degrees of freedom, ratio [\\d.]+ \\(p [01]\\.\\d{4}\\); zeros ${y.filter((v) => v === 0).length}, expected ` +
            `${Math.max(0, Math.round(expected - reach))} to ${Math.round(expected + reach)}; ${outer} of 60 rows in the outer 1% of their distributions, expected at most 0\\.6$`,
        ),
      ),
    ]);
  });

  it.each(["nuts", "laplace", "inla"] as const)(
    "is near that of maximum likelihood by %s, and that of a saved fit the same",
    async (engine) => {
      const fitted = await fit("w ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)", data, { engine });
      const [line] = messages(fitReport(fitted).notes);
      expect(line).toMatch(/^checks: [12] of 60 rows in the outer 1% of their distributions, expected about 0\.6$/);
      const loaded = await fitFromJSON(fitToJSON(fitted));
      if ("ml" in loaded) throw new RangeError("a posterior is saved as one");
      expect(messages(fitReport(loaded).notes)).toEqual([line]);
    },
  );

  it("leaves out what responses do not have, and is not there for rows that stand for several", async () => {
    const binary = await fit("yes ~ bernoulli(p)\nlogit(p) = 1 + x", data, { engine: "ml" });
    expect(messages(mlReport(binary).notes)).toEqual([
      expect.stringMatching(/^checks: \d of 60 rows in the outer 1% of their distributions, expected at most 0\.6$/),
    ]);
    const weighted = await fit(
      "y | weights(g2) ~ poisson(mu)\nlog(mu) = 1 + x",
      { ...data, g2: g.map(() => 2) },
      { engine: "ml" },
    );
    expect(messages(mlReport(weighted).notes).join()).not.toContain("outer");
    // Without an intercept's estimate there are no distributions.
    const conditional = await fit("yes ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", data, {
      engine: "ml",
      method: "conditional",
    });
    expect(messages(mlReport(conditional).notes)).toEqual([]);
  });
});
