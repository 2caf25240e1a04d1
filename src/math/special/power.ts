import { exp, log } from "./elementary.js";

/** base^exponent with the same bits on every platform: by multiplication for whole exponents, else exp(exponent log base). */
export function power(base: number, exponent: number): number {
  if (Number.isInteger(exponent)) return exponent < 0 ? 1 / wholePower(base, -exponent) : wholePower(base, exponent);
  return exponent === 0.5 ? Math.sqrt(base) : exp(exponent * log(base));
}

function wholePower(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}
