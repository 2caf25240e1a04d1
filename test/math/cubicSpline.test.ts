import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cubicSpline } from "../../src/math/cubicSpline.js";

const values = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 12 });

describe("a cubic spline", () => {
  it("goes through its points, with a continuous slope", () => {
    fc.assert(
      fc.property(values, (points) => {
        const spline = cubicSpline(points);
        const h = 1e-6;
        points.forEach((value, i) => {
          expect(spline(i)).toBeCloseTo(value, 10);
          expect((spline(i + h) - spline(i)) / h).toBeCloseTo((spline(i) - spline(i - h)) / h, 3);
        });
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  it("is a straight line through the points of one, and goes on beyond its ends", () => {
    const spline = cubicSpline([1, 3, 5, 7]);
    for (const at of [-2, 0.3, 1.9, 5]) expect(spline(at)).toBeCloseTo(1 + 2 * at, 12);
  });

  it("is near a smooth function between the points", () => {
    const spline = cubicSpline(Array.from({ length: 40 }, (_, i) => Math.sin(i / 5)));
    for (let at = 5; at < 34; at += 0.37) expect(Math.abs(spline(at) - Math.sin(at / 5))).toBeLessThan(1e-4);
  });

  it("needs two points", () => {
    expect(() => cubicSpline([1])).toThrow(RangeError);
  });
});
