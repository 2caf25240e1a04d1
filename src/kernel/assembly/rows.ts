import { BERNOULLI_LOGIT, BINOMIAL_LOGIT, POISSON_LOG } from "../descriptor";
import { atLeast, exp, exponentOf, halfCoth, log1pRatio, powerOfTwo, remainderOf } from "./vector";

/**
 * The log-likelihood of each row and its first three derivatives in the linear predictor: four columns of `bytes` from `out` on. `trials`
 * is 0 where every row is of one. False for a kernel other than these, whose links are canonical.
 */
export function rowDerivatives(kernel: usize, eta: usize, y: usize, trials: usize, out: usize, bytes: usize): bool {
  switch (kernel) {
    case BERNOULLI_LOGIT:
    case BINOMIAL_LOGIT:
      logitRows(eta, y, trials, out, bytes);
      return true;
    case POISSON_LOG:
      poissonRows(eta, y, out, bytes);
      return true;
    default:
      return false;
  }
}

/** As binomialLogit.ts has it, with variance size p q and third derivative -size p q (q - p). */
function logitRows(etas: usize, responses: usize, trials: usize, out: usize, bytes: usize): void {
  const zero = f64x2.splat(0);
  const one = f64x2.splat(1);
  for (let i: usize = 0; i < bytes; i += 16, out += 16) {
    const y = v128.load(responses + i);
    const size = trials ? v128.load(trials + i) : one;
    const failures = f64x2.sub(size, y);
    const eta = v128.load(etas + i);
    const x = atLeast(f64x2.neg(f64x2.abs(eta)), -708);
    const exponent = exponentOf(x);
    const r = remainderOf(x, exponent);
    const R = halfCoth(r);
    const rare = f64x2.mul(f64x2.add(R, r), powerOfTwo(exponent, 1023));
    const likely = f64x2.sub(R, r);
    const inverse = f64x2.div(one, f64x2.add(rare, likely));
    const positive = f64x2.gt(eta, zero);
    const against = f64x2.mul(v128.bitselect(failures, y, positive), f64x2.abs(eta));
    const p = f64x2.mul(inverse, v128.bitselect(likely, rare, positive));
    const q = f64x2.mul(inverse, v128.bitselect(rare, likely, positive));
    const curvature = f64x2.neg(f64x2.mul(size, f64x2.mul(p, q)));
    v128.store(out, f64x2.neg(f64x2.add(against, f64x2.mul(size, log1pRatio(rare, likely)))));
    v128.store(out + bytes, f64x2.sub(f64x2.mul(y, q), f64x2.mul(failures, p)));
    v128.store(out + 2 * bytes, curvature);
    v128.store(out + 3 * bytes, f64x2.mul(curvature, f64x2.sub(q, p)));
  }
}

/** y eta - exp(eta) */
function poissonRows(etas: usize, responses: usize, out: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16, out += 16) {
    const y = v128.load(responses + i);
    const eta = v128.load(etas + i);
    const mu = exp(eta);
    const negative = f64x2.neg(mu);
    v128.store(out, f64x2.sub(f64x2.mul(y, eta), mu));
    v128.store(out + bytes, f64x2.sub(y, mu));
    v128.store(out + 2 * bytes, negative);
    v128.store(out + 3 * bytes, negative);
  }
}
