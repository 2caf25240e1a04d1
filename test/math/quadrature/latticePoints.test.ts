import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latticePoints } from "../../../src/math/quadrature/latticePoints.js";

describe("lattice points", () => {
  it("take every multiple of 1 / count once in each coordinate", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 8 }), (count, dimensions) => {
        const points = latticePoints(count, dimensions);
        for (let d = 0; d < dimensions; d++) {
          const multiples = Array.from({ length: count }, (_, i) => Math.round(points[i * dimensions + d] * count));
          expect(new Set(multiples).size).toBe(count);
          expect(Math.max(...multiples)).toBe(count - 1);
        }
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it("integrate a smooth periodic function far better than as many random points would", () => {
    const [count, dimensions] = [256, 6];
    const points = latticePoints(count, dimensions);
    let total = 0;
    for (let i = 0; i < count; i++) {
      let product = 1;
      for (let d = 0; d < dimensions; d++)
        product *= 1 + Math.cos(2 * Math.PI * (points[i * dimensions + d] + 0.1 * d)) / (d + 1);
      total += product;
    }
    // The integral is 1, the function's sd about 1: random points err by 1 / 16.
    expect(Math.abs(total / count - 1)).toBeLessThan(0.004);
  });

  it("refuse a count or a dimension that is none", () => {
    expect(() => latticePoints(0, 2)).toThrow(RangeError);
    expect(() => latticePoints(8, 0)).toThrow(RangeError);
  });
});
