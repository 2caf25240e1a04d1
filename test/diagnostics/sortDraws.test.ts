import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sortDraws } from "../../src/diagnostics/sortDraws.js";

/** Values that collide as 32-bit keys, tie, or have no distance from the mean. */
const draw = fc.oneof(
  fc.double(),
  fc.double({ min: -3, max: 3, noNaN: true }),
  fc.integer({ min: -2, max: 2 }),
  fc.integer({ min: 0, max: 50 }).map((k) => 1e6 + k * 1e-9),
  fc.constantFrom(Infinity, -Infinity, NaN, 0, -0, 1e300, 5e-324),
);
const chains = fc.array(fc.array(draw, { maxLength: 40 }), { maxLength: 4 });

describe("sortDraws", () => {
  it("sorts as the platform's typed arrays do, and says where each draw came from", () => {
    fc.assert(
      fc.property(chains, (lists) => {
        const all = Float64Array.from(lists.flat());
        const { values, order } = sortDraws(lists.map((list) => Float64Array.from(list)));
        // Zeros of either sign are equal here, which the platform tells apart.
        expect([...values].map((value) => value + 0)).toEqual([...all.slice().sort()].map((value) => value + 0));
        expect([...order].sort((a, b) => a - b)).toEqual([...all.keys()]);
        expect([...order].map((position) => all[position])).toEqual([...values]);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});
