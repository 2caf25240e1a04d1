import type { EffectsBlocks, LatentGaussian, LatentValues, RowScores } from "../density/LatentGaussian.js";
import { effectsBlocks, effectsVectors } from "./BlockCholesky.js";
import { addBlockProducts, sandwich, transposed } from "./blockProducts.js";
import type { ConditionalModes } from "./conditionalModes.js";
import type { EffectsHessian } from "./EffectsHessian.js";
import { addOuter, scaleEffects, scaleTransposed } from "./effects.js";

/**
 * Derivatives of a marginal likelihood that is written as a function of rows, Lambda, conditional modes and the Hessian H in u at them, each
 * with the others held.
 */
export interface ModeAdjoint {
  /** In the linear predictors of the rows. */
  readonly rows: RowScores;
  readonly Lambda: readonly Float64Array[];
  /** In the modes. Null where the modes are a stationary point. */
  readonly u: readonly Float64Array[] | null;
  /** In H, symmetric: an off-diagonal block stands for half of its two places' sum. */
  readonly H: EffectsBlocks;
}

/** Implicit differentiation through conditional modes, with buffers that are kept from call to call. */
export class ModeChain {
  private readonly view: LatentGaussian;
  private readonly hessian: EffectsHessian;
  private readonly v: Float64Array[];
  private readonly scaled: Float64Array[];
  private readonly conjugated: EffectsBlocks;
  private readonly weightAdjoint: Float64Array;
  private readonly t: Float64Array;
  private readonly a: Float64Array;
  private readonly r: Float64Array;

  constructor(view: LatentGaussian, hessian: EffectsHessian) {
    const rows = () => new Float64Array(view.rows);
    this.view = view;
    this.hessian = hessian;
    [this.v, this.scaled] = [effectsVectors(view), effectsVectors(view)];
    this.conjugated = effectsBlocks(view);
    [this.weightAdjoint, this.t, this.a, this.r] = [rows(), rows(), rows(), rows()];
  }

  /**
   * Sets `gradients`, from an adjoint at the modes found at `values`, whose H the Hessian holds. H answers to each row through its weight
   * w = -l'', whose own answer to eta is t; the modes move by du = H^-1 d(Lambda' Z's - u), so that v = H^-1 of their adjoint and
   * a = Z Lambda v; then r = eta + t - w a is the derivative in each row's fixed part.
   */
  apply(
    values: LatentValues,
    { u, table, ZWZ }: ConditionalModes,
    adjoint: ModeAdjoint,
    gradients: LatentValues,
  ): void {
    const { view, v, scaled, weightAdjoint, t, a, r } = this;
    this.conjugate(adjoint.H, values.Lambda);
    view.rowForms(this.conjugated, weightAdjoint);
    for (let i = 0; i < view.rows; i++) t[i] = -weightAdjoint[i] * table.dEta3[i];
    for (let f = 0; f < v.length; f++) {
      view.crossEffects(f, t, v[f]);
      scaleTransposed(values.Lambda[f], v[f]);
      if (adjoint.u !== null) for (let k = 0; k < v[f].length; k++) v[f][k] += adjoint.u[f][k];
    }
    this.hessian.solve(v);
    for (let f = 0; f < v.length; f++) scaleEffects(values.Lambda[f], v[f], scaled[f]);
    view.predictEffects(scaled, a);
    for (let i = 0; i < view.rows; i++) {
      t[i] += table.dEta2[i] * a[i];
      r[i] = adjoint.rows.eta[i] + t[i];
    }
    view.crossBeta(r, gradients.beta);
    this.lambdaGradients(ZWZ, values, adjoint, gradients);
    view.factors.forEach(({ effects: q }, f) => {
      view.crossEffects(f, t, scaled[f]);
      addOuter(scaled[f], u[f], q, gradients.Lambda[f]);
      view.crossEffects(f, table.dEta, scaled[f]);
      addOuter(scaled[f], v[f], q, gradients.Lambda[f]);
    });
    if (view.sizes.dispersion === 0) return;
    for (let i = 0; i < view.rows; i++)
      r[i] = adjoint.rows.psi[i] - weightAdjoint[i] * table.dEta2Psi[i] + a[i] * table.dEtaPsi[i];
    view.crossDispersion(r, gradients.dispersion);
  }

  /** Lambda B Lambda', block by block. */
  private conjugate(B: EffectsBlocks, Lambda: readonly Float64Array[]): void {
    const { factors, pairs } = this.view;
    const right = Lambda.map(transposed);
    factors.forEach(({ effects: q }, f) => {
      sandwich(Lambda[f], q, B.factors[f], right[f], q, this.conjugated.factors[f]);
    });
    pairs.forEach(({ first: a, second: b }, k) => {
      const [rows, columns] = [factors[a].effects, factors[b].effects];
      sandwich(Lambda[a], rows, B.pairs[k], right[b], columns, this.conjugated.pairs[k]);
    });
  }

  /** Sets the lower triangles to the adjoint's own and what comes through H = Lambda' Z'WZ Lambda + I at fixed W: 2 Z'WZ Lambda (dH). */
  private lambdaGradients(
    ZWZ: EffectsBlocks,
    { Lambda }: LatentValues,
    adjoint: ModeAdjoint,
    gradients: LatentValues,
  ): void {
    const { factors, pairs } = this.view;
    const through = Lambda.map(({ length }) => new Float64Array(length));
    factors.forEach(({ effects: q }, f) => {
      addBlockProducts(ZWZ.factors[f], adjoint.H.factors[f], q, q, Lambda[f], through[f], null, null);
    });
    pairs.forEach(({ first: a, second: b }, k) => {
      const [qa, qb] = [factors[a].effects, factors[b].effects];
      addBlockProducts(ZWZ.pairs[k], adjoint.H.pairs[k], qa, qb, Lambda[b], through[a], Lambda[a], through[b]);
    });
    factors.forEach(({ effects: q }, f) => {
      for (let r = 0; r < q; r++)
        for (let c = 0; c < q; c++) {
          const at = r * q + c;
          gradients.Lambda[f][at] = c <= r ? adjoint.Lambda[f][at] + 2 * through[f][at] : 0;
        }
    });
  }
}
