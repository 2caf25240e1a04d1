import {
  cholesky,
  logDeterminant,
  partialCholeskyAdjoint,
  solveLower,
  solveLowerTransposed,
} from "../math/linalg/cholesky.js";
import type { EffectsStage, PerFactor } from "./EffectsStage.js";
import type { DenseReference, FactorReference } from "./TransportReference.js";

/** The stage of one factor whose levels are all coupled: a dense Cholesky factor of its frozen curvature + P(theta) in each level. */
export class EffectsDense implements EffectsStage {
  readonly factors: readonly number[];
  private readonly factor: number;
  private readonly q: number;
  private readonly size: number;
  private readonly curvature: Float64Array;
  private readonly L: Float64Array;
  private readonly adjoint: Float64Array;
  /** L^-1 h, and d value / d z. */
  private readonly y: Float64Array;
  private readonly a: Float64Array;

  constructor({ factor, curvature }: DenseReference, factors: readonly FactorReference[]) {
    this.factors = [factor];
    this.factor = factor;
    this.q = factors[factor].effects;
    this.size = factors[factor].r.length;
    this.curvature = curvature;
    this.L = new Float64Array(curvature.length);
    this.adjoint = new Float64Array(curvature.length);
    this.y = new Float64Array(this.size);
    this.a = new Float64Array(this.size);
  }

  forward(P: PerFactor, h: PerFactor, position: Float64Array, starts: readonly number[], b: PerFactor): number {
    const { factor, q, size, L, y } = this;
    const [own, z] = [b[factor], starts[factor]];
    L.set(this.curvature);
    for (let k = 0; k < size; k++)
      for (let c = 0; c <= k % q; c++) L[k * size + k - (k % q) + c] += P[factor][(k % q) * q + c];
    if (!cholesky(L, size)) return Number.NaN;
    y.set(h[factor]);
    solveLower(L, size, y);
    for (let k = 0; k < size; k++) own[k] = y[k] + position[z + k];
    solveLowerTransposed(L, size, own);
    return 0.5 * logDeterminant(L, size);
  }

  backward(
    b: PerFactor,
    bAdjoint: PerFactor,
    gradient: Float64Array,
    starts: readonly number[],
    hAdjoint: PerFactor,
    PAdjoint: PerFactor,
  ): void {
    const { factor, q, size, L, adjoint, y, a } = this;
    const h = hAdjoint[factor];
    a.set(bAdjoint[factor]);
    solveLower(L, size, a);
    gradient.set(a, starts[factor]);
    h.set(a);
    solveLowerTransposed(L, size, h);
    for (let r = 0; r < size; r++) {
      for (let c = 0; c <= r; c++) adjoint[r * size + c] = -b[factor][r] * a[c] - h[r] * y[c];
      adjoint[r * (size + 1)] -= 1 / L[r * (size + 1)];
    }
    partialCholeskyAdjoint(L, size, size, adjoint);
    for (let k = 0; k < size; k++)
      for (let c = 0; c <= k % q; c++) PAdjoint[factor][(k % q) * q + c] += adjoint[k * size + k - (k % q) + c];
  }
}
