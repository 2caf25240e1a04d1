import fc from "fast-check";
import { expect, it } from "vitest";
import { quantileOfSorted } from "../../src/diagnostics/quantile.js";
import { quantilesOf } from "../../src/diagnostics/quantilesOf.js";

it("finds by selection the quantiles that sorting finds, of values with ties and infinities too", () => {
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true }),
    fc.constant(Number.POSITIVE_INFINITY),
  );
  const probabilities = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 });
  const property = fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), probabilities, (values, asked) => {
    const at = asked.sort((a, b) => a - b);
    const sorted = Float64Array.from(values).sort();
    expect(quantilesOf(Float64Array.from(values), at)).toEqual(at.map((p) => quantileOfSorted(sorted, p)));
  });
  fc.assert(property, { seed: 20261130, numRuns: 2000 });
});

it("has none of values that are no numbers", () => {
  expect(quantilesOf(Float64Array.of(1, Number.NaN, 2), [0.1, 0.5])).toEqual([Number.NaN, Number.NaN]);
});
