import { atLeast, exponentOf, halfCoth, log1pRatio, powerOfTwo, remainderOf } from "../vector";

/** sum of y log p + (size - y) log(1 - p), log p = min(eta, 0) - log(1 + exp(-|eta|)), by exp(-|eta|) = rare / likely. */
export function binomialLogit(etas: usize, responses: usize, trials: usize, bytes: usize): v128 {
  const zero = f64x2.splat(0);
  let total = zero;
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(responses + i);
    const size = v128.load(trials + i);
    const failures = f64x2.sub(size, y);
    const eta = v128.load(etas + i);
    const x = atLeast(f64x2.neg(f64x2.abs(eta)), -708);
    const exponent = exponentOf(x);
    const r = remainderOf(x, exponent);
    const R = halfCoth(r);
    const rare = f64x2.mul(f64x2.add(R, r), powerOfTwo(exponent, 1023));
    const likely = f64x2.sub(R, r);
    const positive = f64x2.gt(eta, zero);
    const against = f64x2.mul(v128.bitselect(failures, y, positive), f64x2.abs(eta));
    total = f64x2.sub(total, f64x2.add(against, f64x2.mul(size, log1pRatio(rare, likely))));
    const p = v128.bitselect(likely, rare, positive);
    const q = v128.bitselect(rare, likely, positive);
    const score = f64x2.sub(f64x2.mul(y, q), f64x2.mul(failures, p));
    v128.store(etas + i, f64x2.div(score, f64x2.add(rare, likely)));
  }
  return total;
}
