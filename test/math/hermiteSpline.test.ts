import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hermiteSpline } from "../../src/math/hermiteSpline.js";

const number = fc.double({ min: -5, max: 5, noNaN: true });
const points = fc.array(fc.record({ value: number, slope: number }), { minLength: 2, maxLength: 8 });

/** Of a polynomial by its coefficients, the constant first. */
const polynomial = (coefficients: readonly number[]) => (x: number) => ({
  value: coefficients.reduceRight((total, c) => total * x + c, 0),
  slope: coefficients.reduceRight((total, c, k) => (k === 0 ? total : total * x + k * c), 0),
});

describe("a spline through values and slopes", () => {
  it("has them, with continuous slopes, and goes on along lines beyond its ends", () => {
    fc.assert(
      fc.property(points, (given) => {
        const spline = hermiteSpline(given);
        const h = 1e-6;
        given.forEach(({ value, slope }, i) => {
          expect(spline(i)).toBeCloseTo(value, 10);
          expect((spline(i + h) - value) / h).toBeCloseTo(slope, 3);
          expect((value - spline(i - h)) / h).toBeCloseTo(slope, 3);
        });
        const last = given.length - 1;
        expect(spline(-2)).toBeCloseTo(given[0].value - 2 * given[0].slope, 10);
        expect(spline(last + 3)).toBeCloseTo(given[last].value + 3 * given[last].slope, 10);
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("is a cubic through two points, a quartic through more at its ends, and a quintic between", () => {
    const through = (coefficients: readonly number[], count: number) => {
      const at = polynomial(coefficients);
      const spline = hermiteSpline(Array.from({ length: count }, (_, i) => at(i)));
      return (x: number) => spline(x) - at(x).value;
    };
    const coefficients = [0.3, -1, 0.7, 0.2, -0.1, 0.05];
    for (const x of [0.2, 0.5, 0.9]) {
      expect(through(coefficients.slice(0, 4), 2)(x)).toBeCloseTo(0, 12);
      expect(through(coefficients.slice(0, 5), 3)(x)).toBeCloseTo(0, 12);
      expect(through(coefficients, 4)(1 + x)).toBeCloseTo(0, 12);
    }
  });

  it("needs two points", () => {
    expect(() => hermiteSpline([{ value: 1, slope: 0 }])).toThrow(RangeError);
  });
});
