import * as fc from "fast-check";
import { reals } from "../reals.js";

/** Coefficients from the constant up. */
export function polynomials(degree: number): fc.Arbitrary<number[]> {
  const coefficient = reals(-1, 1);
  return fc.array(coefficient, { minLength: degree + 1, maxLength: degree + 1 });
}

export function polynomialAt(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, c) => sum * x + c, 0);
}

/** The integral, and the size of its terms, to which rounding is relative. */
export function integralOf(coefficients: readonly number[], from: number, to: number): { value: number; size: number } {
  const far = Math.max(1, Math.abs(from), Math.abs(to));
  let [value, size] = [0, 0];
  coefficients.forEach((c, k) => {
    value += (c * (to ** (k + 1) - from ** (k + 1))) / (k + 1);
    size += far ** (k + 1);
  });
  return { value, size };
}
