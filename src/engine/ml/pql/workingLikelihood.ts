import type { EffectsBlocks, LatentGaussian } from "../../../density/LatentGaussian.js";
import type { LatentValues } from "../../../density/LatentValues.js";
import type { RowTable } from "../../../density/RowTable.js";
import { addOuter, scaleEffects, scaleTransposed, standardDeviations } from "../../../marginal/effects/effects.js";
import { effectsBlocks, effectsVectors } from "../../../marginal/factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../../../marginal/factorisations/EffectsHessian.js";
import type { ConditionalEffects, MarginalLikelihood } from "../../../marginal/likelihoods/MarginalLikelihood.js";

/** A generalised model linearised at a linear predictor: z = eta + s / w, the offset included, with variances scale / w. */
export interface WorkingResponse {
  /** Length n. */
  readonly z: Float64Array;
  /** Length n: w = -s'(eta). */
  readonly weights: Float64Array;
}

/**
 * The likelihood of the working linear mixed model z = offset + X beta + Z b + e, e ~ N(0, scale / w), b integrated out, as a function of
 * (beta, Lambda) at a held scale (Breslow & Clayton, 1993, 2.1). The normalising constants of e are left out: z and w are no data.
 */
export class WorkingLikelihood implements MarginalLikelihood {
  readonly view: LatentGaussian;
  private readonly working: WorkingResponse;
  private readonly scale: number;
  private readonly hessian: EffectsHessian;
  private readonly ZWZ: EffectsBlocks;
  private readonly table: RowTable;
  private readonly none: readonly Float64Array[];
  private readonly u: readonly Float64Array[];
  private readonly b: readonly Float64Array[];
  private readonly crossed: readonly Float64Array[];
  /** Z b; the residuals e; and their score e w / scale; length n each. */
  private readonly shift: Float64Array;
  private readonly residual: Float64Array;
  private readonly score: Float64Array;
  private readonly adjoint: readonly Float64Array[];

  constructor(view: LatentGaussian, working: WorkingResponse, scale: number) {
    this.view = view;
    this.working = working;
    this.scale = scale;
    this.hessian = effectsHessian(view);
    this.ZWZ = effectsBlocks(view);
    view.accumulateEffects(
      working.weights.map((w) => w / scale),
      this.ZWZ,
    );
    this.table = view.rowTable();
    [this.none, this.u, this.b, this.crossed] = [1, 2, 3, 4].map(() => effectsVectors(view));
    [this.shift, this.residual, this.score] = [1, 2, 3].map(() => new Float64Array(view.rows));
    this.adjoint = view.values().Lambda;
  }

  evaluate(values: LatentValues, gradients: LatentValues | null): number {
    const { view, hessian, u, b } = this;
    const logDeterminant = hessian.factor(this.ZWZ, values.Lambda);
    if (logDeterminant === null) return -Infinity;
    view.evaluateRows(values, this.none, 0, this.table);
    this.shift.fill(0);
    this.fillResiduals();
    let squares = 0;
    for (let f = 0; f < u.length; f++) {
      view.crossEffects(f, this.score, u[f]);
      scaleTransposed(values.Lambda[f], u[f]);
    }
    hessian.solve(u);
    for (let f = 0; f < u.length; f++) {
      scaleEffects(values.Lambda[f], u[f], b[f]);
      squares += u[f].reduce((total, x) => total + x * x, 0);
    }
    view.predictEffects(b, this.shift);
    this.fillResiduals();
    for (let i = 0; i < view.rows; i++) squares += this.residual[i] * this.score[i];
    if (gradients !== null) this.fillGradients(gradients);
    return -0.5 * (logDeterminant + squares);
  }

  private fillResiduals(): void {
    const { z, weights } = this.working;
    for (let i = 0; i < z.length; i++) {
      this.residual[i] = z[i] - this.table.eta[i] - this.shift[i];
      this.score[i] = (this.residual[i] * weights[i]) / this.scale;
    }
  }

  /** X'e w / scale, and the sum over the levels of [Z'e w / scale] u' less the adjoint of 1/2 log|H|. */
  private fillGradients(gradients: LatentValues): void {
    const { view, adjoint, crossed, u } = this;
    view.crossBeta(this.score, gradients.beta);
    this.hessian.lambdaAdjoint(adjoint);
    view.factors.forEach(({ effects: q }, f) => {
      const out = gradients.Lambda[f];
      for (let r = 0; r < q; r++) for (let c = 0; c < q; c++) out[r * q + c] = c <= r ? -adjoint[f][r * q + c] : 0;
      view.crossEffects(f, this.score, crossed[f]);
      addOuter(crossed[f], u[f], q, out);
    });
  }

  /** The expectation of w e^2 / n given z at the last evaluation: an EM step for the scale. */
  expectedScale(): number {
    const { weights } = this.working;
    const leverages = new Float64Array(weights.length);
    this.hessian.leverages(leverages);
    const squares = weights.reduce((total, w, i) => total + w * (this.residual[i] ** 2 + leverages[i]), 0);
    return squares / weights.length;
  }

  effects(): ConditionalEffects {
    const covariances = this.hessian.covariance().factors.map((blocks) => blocks.slice());
    const sds = standardDeviations(this.view, covariances);
    return { modes: this.b.map((part) => part.slice()), sds, covariances, means: null };
  }
}
