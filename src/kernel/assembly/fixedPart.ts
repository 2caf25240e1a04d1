import { BETA, BETA_GRADIENT, COLUMNS, DESCRIPTOR, OFFSET, STRIDE, X } from "../descriptor";
import { sum } from "./vector";

/** eta = offset + X beta */
export function addFixedPart(eta: usize, first: usize, bytes: usize): void {
  const stride = load<usize>(DESCRIPTOR + STRIDE);
  const offset = load<usize>(DESCRIPTOR + OFFSET);
  if (offset) memory.copy(eta, offset + (first << 3), bytes);
  else memory.fill(eta, 0, bytes);
  const x = load<usize>(DESCRIPTOR + X) + (first << 3);
  addColumns(eta, x, stride, load<usize>(DESCRIPTOR + BETA), load<usize>(DESCRIPTOR + COLUMNS), bytes);
}

/** eta += the columns of x times beta, four a pass. */
export function addColumns(eta: usize, x: usize, stride: usize, beta: usize, columns: usize, bytes: usize): void {
  const betaEnd = beta + (columns << 3);
  for (; beta + 32 <= betaEnd; beta += 32, x += stride << 2) addFourColumns(eta, x, stride, beta, bytes);
  for (; beta + 16 <= betaEnd; beta += 16, x += stride << 1) addTwoColumns(eta, x, stride, beta, bytes);
  if (beta < betaEnd) addColumn(eta, x, load<f64>(beta), bytes);
}

function addFourColumns(eta: usize, x: usize, stride: usize, beta: usize, bytes: usize): void {
  const b0 = v128.load64_splat(beta);
  const b1 = v128.load64_splat(beta + 8);
  const b2 = v128.load64_splat(beta + 16);
  const b3 = v128.load64_splat(beta + 24);
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  for (let i: usize = 0; i < bytes; i += 16) {
    const left = f64x2.add(f64x2.mul(v128.load(x + i), b0), f64x2.mul(v128.load(x1 + i), b1));
    const right = f64x2.add(f64x2.mul(v128.load(x2 + i), b2), f64x2.mul(v128.load(x3 + i), b3));
    v128.store(eta + i, f64x2.add(v128.load(eta + i), f64x2.add(left, right)));
  }
}

function addTwoColumns(eta: usize, x: usize, stride: usize, beta: usize, bytes: usize): void {
  const b0 = v128.load64_splat(beta);
  const b1 = v128.load64_splat(beta + 8);
  const x1 = x + stride;
  for (let i: usize = 0; i < bytes; i += 16) {
    const both = f64x2.add(f64x2.mul(v128.load(x + i), b0), f64x2.mul(v128.load(x1 + i), b1));
    v128.store(eta + i, f64x2.add(v128.load(eta + i), both));
  }
}

function addColumn(eta: usize, x: usize, coefficient: f64, bytes: usize): void {
  const b = f64x2.splat(coefficient);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(eta + i, f64x2.add(v128.load(eta + i), f64x2.mul(v128.load(x + i), b)));
  }
}

/** d / d beta += X' score */
export function addFixedGradient(score: usize, first: usize, bytes: usize): void {
  const x = load<usize>(DESCRIPTOR + X) + (first << 3);
  const gradient = load<usize>(DESCRIPTOR + BETA_GRADIENT);
  dotColumns(score, x, load<usize>(DESCRIPTOR + STRIDE), gradient, load<usize>(DESCRIPTOR + COLUMNS), bytes);
}

/** gradient += the columns of x times score, the adjoint of `addColumns` */
export function dotColumns(score: usize, x: usize, stride: usize, gradient: usize, columns: usize, bytes: usize): void {
  const gradientEnd = gradient + (columns << 3);
  for (; gradient + 32 <= gradientEnd; gradient += 32, x += stride << 2)
    dotFourColumns(score, x, stride, gradient, bytes);
  for (; gradient + 16 <= gradientEnd; gradient += 16, x += stride << 1)
    dotTwoColumns(score, x, stride, gradient, bytes);
  if (gradient < gradientEnd) dotColumn(score, x, gradient, bytes);
}

function dotFourColumns(score: usize, x: usize, stride: usize, gradient: usize, bytes: usize): void {
  let g0 = f64x2.splat(0);
  let g1 = g0;
  let g2 = g0;
  let g3 = g0;
  const x1 = x + stride;
  const x2 = x1 + stride;
  const x3 = x2 + stride;
  for (let i: usize = 0; i < bytes; i += 16) {
    const s = v128.load(score + i);
    g0 = f64x2.add(g0, f64x2.mul(v128.load(x + i), s));
    g1 = f64x2.add(g1, f64x2.mul(v128.load(x1 + i), s));
    g2 = f64x2.add(g2, f64x2.mul(v128.load(x2 + i), s));
    g3 = f64x2.add(g3, f64x2.mul(v128.load(x3 + i), s));
  }
  addTo(gradient, sum(g0));
  addTo(gradient + 8, sum(g1));
  addTo(gradient + 16, sum(g2));
  addTo(gradient + 24, sum(g3));
}

function dotTwoColumns(score: usize, x: usize, stride: usize, gradient: usize, bytes: usize): void {
  let g0 = f64x2.splat(0);
  let g1 = g0;
  const x1 = x + stride;
  for (let i: usize = 0; i < bytes; i += 16) {
    const s = v128.load(score + i);
    g0 = f64x2.add(g0, f64x2.mul(v128.load(x + i), s));
    g1 = f64x2.add(g1, f64x2.mul(v128.load(x1 + i), s));
  }
  addTo(gradient, sum(g0));
  addTo(gradient + 8, sum(g1));
}

function dotColumn(score: usize, x: usize, gradient: usize, bytes: usize): void {
  let g = f64x2.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    g = f64x2.add(g, f64x2.mul(v128.load(x + i), v128.load(score + i)));
  }
  addTo(gradient, sum(g));
}

export function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}
