import { DESCRIPTOR, DISPERSION, DISPERSION_GRADIENT } from "../descriptor";
import { sum } from "./vector";

/** -sum (y - mu)^2 / (2 sigma^2) */
export function normalIdentity(etas: usize, responses: usize, bytes: usize): f64 {
  const sigma = load<f64>(DESCRIPTOR + DISPERSION);
  const precision = f64x2.splat(1 / (sigma * sigma));
  let squares = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const residual = f64x2.sub(v128.load(responses + i), v128.load(etas + i));
    squares = f64x2.add(squares, f64x2.mul(residual, residual));
    v128.store(etas + i, f64x2.mul(residual, precision));
  }
  const scaled = sum(squares) / (sigma * sigma);
  const gradient = DESCRIPTOR + DISPERSION_GRADIENT;
  store<f64>(gradient, load<f64>(gradient) + scaled / sigma);
  return -0.5 * scaled;
}
