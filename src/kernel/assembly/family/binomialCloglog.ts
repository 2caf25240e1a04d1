import { atLeast, exp, expm1Scaled, exponentOf, logWithComplement, powerOfTwo, remainderOf } from "../vector";

/** p = 1 - exp(-mu), mu = exp(eta): sum of y log p - (size - y) mu. Below eta = -700 log p falls by eta itself. */
export function binomialCloglog(etas: usize, responses: usize, trials: usize, bytes: usize): v128 {
  let total = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(responses + i);
    const failures = f64x2.sub(v128.load(trials + i), y);
    const eta = v128.load(etas + i);
    const bounded = atLeast(eta, -700);
    const mu = exp(bounded);
    const x = atLeast(f64x2.neg(mu), -708);
    const exponent = exponentOf(x);
    const scale = powerOfTwo(exponent, 1023);
    const scaled = expm1Scaled(exponent, remainderOf(x, exponent));
    const q = f64x2.add(scale, scaled);
    const p = f64x2.sub(f64x2.sub(f64x2.splat(1), scale), scaled);
    const logP = f64x2.add(logWithComplement(p, q), f64x2.sub(eta, bounded));
    // No failures cost nothing even where mu is infinite.
    const lost = v128.and(f64x2.mul(failures, mu), f64x2.ne(failures, f64x2.splat(0)));
    total = f64x2.add(total, f64x2.sub(f64x2.mul(y, logP), lost));
    const hazard = f64x2.neg(f64x2.div(f64x2.mul(x, q), p));
    v128.store(etas + i, f64x2.sub(f64x2.mul(y, hazard), lost));
  }
  return total;
}
