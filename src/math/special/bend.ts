import { exp, log1pexp } from "./elementary.js";

/** Sharpness of the bend about zero. */
const RATE = 2;

/**
 * g(w) = w - c (s(w)^2 - s(0)^2) / 2, where s falls from -w to 0 about zero: straight to the right, a parabola to the left, so that a density
 * with an exponential tail there, as a log sd that may be zero has, gets a normal one. At c = 0 g is the identity.
 */
export function bendAt(
  w: number,
  c: number,
): { readonly value: number; readonly slope: number; readonly curvature: number } {
  const s = log1pexp(-RATE * w) / RATE;
  const share = 1 / (1 + exp(RATE * w));
  const atZero = log1pexp(0) / RATE;
  return {
    value: w - 0.5 * c * (s * s - atZero * atZero),
    slope: 1 + c * s * share,
    curvature: -c * share * (share + RATE * s * (1 - share)),
  };
}
