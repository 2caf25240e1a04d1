import { DESCRIPTOR, DISPERSION, DISPERSION_GRADIENT } from "../../descriptor";
import { atLeast, exponentOf, halfCoth, log, log1pRatio, powerOfTwo, remainderOf } from "../vector";

/**
 * sum of y eta - (y + phi) log(1 + mu / phi). With d = eta - log phi the logarithm is max(d, 0) + log(1 + exp(-|d|)), so no
 * eta overflows, and mu / (mu + phi) is the logistic function of d; exp(-|d|) = smaller / larger.
 */
export function negativeBinomialLog(etas: usize, responses: usize, bytes: usize): v128 {
  const zero = f64x2.splat(0);
  const phi = f64x2.splat(load<f64>(DESCRIPTOR + DISPERSION));
  const logPhi = log(phi);
  const inversePhi = f64x2.div(f64x2.splat(1), phi);
  let total = zero;
  let gradient = zero;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(responses + i);
    const eta = v128.load(etas + i);
    const d = f64x2.sub(eta, logPhi);
    const x = atLeast(f64x2.neg(f64x2.abs(d)), -708);
    const exponent = exponentOf(x);
    const r = remainderOf(x, exponent);
    const R = halfCoth(r);
    const smaller = f64x2.mul(f64x2.add(R, r), powerOfTwo(exponent, 1023));
    const larger = f64x2.sub(R, r);
    const inverse = f64x2.div(f64x2.splat(1), f64x2.add(smaller, larger));
    const above = f64x2.gt(d, zero);
    const fraction = f64x2.mul(v128.bitselect(larger, smaller, above), inverse);
    const rest = f64x2.mul(v128.bitselect(smaller, larger, above), inverse);
    const excess = v128.and(d, above);
    const log1pExp = log1pRatio(smaller, larger);
    const sizes = f64x2.add(y, phi);
    const bent = f64x2.sub(f64x2.mul(y, f64x2.pmin(eta, logPhi)), f64x2.mul(phi, excess));
    total = f64x2.add(total, f64x2.sub(bent, f64x2.mul(sizes, log1pExp)));
    const weighted = f64x2.mul(f64x2.mul(sizes, fraction), inversePhi);
    gradient = f64x2.add(gradient, f64x2.sub(f64x2.sub(weighted, excess), log1pExp));
    v128.store(etas + i, f64x2.sub(f64x2.mul(y, rest), f64x2.mul(phi, fraction)));
  }
  v128.store(DESCRIPTOR + DISPERSION_GRADIENT, f64x2.add(v128.load(DESCRIPTOR + DISPERSION_GRADIENT), gradient));
  return total;
}
