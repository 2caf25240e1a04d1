import { atLeast, exponentOf, halfCoth, log, powerOfTwo, remainderOf } from "../vector";

/**
 * With t = eta for y = 1 and -eta for y = 0: sum of log(1 / (1 + exp(-t))) = min(t, 0) - log(1 + exp(-|t|)). By
 * exp(-|t|) = rare / likely both outcomes' probabilities cost one division, and the chunk's logs are the log of a product
 * of numbers in [1/2, 1], safe for 1000 of them a lane.
 */
export function bernoulliLogit(etas: usize, responses: usize, bytes: usize): v128 {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  let linear = zero;
  let product = one;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(responses + i);
    const sign = f64x2.sub(f64x2.add(y, y), one);
    const t = f64x2.mul(sign, v128.load(etas + i));
    const x = atLeast(f64x2.neg(f64x2.abs(t)), -708);
    const exponent = exponentOf(x);
    const r = remainderOf(x, exponent);
    const R = halfCoth(r);
    const rare = f64x2.mul(f64x2.add(R, r), powerOfTwo(exponent, 1023));
    const likely = f64x2.sub(R, r);
    const inverse = f64x2.div(one, f64x2.add(rare, likely));
    linear = f64x2.add(linear, f64x2.pmin(t, zero));
    product = f64x2.mul(product, f64x2.mul(likely, inverse));
    const other = v128.bitselect(rare, likely, f64x2.gt(t, zero));
    v128.store(etas + i, f64x2.mul(sign, f64x2.mul(other, inverse)));
  }
  return f64x2.add(linear, log(product));
}
