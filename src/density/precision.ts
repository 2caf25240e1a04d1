import { log } from "../math/special/elementary.js";

/** P = Lambda^-T Lambda^-1 by the columns of Lambda^-1. */
export function precision(Lambda: Float64Array, P: Float64Array): number {
  const q = Math.round(Math.sqrt(Lambda.length));
  const inverse = new Float64Array(q * q);
  let logDeterminant = 0;
  for (let c = 0; c < q; c++) {
    logDeterminant -= 2 * log(Lambda[c * q + c]);
    for (let r = c; r < q; r++) {
      let value = r === c ? 1 : 0;
      for (let k = c; k < r; k++) value -= Lambda[r * q + k] * inverse[k * q + c];
      inverse[r * q + c] = value / Lambda[r * q + r];
    }
  }
  for (let a = 0; a < q; a++)
    for (let b = 0; b < q; b++) {
      let total = 0;
      for (let r = Math.max(a, b); r < q; r++) total += inverse[r * q + a] * inverse[r * q + b];
      P[a * q + b] = total;
    }
  return logDeterminant;
}

/** dP = -P (dLambda Lambda' + Lambda dLambda') P, so LambdaBar = -P (PBar + PBar') P Lambda; log |P| = -2 sum log Lambda_rr. */
export function chainPrecision(
  Lambda: Float64Array,
  P: Float64Array,
  gradients: { readonly P: Float64Array; readonly logDeterminant: number },
  LambdaGradient: Float64Array,
): void {
  const q = Math.round(Math.sqrt(Lambda.length));
  const symmetric = gradients.P.map((value, k) => value + gradients.P[(k % q) * q + Math.floor(k / q)]);
  const product = multiply(multiply(P, symmetric, q), multiply(P, Lambda, q), q);
  for (let r = 0; r < q; r++) {
    for (let c = 0; c <= r; c++) LambdaGradient[r * q + c] -= product[r * q + c];
    LambdaGradient[r * q + r] -= (2 * gradients.logDeterminant) / Lambda[r * q + r];
  }
}

function multiply(A: Float64Array, B: Float64Array, q: number): Float64Array {
  const C = new Float64Array(q * q);
  for (let a = 0; a < q; a++)
    for (let k = 0; k < q; k++) for (let b = 0; b < q; b++) C[a * q + b] += A[a * q + k] * B[k * q + b];
  return C;
}
