import { expect, it } from "vitest";
import { power } from "../../../src/math/special/power.js";

it("is exact for squares and cubes of whole numbers, and Math.pow to rounding elsewhere", () => {
  expect([power(3, 2), power(-2, 3), power(7, 0), power(4, 0.5), power(2, -2)]).toEqual([9, -8, 1, 2, 0.25]);
  for (const base of [1e-3, 0.7, 1.5, 42, 1e6])
    for (const exponent of [-3.5, -1, 0.3, 2.5, 7, 20])
      expect(power(base, exponent) / base ** exponent).toBeCloseTo(1, 13);
  expect([power(-2, 0.3), power(0, -1), power(1e200, 2), power(2, 1e300)]).toEqual([NaN, Infinity, Infinity, Infinity]);
});
