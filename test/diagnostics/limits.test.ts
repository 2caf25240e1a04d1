import fc from "fast-check";
import { expect, it } from "vitest";
import { LARGEST_RHAT, rhatText } from "../../src/diagnostics/limits.js";

it("an R-hat as it is printed is on the same side of its limit as it is", () => {
  expect([1, 1.0004, 1.0096, 1.01, 1.0102, 1.01001, 1.2].map(rhatText)).toEqual([
    "1.000",
    "1.000",
    "1.010",
    "1.010",
    "1.0102",
    "1.01001",
    "1.200",
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0.99, max: 1.03, noNaN: true }), (rhat) => {
      expect(Number(rhatText(rhat)) > LARGEST_RHAT).toBe(rhat > LARGEST_RHAT);
    }),
  );
});
