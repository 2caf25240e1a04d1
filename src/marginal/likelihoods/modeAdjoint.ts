import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { ConditionalModes } from "../effects/conditionalModes.js";
import { addOuter, scaleEffects, scaleTransposed } from "../effects/effects.js";
import { effectsBlocks, effectsVectors } from "../factorisations/BlockCholesky.js";
import { addBlockProducts, sandwich, transposed } from "../factorisations/blockProducts.js";
import type { EffectsHessian } from "../factorisations/EffectsHessian.js";

/**
 * From the derivatives of a value in the modes and in the curvature H there to those in the parameters, by implicit differentiation. The
 * value's own derivatives are set in the public fields, then `chain` is called.
 */
export class ModeAdjoint {
  /** d / d eta and d / d psi of the rows, modes and H held. Length n, of psi a column each. */
  readonly eta: Float64Array;
  readonly psi: readonly Float64Array[];
  /** d / d Lambda through b = Lambda u, u and H held; q x q. */
  readonly Lambda: readonly Float64Array[];
  /** d / d u. */
  readonly u: readonly Float64Array[];
  /** d / d H, symmetric: an off-diagonal block stands for half of its two places' sum. */
  readonly H: EffectsBlocks;
  private readonly view: LatentGaussian;
  private readonly hessian: EffectsHessian;
  /** Length n each: d / d w of the weights w = -l'', and scratch. */
  private readonly weights: Float64Array;
  private readonly answer: Float64Array;
  private readonly shift: Float64Array;
  private readonly score: Float64Array;
  private readonly psiScore: readonly Float64Array[];
  private readonly v: readonly Float64Array[];
  private readonly scaled: readonly Float64Array[];
  private readonly conjugated: EffectsBlocks;

  constructor(view: LatentGaussian, hessian: EffectsHessian) {
    const rows = () => new Float64Array(view.rows);
    [this.eta, this.weights, this.answer, this.shift, this.score] = Array.from({ length: 5 }, rows);
    [this.psi, this.psiScore] = [0, 0].map(() => view.rowTable().psi);
    this.view = view;
    this.hessian = hessian;
    this.Lambda = view.values().Lambda;
    [this.u, this.v, this.scaled] = [0, 0, 0].map(() => effectsVectors(view));
    [this.H, this.conjugated] = [0, 0].map(() => effectsBlocks(view));
  }

  /**
   * H answers to each row through its weight, whose own answer to eta is t; the modes move by du = H^-1 d(Lambda' Z's - u), so that
   * v = H^-1 of their adjoint, a = Z Lambda v, and r = eta + t - w a is the derivative in each row's fixed part. `hessian` holds the
   * factor of H at the modes.
   */
  chain(values: LatentValues, modes: ConditionalModes, gradients: LatentValues): void {
    const { view, weights, answer: t, shift: a, score: r, v, scaled } = this;
    const { table } = modes;
    this.conjugate(values.Lambda);
    view.rowForms(this.conjugated, weights);
    for (let i = 0; i < view.rows; i++) t[i] = -weights[i] * table.dEta3[i];
    for (let f = 0; f < v.length; f++) {
      view.crossEffects(f, t, v[f]);
      scaleTransposed(values.Lambda[f], v[f]);
      for (let k = 0; k < v[f].length; k++) v[f][k] += this.u[f][k];
    }
    this.hessian.solve(v);
    for (let f = 0; f < v.length; f++) scaleEffects(values.Lambda[f], v[f], scaled[f]);
    view.predictEffects(scaled, a);
    for (let i = 0; i < view.rows; i++) {
      t[i] += table.dEta2[i] * a[i];
      r[i] = this.eta[i] + t[i];
    }
    view.crossBeta(r, gradients.beta);
    this.chainLambda(values.Lambda, modes, gradients.Lambda);
    if (view.sizes.dispersion === 0) return;
    this.psiScore.forEach((score, c) => {
      const [own, inCurvature, inScore] = [this.psi[c], table.dEta2Psi[c], table.dEtaPsi[c]];
      for (let i = 0; i < view.rows; i++) score[i] = own[i] - weights[i] * inCurvature[i] + a[i] * inScore[i];
    });
    view.crossDispersion(this.psiScore, gradients.dispersion);
  }

  /** Lambda H Lambda', block by block. */
  private conjugate(Lambda: readonly Float64Array[]): void {
    const { factors, pairs } = this.view;
    const { H, conjugated: out } = this;
    factors.forEach(({ effects: q }, f) => {
      sandwich(Lambda[f], q, H.factors[f], transposed(Lambda[f]), q, out.factors[f]);
    });
    pairs.forEach(({ first: a, second: b }, k) => {
      const [rows, columns] = [factors[a].effects, factors[b].effects];
      sandwich(Lambda[a], rows, H.pairs[k], transposed(Lambda[b]), columns, out.pairs[k]);
    });
  }

  /**
   * Lower triangles of what comes directly, through H = Lambda' Z'WZ Lambda + I at fixed W, which is 2 Z'WZ Lambda (dH), and through the
   * rows' weights and the modes.
   */
  private chainLambda(
    Lambda: readonly Float64Array[],
    { u, table, ZWZ }: ConditionalModes,
    gradients: readonly Float64Array[],
  ): void {
    const { view, H, answer, v, scaled } = this;
    const { factors, pairs } = view;
    const through = Lambda.map(({ length }) => new Float64Array(length));
    factors.forEach(({ effects: q }, f) => {
      addBlockProducts(ZWZ.factors[f], H.factors[f], q, q, Lambda[f], through[f], null, null);
    });
    pairs.forEach(({ first: a, second: b }, k) => {
      const [qa, qb] = [factors[a].effects, factors[b].effects];
      addBlockProducts(ZWZ.pairs[k], H.pairs[k], qa, qb, Lambda[b], through[a], Lambda[a], through[b]);
    });
    factors.forEach(({ effects: q }, f) => {
      for (let r = 0; r < q; r++)
        for (let c = 0; c < q; c++) {
          const at = r * q + c;
          gradients[f][at] = c <= r ? this.Lambda[f][at] + 2 * through[f][at] : 0;
        }
      view.crossEffects(f, answer, scaled[f]);
      addOuter(scaled[f], u[f], q, gradients[f]);
      view.crossEffects(f, table.dEta, scaled[f]);
      addOuter(scaled[f], v[f], q, gradients[f]);
    });
  }
}
