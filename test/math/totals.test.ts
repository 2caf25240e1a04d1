import { describe, expect, it } from "vitest";
import { largest, smallest, sum } from "../../src/math/totals.js";

describe("totals", () => {
  it("are those of the values", () => {
    const values = Float64Array.of(3, -7, 0.5);
    expect([sum(values), largest(values), smallest(values)]).toEqual([-3.5, 3, -7]);
  });

  it("of no values are what changes nothing", () => {
    expect([sum([]), largest([]), smallest([])]).toEqual([0, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
  });

  it("of values one of which is NaN are NaN", () => {
    expect([sum, largest, smallest].map((total) => total([1, Number.NaN, 2]))).toEqual([NaN, NaN, NaN]);
  });
});
