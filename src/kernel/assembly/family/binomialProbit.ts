import { exp, log, log1p, scaledNormalTail } from "../vector";

/** sum of y log Phi(eta) + (size - y) log Phi(-eta); the smaller of the two by the scaled tail, the other by log1p. */
export function binomialProbit(etas: usize, responses: usize, trials: usize, bytes: usize): v128 {
  const one = f64x2.splat(1);
  const densityAtZero = f64x2.splat(0.3989422804014327);
  let total = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(responses + i);
    const failures = f64x2.sub(v128.load(trials + i), y);
    const eta = v128.load(etas + i);
    const tail = scaledNormalTail(f64x2.abs(eta));
    const halfSquare = f64x2.mul(f64x2.mul(eta, eta), f64x2.splat(-0.5));
    const fall = exp(halfSquare);
    const smaller = f64x2.mul(fall, tail);
    const below = f64x2.lt(eta, f64x2.splat(0));
    const unlikely = v128.bitselect(y, failures, below);
    const likely = v128.bitselect(failures, y, below);
    total = f64x2.add(total, f64x2.mul(unlikely, f64x2.add(halfSquare, log(tail))));
    total = f64x2.add(total, f64x2.mul(likely, log1p(f64x2.neg(smaller))));
    const towards = f64x2.div(unlikely, tail);
    const away = f64x2.div(f64x2.mul(likely, fall), f64x2.sub(one, smaller));
    const sign = v128.bitselect(densityAtZero, f64x2.neg(densityAtZero), below);
    v128.store(etas + i, f64x2.mul(sign, f64x2.sub(towards, away)));
  }
  return total;
}
