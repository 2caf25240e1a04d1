import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Univariate } from "../../src/prior/Prior.js";
import { truncate } from "../../src/prior/truncate.js";
import { transformFor } from "../../src/transform/transforms.js";
import { label, make } from "./fixture.js";

const INTEGRAL_TOLERANCE = 1e-10;

const truncated = [
  { prior: "normal", numbers: [0, 1], lower: 0, upper: Infinity },
  { prior: "normal", numbers: [0, 5], lower: -1, upper: 2 },
  { prior: "normal", numbers: [0, 1], lower: 9, upper: Infinity },
  { prior: "normal", numbers: [0, 1], lower: -41, upper: -40 },
  { prior: "student_t", numbers: [3, 0, 2.5], lower: 0, upper: Infinity },
  { prior: "student_t", numbers: [3, 1, 2.5], lower: -Infinity, upper: -50 },
  { prior: "cauchy", numbers: [1, 2], lower: 0, upper: Infinity },
  { prior: "exponential", numbers: [1], lower: 800, upper: Infinity },
  { prior: "gamma", numbers: [2, 0.1], lower: 5, upper: 30 },
  { prior: "gamma", numbers: [2, 1], lower: 900, upper: Infinity },
  { prior: "inverse_gamma", numbers: [3, 2], lower: 0, upper: 0.01 },
  { prior: "lognormal", numbers: [0, 1], lower: 50, upper: 60 },
  { prior: "beta", numbers: [2, 5], lower: 0.2, upper: 0.3 },
  { prior: "uniform", numbers: [0, 10], lower: 3, upper: Infinity },
  { prior: "flat", numbers: [], lower: 2, upper: 4 },
  { prior: "half_cauchy", numbers: [5], lower: 1, upper: 2 },
];

/** Integral of the density over its support: trapezoids in t, with sinh(t) the unconstrained value. */
function integral(density: Univariate): number {
  const transform = transformFor(density.lower, density.upper);
  const step = 1 / 256;
  let sum = 0;
  for (let t = -7; t <= 7; t += step) {
    const u = Math.sinh(t);
    sum += Math.exp(density.logDensity(transform.constrain(u)) + transform.logAbsDetJacobian(u)) * Math.cosh(t);
  }
  return sum * step;
}

describe.each(truncated)("$prior $numbers between $lower and $upper", ({ prior, numbers, lower, upper }) => {
  const whole = make(prior, ...numbers);
  const part = truncate(whole, lower, upper);

  it("integrates to one over the narrowed support", () => {
    expect([part.lower, part.upper]).toEqual([Math.max(lower, whole.lower), Math.min(upper, whole.upper)]);
    expect(part.proper).toBe(true);
    expect(Math.abs(integral(part) - 1)).toBeLessThan(INTEGRAL_TOLERANCE);
    expect(part.logDensity(part.lower)).toBe(-Infinity);
    expect(part.logDensity(part.upper)).toBe(-Infinity);
  });

  it("has quantiles that invert its probabilities", () => {
    for (const p of [1e-6, 0.01, 0.3, 0.5, 0.8, 0.999]) {
      const x = part.quantile(p);
      expect(Math.abs(Math.exp(part.logProbability(part.lower, x)) / p - 1), label(prior, [p])).toBeLessThan(1e-7);
    }
    expect([part.quantile(0), part.quantile(1), part.quantile(2)]).toEqual([part.lower, part.upper, NaN]);
  });

  it("shares out its probability", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), (p) => {
        const x = part.quantile(p);
        const sum = Math.exp(part.logProbability(-Infinity, x)) + Math.exp(part.logProbability(x, Infinity));
        expect(Math.abs(sum - 1)).toBeLessThan(1e-9);
      }),
      { seed: 1, numRuns: 20 },
    );
  });
});

describe("truncation", () => {
  it("leaves alone what lies inside", () => {
    const gamma = make("gamma", 2, 1);
    expect(truncate(gamma, 0, Infinity)).toBe(gamma);
    expect(truncate(gamma, -5, Infinity)).toBe(gamma);
  });

  it("keeps a flat prior flat on an unbounded interval", () => {
    const half = truncate(make("flat"), 0, Infinity);
    expect([half.lower, half.upper, half.proper]).toEqual([0, Infinity, false]);
    expect([half.logDensity(3), half.logDensity(-3), half.quantile(0.5)]).toEqual([0, -Infinity, NaN]);
  });

  it("is consistent with itself", () => {
    const twice = truncate(truncate(make("normal", 1, 2), 0, 8), 2, 12);
    const once = truncate(make("normal", 1, 2), 2, 8);
    for (const x of [2.5, 5, 7.9]) expect(twice.logDensity(x)).toBeCloseTo(once.logDensity(x), 13);
  });

  it("refuses what leaves nothing", () => {
    const none = (name: string, numbers: number[], lower: number, upper: number) => () =>
      truncate(make(name, ...numbers), lower, upper);
    expect(none("uniform", [-2, -1], 0, Infinity)).toThrow(
      new RangeError("the prior has no probability between 0 and Infinity"),
    );
    expect(none("beta", [2, 2], 1, Infinity)).toThrow(RangeError);
    expect(none("normal", [0, 1], 3, 3)).toThrow(RangeError);
    expect(none("normal", [0, 1], 4, 3)).toThrow(RangeError);
    expect(none("normal", [0, 1], 1e200, Infinity)).toThrow(RangeError);
  });
});
