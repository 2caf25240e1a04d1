import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limitDensity } from "../../src/prior/limits.js";
import { ofSd, type SdScale } from "../../src/prior/ofSd.js";
import type { Univariate } from "../../src/prior/Prior.js";
import { priors } from "../../src/prior/priors.js";
import { truncate } from "../../src/prior/truncate.js";

function prior(name: string, ...numbers: number[]): Univariate {
  const found = priors.find((one) => one.name === name);
  if (found === undefined) throw new Error(name);
  return truncate(found.make(numbers), 0, Number.POSITIVE_INFINITY);
}

const cases: readonly (readonly [string, Univariate])[] = [
  ["gamma(2, 3)", prior("gamma", 2, 3)],
  ["inverse_gamma(3, 2)", prior("inverse_gamma", 3, 2)],
  ["exponential(0.7)", prior("exponential", 0.7)],
  ["uniform(0.2, 4.5)", prior("uniform", 0.2, 4.5)],
  ["student_t(3, 0, 2), truncated", prior("student_t", 3, 0, 2)],
];
const scales: readonly SdScale[] = ["var", "precision"];
const powerOf = { var: 2, precision: -2 };

/** The integral of f over (a, b) by Simpson's rule, in log x. */
function integral(f: (x: number) => number, a: number, b: number): number {
  const steps = 20_000;
  const h = Math.log(b / a) / steps;
  let total = 0;
  for (let k = 0; k <= steps; k++) {
    const x = a * Math.exp(k * h);
    total += f(x) * x * (k === 0 || k === steps ? 1 : k % 2 === 1 ? 4 : 2);
  }
  return (total * h) / 3;
}

describe.each(scales)("a prior on the %s", (scale) => {
  it.each(cases)("gives intervals of the sd the probability of theirs: %s", (_, whole) => {
    const sd = ofSd(whole, scale);
    for (const [from, to] of [
      [0.5, 0.9],
      [0.9, 1.7],
      [1.2, 1.21],
    ]) {
      const ends = [from ** powerOf[scale], to ** powerOf[scale]].sort((a, b) => a - b);
      const right = integral((z) => Math.exp(whole.logDensity(z)), ends[0], ends[1]);
      expect(integral((x) => Math.exp(sd.logDensity(x)), from, to)).toBeCloseTo(right, 4);
      expect(Math.exp(sd.logProbability(from, to))).toBeCloseTo(right, 5);
    }
  });

  it.each(cases)("has the slope of its log density, and quantiles that its probabilities give back: %s", (_, whole) => {
    const sd = ofSd(whole, scale);
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), (probability) => {
        const x = sd.quantile(probability);
        expect(Math.exp(sd.logProbability(sd.lower, x))).toBeCloseTo(probability, 8);
        const h = 1e-5 * x;
        const slope = (sd.logDensity(x + h) - sd.logDensity(x - h)) / (2 * h);
        expect(Math.abs(sd.derivative(x) - slope)).toBeLessThan(1e-4 * (1 + Math.abs(slope)));
      }),
      { seed: 20261129, numRuns: 30 },
    );
  });
});

describe("at an sd of zero", () => {
  it.each([
    ["gamma", [0.5, 1], "finite"],
    ["gamma", [0.4, 1], "infinite"],
    ["gamma", [0.6, 1], "zero"],
    ["exponential", [1], "zero"],
    ["inverse_gamma", [1, 1], "zero"],
  ] as const)("%s%j on the variance is %s", (name, numbers, what) => {
    const limit = limitDensity(ofSd(prior(name, ...numbers), "var"), 0);
    expect(limit === Infinity ? "infinite" : limit === -Infinity ? "zero" : "finite").toBe(what);
  });
});
