import { exp, log1p } from "../math/special/elementary.js";
import { log1mExp } from "../math/special/logProbability.js";
import type { RowDerivatives } from "./Family.js";

/** log(exp(a) + exp(b)) with its derivatives, as far as `order` asks. */
export function logSum(a: RowDerivatives, b: RowDerivatives, order: 0 | 1 | 2 | 3, out: RowDerivatives): void {
  const most = Math.max(a.value, b.value);
  const value = most === -Infinity ? -Infinity : most + log1p(exp(Math.min(a.value, b.value) - most));
  combine(a, exp(a.value - value), b, exp(b.value - value), order, out);
  out.value = value;
}

/** log(exp(a) - exp(b)) for a > b, with its derivatives; -Infinity where there is nothing left. */
export function logDifference(a: RowDerivatives, b: RowDerivatives, order: 0 | 1 | 2 | 3, out: RowDerivatives): void {
  const value = a.value > b.value ? a.value + log1mExp(b.value - a.value) : -Infinity;
  combine(a, exp(a.value - value), b, -exp(b.value - value), order, out);
  out.value = value;
}

/**
 * Derivatives of log(A + B) from those of log |A| and log |B|, which have shares r and s of the sum, r + s = 1: with the moments M1 = E l', M2 = E(l'' + l'^2) and so on
 * under these shares they are the cumulants M1, M2 - M1^2, M3 - 3 M1 M2 + 2 M1^3.
 */
function combine(
  a: RowDerivatives,
  r: number,
  b: RowDerivatives,
  s: number,
  order: 0 | 1 | 2 | 3,
  out: RowDerivatives,
): void {
  if (order === 0) return;
  const [a1, a2, a3, b1, b2, b3] = [a.dEta, a.dEta2, a.dEta3, b.dEta, b.dEta2, b.dEta3];
  const M1 = share(r, a1) + share(s, b1);
  const M2 = share(r, a2 + a1 * a1) + share(s, b2 + b1 * b1);
  const M3 = share(r, a3 + 3 * a1 * a2 + a1 * a1 * a1) + share(s, b3 + 3 * b1 * b2 + b1 * b1 * b1);
  for (let k = 0; k < out.dPhi.length; k++) {
    const [p, p1, p2] = [a.dPhi[k], a.dEtaPhi[k], a.dEta2Phi[k]];
    const [q, q1, q2] = [b.dPhi[k], b.dEtaPhi[k], b.dEta2Phi[k]];
    const N0 = share(r, p) + share(s, q);
    const N1 = share(r, p1 + a1 * p) + share(s, q1 + b1 * q);
    const N2 = share(r, p2 + 2 * p1 * a1 + p * (a2 + a1 * a1)) + share(s, q2 + 2 * q1 * b1 + q * (b2 + b1 * b1));
    out.dPhi[k] = N0;
    out.dEtaPhi[k] = N1 - N0 * M1;
    out.dEta2Phi[k] = N2 - 2 * N1 * M1 - N0 * M2 + 2 * N0 * M1 * M1;
  }
  out.dEta = M1;
  out.dEta2 = M2 - M1 * M1;
  out.dEta3 = M3 - 3 * M1 * M2 + 2 * M1 * M1 * M1;
}

/** What has no share counts for nothing, whatever its derivatives are. */
function share(weight: number, value: number): number {
  return weight === 0 ? 0 : weight * value;
}

/** The log of a quotient. */
export function subtract(less: RowDerivatives, from: RowDerivatives): void {
  from.value -= less.value;
  from.dEta -= less.dEta;
  from.dEta2 -= less.dEta2;
  from.dEta3 -= less.dEta3;
  for (let k = 0; k < from.dPhi.length; k++) {
    from.dPhi[k] -= less.dPhi[k];
    from.dEtaPhi[k] -= less.dEtaPhi[k];
    from.dEta2Phi[k] -= less.dEta2Phi[k];
  }
}

/** A probability of 1, whatever the parameters are. */
export function copyOne(out: RowDerivatives): void {
  [out.value, out.dEta, out.dEta2, out.dEta3] = [0, 0, 0, 0];
  for (const values of [out.dPhi, out.dEtaPhi, out.dEta2Phi]) values.fill(0);
}
