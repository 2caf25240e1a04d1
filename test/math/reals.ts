import * as fc from "fast-check";

/** Numbers spread evenly over an interval; `fc.double` spreads their exponents, so that nearly all of its numbers are nearly 0. */
export function reals(min: number, max: number): fc.Arbitrary<number> {
  return fc.integer({ min: 0, max: 1_000_000 }).map((share) => min + ((max - min) * share) / 1_000_000);
}
