/**
 * One factor with one effect a level, all of them coupled: with the frozen curvature V diag(lambda) V' its precision is
 * V diag(lambda + P) V' at any P, and b = V ((lambda + P)^-1 V'h + (lambda + P)^-1/2 z).
 */

import {
  B,
  B_ADJOINT,
  DEVIATIONS,
  EIGENVALUES,
  EIGENVECTORS,
  H,
  H_ADJOINT,
  LEVELS,
  MEANS,
  P,
  P_ADJOINT,
  SCALES,
  SPECTRAL,
  STRIDE,
  Z,
  Z_GRADIENT,
} from "../../map/effectsDescriptor";
import { addColumns, addTo, dotColumns } from "../fixedPart";
import { sumLogs, sumOf } from "./columns";

/** Fills b; returns half the log determinant of the precision. */
export function placeSpectral(factor: usize): f64 {
  const count = load<usize>(factor, LEVELS);
  const bytes = load<usize>(factor, STRIDE);
  const eigenvalues = load<usize>(factor, EIGENVALUES);
  const scales = load<usize>(factor, SCALES);
  const means = load<usize>(factor, MEANS);
  const deviations = load<usize>(factor, DEVIATIONS);
  const spectral = load<usize>(factor, SPECTRAL);
  const precision = v128.load64_splat(load<usize>(factor, P));
  toSpectral(factor, load<usize>(factor, H), means);
  memory.copy(deviations, load<usize>(factor, Z), count << 3);
  for (let i: usize = 0; i < bytes; i += 16) {
    const root = f64x2.sqrt(f64x2.add(v128.load(eigenvalues + i), precision));
    const scale = f64x2.div(f64x2.splat(1), root);
    const mean = f64x2.mul(v128.load(means + i), f64x2.mul(scale, scale));
    const deviation = f64x2.mul(v128.load(deviations + i), scale);
    v128.store(scales + i, scale);
    v128.store(means + i, mean);
    v128.store(deviations + i, deviation);
    v128.store(spectral + i, f64x2.add(mean, deviation));
  }
  const h = load<usize>(factor, H);
  fromSpectral(factor, h);
  memory.copy(load<usize>(factor, B), h, count << 3);
  return -sumLogs(scales, count);
}

/** The adjoint, to a value that has - half the log determinant in it. */
export function placeSpectralAdjoint(factor: usize): void {
  const count = load<usize>(factor, LEVELS);
  const bytes = load<usize>(factor, STRIDE);
  const scales = load<usize>(factor, SCALES);
  const means = load<usize>(factor, MEANS);
  const deviations = load<usize>(factor, DEVIATIONS);
  const spectral = load<usize>(factor, SPECTRAL);
  const adjoint = load<usize>(factor, H_ADJOINT);
  memory.copy(adjoint, load<usize>(factor, B_ADJOINT), count << 3);
  if (count & 1) store<f64>(adjoint + (count << 3), 0);
  toSpectral(factor, adjoint, spectral);
  const half = f64x2.splat(0.5);
  for (let i: usize = 0; i < bytes; i += 16) {
    const scale = v128.load(scales + i);
    const variance = f64x2.mul(scale, scale);
    const slope = v128.load(spectral + i);
    const spread = f64x2.add(v128.load(means + i), f64x2.mul(half, v128.load(deviations + i)));
    const pull = f64x2.mul(variance, f64x2.add(f64x2.mul(slope, spread), half));
    v128.store(spectral + i, f64x2.mul(slope, variance));
    v128.store(scales + i, f64x2.mul(slope, scale));
    v128.store(means + i, pull);
  }
  memory.copy(load<usize>(factor, Z_GRADIENT), scales, count << 3);
  addTo(load<usize>(factor, P_ADJOINT), -sumOf(means, count));
  fromSpectral(factor, adjoint);
}

/** V'x, for an x padded with 0. */
function toSpectral(factor: usize, x: usize, out: usize): void {
  const bytes = load<usize>(factor, STRIDE);
  memory.fill(out, 0, bytes);
  dotColumns(x, load<usize>(factor, EIGENVECTORS), bytes, out, load<usize>(factor, LEVELS), bytes);
}

/** V times what stands in `SPECTRAL`. */
function fromSpectral(factor: usize, out: usize): void {
  const bytes = load<usize>(factor, STRIDE);
  memory.fill(out, 0, bytes);
  const spectral = load<usize>(factor, SPECTRAL);
  addColumns(out, load<usize>(factor, EIGENVECTORS), bytes, spectral, load<usize>(factor, LEVELS), bytes);
}
