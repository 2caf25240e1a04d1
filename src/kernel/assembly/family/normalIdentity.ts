import { DESCRIPTOR, DISPERSION, DISPERSION_GRADIENT } from "../../descriptor";

/** -sum (y - mu)^2 / (2 sigma^2) */
export function normalIdentity(etas: usize, responses: usize, bytes: usize): v128 {
  const sigma = load<f64>(DESCRIPTOR + DISPERSION);
  const precision = f64x2.splat(1 / (sigma * sigma));
  let squares = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const residual = f64x2.sub(v128.load(responses + i), v128.load(etas + i));
    squares = f64x2.add(squares, f64x2.mul(residual, residual));
    v128.store(etas + i, f64x2.mul(residual, precision));
  }
  const scaled = f64x2.mul(squares, precision);
  const gradient = f64x2.div(scaled, f64x2.splat(sigma));
  v128.store(DESCRIPTOR + DISPERSION_GRADIENT, f64x2.add(v128.load(DESCRIPTOR + DISPERSION_GRADIENT), gradient));
  return f64x2.mul(f64x2.splat(-0.5), scaled);
}
