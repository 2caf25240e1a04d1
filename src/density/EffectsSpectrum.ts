import { log } from "../math/special/elementary.js";
import type { EffectsStage, PerFactor } from "./EffectsStage.js";
import type { SpectralReference } from "./TransportReference.js";

/**
 * The stage of one factor with one effect a level, all of them coupled: with the frozen curvature V diag(lambda) V' its precision is
 * V diag(lambda + P) V' at any P, and b = V ((lambda + P)^-1 V'h + (lambda + P)^-1/2 z).
 */
export class EffectsSpectrum implements EffectsStage {
  readonly factors: readonly number[];
  private readonly factor: number;
  private readonly size: number;
  private readonly eigenvalues: Float64Array;
  private readonly V: Float64Array;
  /** Length n: 1 / sqrt(lambda + P), V'h / (lambda + P), z / sqrt(lambda + P); and a vector in the coordinates of V. */
  private readonly scales: Float64Array;
  private readonly means: Float64Array;
  private readonly deviations: Float64Array;
  private readonly spectral: Float64Array;

  constructor({ factor, eigenvalues, eigenvectors }: SpectralReference) {
    this.factors = [factor];
    this.factor = factor;
    this.size = eigenvalues.length;
    this.eigenvalues = eigenvalues;
    this.V = eigenvectors;
    this.scales = new Float64Array(this.size);
    this.means = new Float64Array(this.size);
    this.deviations = new Float64Array(this.size);
    this.spectral = new Float64Array(this.size);
  }

  forward(P: PerFactor, h: PerFactor, position: Float64Array, starts: readonly number[], b: PerFactor): number {
    const { factor, size, eigenvalues, scales, means, deviations, spectral } = this;
    this.toSpectral(h[factor], means);
    let logRoots = 0;
    for (let k = 0; k < size; k++) {
      const precision = eigenvalues[k] + P[factor][0];
      logRoots += 0.5 * log(precision);
      scales[k] = 1 / Math.sqrt(precision);
      means[k] *= scales[k] * scales[k];
      deviations[k] = scales[k] * position[starts[factor] + k];
      spectral[k] = means[k] + deviations[k];
    }
    this.fromSpectral(spectral, b[factor]);
    return logRoots;
  }

  backward(
    _b: PerFactor,
    bAdjoint: PerFactor,
    gradient: Float64Array,
    starts: readonly number[],
    hAdjoint: PerFactor,
    PAdjoint: PerFactor,
  ): void {
    const { factor, size, scales, means, deviations, spectral } = this;
    this.toSpectral(bAdjoint[factor], spectral);
    for (let k = 0; k < size; k++) {
      const slope = spectral[k];
      const variance = scales[k] * scales[k];
      gradient[starts[factor] + k] = slope * scales[k];
      PAdjoint[factor][0] -= variance * (slope * (means[k] + 0.5 * deviations[k]) + 0.5);
      spectral[k] = slope * variance;
    }
    this.fromSpectral(spectral, hAdjoint[factor]);
  }

  /** V'x */
  private toSpectral(x: Float64Array, out: Float64Array): void {
    const { size, V } = this;
    for (let k = 0; k < size; k++) {
      let total = 0;
      for (let i = 0, at = k * size; i < size; i++, at++) total += V[at] * x[i];
      out[k] = total;
    }
  }

  /** V x */
  private fromSpectral(x: Float64Array, out: Float64Array): void {
    const { size, V } = this;
    out.fill(0);
    for (let k = 0; k < size; k++) for (let i = 0, at = k * size; i < size; i++, at++) out[i] += V[at] * x[k];
  }
}
