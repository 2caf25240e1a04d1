import { exp } from "../vector";

/** sum of y eta - exp(eta) */
export function poissonLog(etas: usize, responses: usize, bytes: usize): v128 {
  let total = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const y = v128.load(responses + i);
    const eta = v128.load(etas + i);
    const mu = exp(eta);
    total = f64x2.add(total, f64x2.sub(f64x2.mul(y, eta), mu));
    v128.store(etas + i, f64x2.sub(y, mu));
  }
  return total;
}
