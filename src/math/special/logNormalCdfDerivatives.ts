import erfcx from "@stdlib/math-base-special-erfcx";
import { exp, log, log1p } from "./elementary.js";
import { LOG_SQRT_TWO_PI, logNormalDensity } from "./normalDistribution.js";

/** A value, and its first three derivatives in eta. */
export interface Derivatives {
  value: number;
  dEta: number;
  dEta2: number;
  dEta3: number;
}

/** Below it a continued fraction replaces erfcx, whose hazard would lose the digits of eta + hazard. */
const TAIL_START = -5;
/** Enough for a double at TAIL_START and below. */
const TAIL_TERMS = 16;
const INVERSE_SQRT_TWO_PI = exp(-LOG_SQRT_TWO_PI);

/** log Phi(eta) and its derivatives as far as `order` asks, without cancellation wherever eta lies. */
export function logNormalCdfDerivatives(eta: number, order: 0 | 1 | 2 | 3, out: Derivatives): void {
  if (eta < TAIL_START) {
    lowerTail(-eta, out);
    return;
  }
  const scaledTail = 0.5 * erfcx(Math.abs(eta) * Math.SQRT1_2);
  const density = exp(-0.5 * eta * eta);
  const tail = scaledTail * density;
  out.value = eta < 0 ? log(scaledTail) - 0.5 * eta * eta : log1p(-tail);
  if (order === 0) return;
  const hazard = INVERSE_SQRT_TWO_PI * (eta < 0 ? 1 / scaledTail : density / (1 - tail));
  out.dEta = hazard;
  out.dEta2 = -hazard * (eta + hazard);
  out.dEta3 = hazard * ((eta + hazard) * (eta + 2 * hazard) - 1);
}

/**
 * log Phi(-t) for large t by Laplace's continued fraction, hazard = t + 1 / (t + 2 / (t + 3 / (t + ...))), whose tails
 * also give the derivatives as products and small differences.
 */
function lowerTail(t: number, out: Derivatives): void {
  let fourth = 0;
  for (let k = TAIL_TERMS; k >= 4; k--) fourth = k / (t + fourth);
  const third = 3 / (t + fourth);
  const second = 2 / (t + third);
  const first = 1 / (t + second);
  const hazard = t + first;
  out.value = logNormalDensity(t) - log(hazard);
  out.dEta = hazard;
  out.dEta2 = -hazard * first;
  out.dEta3 = hazard * first * first * second * (third - second);
}
