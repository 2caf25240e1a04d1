import {
  atLeast,
  exp,
  expm1Scaled,
  exponentField,
  exponentOf,
  logOfProducts,
  powerOfTwo,
  remainderOf,
  unitMantissa,
} from "../vector";

/**
 * p = 1 - exp(-mu), mu = exp(eta): sum of log p for y = 1, -mu for y = 0. Below eta = -700 log p falls by eta itself. The
 * chunk's logs are the log of a product.
 */
export function bernoulliCloglog(etas: usize, responses: usize, bytes: usize): v128 {
  const one = f64x2.splat(1);
  let linear = f64x2.splat(0);
  let mantissas = one;
  let exponents = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const success = f64x2.gt(v128.load(responses + i), f64x2.splat(0.5));
    const eta = v128.load(etas + i);
    const bounded = atLeast(eta, -700);
    const mu = exp(bounded);
    const x = atLeast(f64x2.neg(mu), -708);
    const exponent = exponentOf(x);
    const scale = powerOfTwo(exponent, 1023);
    const scaled = expm1Scaled(exponent, remainderOf(x, exponent));
    const q = f64x2.add(scale, scaled);
    const p = f64x2.sub(f64x2.sub(one, scale), scaled);
    const factor = v128.bitselect(p, one, success);
    linear = f64x2.add(linear, v128.bitselect(f64x2.sub(eta, bounded), f64x2.neg(mu), success));
    mantissas = f64x2.mul(mantissas, unitMantissa(factor));
    exponents = i64x2.add(exponents, exponentField(factor));
    const hazard = f64x2.neg(f64x2.div(f64x2.mul(x, q), p));
    v128.store(etas + i, v128.bitselect(hazard, f64x2.neg(mu), success));
  }
  return f64x2.add(logOfProducts(mantissas, exponents, bytes >> 4), linear);
}
