import { log } from "../math/special/elementary.js";

/** P = Lambda^-T Lambda^-1 by the columns of Lambda^-1, which the lower triangle of P holds until they are used; returns log |P|. */
export function precision(Lambda: Float64Array, P: Float64Array): number {
  const q = Math.round(Math.sqrt(Lambda.length));
  let logDeterminant = 0;
  for (let c = 0; c < q; c++) {
    logDeterminant -= 2 * log(Lambda[c * q + c]);
    for (let r = c; r < q; r++) {
      let value = r === c ? 1 : 0;
      for (let k = c; k < r; k++) value -= Lambda[r * q + k] * P[k * q + c];
      P[r * q + c] = value / Lambda[r * q + r];
    }
  }
  for (let a = 0; a < q; a++)
    for (let b = 0; b <= a; b++) {
      let total = 0;
      for (let r = a; r < q; r++) total += P[r * q + a] * P[r * q + b];
      P[a * q + b] = total;
      P[b * q + a] = total;
    }
  return logDeterminant;
}

/**
 * dP = -P (dLambda Lambda' + Lambda dLambda') P, so LambdaBar = -P (PBar + PBar') P Lambda; log |P| = -2 sum log Lambda_rr.
 * `work` has room for 2 q numbers, kept by callers that come once a gradient.
 */
export function chainPrecision(
  Lambda: Float64Array,
  P: Float64Array,
  gradients: { readonly P: Float64Array; readonly logDeterminant: number },
  LambdaGradient: Float64Array,
  work: Float64Array = new Float64Array(2 * Math.round(Math.sqrt(Lambda.length))),
): void {
  const q = Math.round(Math.sqrt(Lambda.length));
  for (let r = 0; r < q; r++) {
    for (let c = 0; c < q; c++) {
      work[c] = product(P, r, gradients.P, c, q);
      work[q + c] = 0;
    }
    for (let k = 0; k < q; k++) for (let c = 0; c < q; c++) work[q + c] += work[k] * P[k * q + c];
    for (let c = 0; c <= r; c++)
      for (let k = c; k < q; k++) LambdaGradient[r * q + c] -= work[q + k] * Lambda[k * q + c];
    LambdaGradient[r * q + r] -= (2 * gradients.logDeterminant) / Lambda[r * q + r];
  }
}

/** Entry (r, c) of P (slopes + slopes'). */
function product(P: Float64Array, r: number, slopes: Float64Array, c: number, q: number): number {
  let total = 0;
  for (let k = 0; k < q; k++) total += P[r * q + k] * (slopes[k * q + c] + slopes[c * q + k]);
  return total;
}
