import { exp, exponentField, logOfProducts, scaledNormalTail, unitMantissa } from "../vector";

/**
 * With t = eta for y = 1 and -eta for y = 0: sum of log Phi(t), which is -t^2 / 2 + log(tail) for t < 0 and
 * log(1 - exp(-t^2 / 2) tail) else. The chunk's logs are the log of a product.
 */
export function bernoulliProbit(etas: usize, responses: usize, bytes: usize): v128 {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  const densityAtZero = f64x2.splat(0.3989422804014327);
  let squares = zero;
  let mantissas = one;
  let exponents = zero;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(responses + i);
    const sign = f64x2.sub(f64x2.add(y, y), one);
    const t = f64x2.mul(sign, v128.load(etas + i));
    const tail = scaledNormalTail(f64x2.abs(t));
    const fall = exp(f64x2.mul(f64x2.mul(t, t), f64x2.splat(-0.5)));
    const below = f64x2.lt(t, zero);
    const factor = v128.bitselect(tail, f64x2.sub(one, f64x2.mul(fall, tail)), below);
    const density = f64x2.mul(densityAtZero, v128.bitselect(one, fall, below));
    const negative = f64x2.pmin(t, zero);
    squares = f64x2.add(squares, f64x2.mul(negative, negative));
    mantissas = f64x2.mul(mantissas, unitMantissa(factor));
    exponents = i64x2.add(exponents, exponentField(factor));
    v128.store(etas + i, f64x2.mul(sign, f64x2.div(density, factor)));
  }
  return f64x2.sub(logOfProducts(mantissas, exponents, bytes >> 4), f64x2.mul(f64x2.splat(0.5), squares));
}
