import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import type { LatentValues } from "../../../density/LatentValues.js";
import type { RowTable } from "../../../density/RowTable.js";
import { ModeSearch } from "../../../marginal/effects/conditionalModes.js";
import { scaleEffects } from "../../../marginal/effects/effects.js";
import { effectsVectors } from "../../../marginal/factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../../../marginal/factorisations/EffectsHessian.js";
import { cholesky, inverseFromCholesky, logDeterminant, solveLowerTransposed } from "../../../math/linalg/cholesky.js";
import { gaussHermite } from "../../../math/quadrature/gaussHermite.js";
import { type ProductRule, productRule } from "../../../math/quadrature/productRule.js";
import { exp, log } from "../../../math/special/elementary.js";

/** The random effects of one factor given the data, as K weighted points a level. */
export interface EffectsPosterior {
  /** With all constants, by the same points: that of adaptive quadrature. */
  readonly logLikelihood: number;
  /** Per point, the effects of all levels, J x q: standardised, and b = Lambda u. */
  readonly u: readonly Float64Array[];
  readonly b: readonly Float64Array[];
  /** J x K; a level's sum to 1. */
  readonly weights: Float64Array;
}

/** The E-step of models with one grouping factor, by adaptive Gauss-Hermite quadrature with a product rule. */
export class Expectation {
  private readonly view: LatentGaussian;
  private readonly rule: ProductRule;
  private readonly hessian: EffectsHessian;
  private readonly search: ModeSearch;
  private readonly table: RowTable;
  /** The last modes: where the next search starts. */
  private readonly start: readonly Float64Array[];

  /** Throws RangeError where the points of one level would not fit in memory. */
  constructor(view: LatentGaussian, points: number) {
    this.view = view;
    this.rule = productRule(gaussHermite(points), view.factors[0].effects);
    this.hessian = effectsHessian(view);
    this.search = new ModeSearch(view, this.hessian);
    this.table = view.rowTable();
    this.start = effectsVectors(view);
  }

  /** Null where the likelihood cannot be computed. */
  at(values: LatentValues): EffectsPosterior | null {
    const modes = this.search.find(values, this.start, 2);
    if (!modes.converged) return null;
    this.start[0].set(modes.u[0]);
    const { u, logRoots } = this.points(modes.u[0]);
    const [{ levels, levelIndex }] = this.view.factors;
    const K = this.rule.count;
    const logs = new Float64Array(levels * K);
    const b = u.map((part, k) => {
      const effects = new Float64Array(part.length);
      scaleEffects(values.Lambda[0], part, effects);
      this.view.evaluateRows(values, [effects], 0, this.table);
      this.table.value.forEach((value, i) => {
        logs[levelIndex[i] * K + k] += value;
      });
      return effects;
    });
    this.addDensity(u, logRoots, logs);
    const logLikelihood = normalise(logs, K);
    return Number.isFinite(logLikelihood) ? { logLikelihood, u, b, weights: logs } : null;
  }

  /** u = mode + R^-T x, R R' = H of the level; and log |R| of each. */
  private points(mode: Float64Array): { u: Float64Array[]; logRoots: Float64Array } {
    const { rule, view } = this;
    const [{ levels, effects: q }] = view.factors;
    const inverse = this.hessian.inverse().factors[0].slice();
    const R = new Float64Array(inverse.length);
    const logRoots = new Float64Array(levels);
    for (let j = 0, at = 0; j < levels; j++, at += q * q) {
      cholesky(inverse, q, at);
      inverseFromCholesky(inverse, q, R, at);
      cholesky(R, q, at);
      logRoots[j] = 0.5 * logDeterminant(R, q, at);
    }
    const u = Array.from({ length: rule.count }, (_, k) => {
      const part = new Float64Array(mode.length);
      for (let j = 0; j < levels; j++) {
        for (let e = 0; e < q; e++) part[j * q + e] = rule.nodes[k * q + e];
        solveLowerTransposed(R, q, part, j * q * q, j * q);
      }
      return part.map((shift, at) => mode[at] + shift);
    });
    return { u, logRoots };
  }

  /** Adds what a point counts besides the likelihood: its weight over the rule's density, times the density of u, over |R|. */
  private addDensity(u: readonly Float64Array[], logRoots: Float64Array, logs: Float64Array): void {
    const { rule, view } = this;
    const [{ levels, effects: q }] = view.factors;
    u.forEach((part, k) => {
      let nodeSquares = 0;
      for (let e = 0; e < q; e++) nodeSquares += rule.nodes[k * q + e] ** 2;
      for (let j = 0; j < levels; j++) {
        let squares = nodeSquares;
        for (let e = 0; e < q; e++) squares -= part[j * q + e] ** 2;
        logs[j * rule.count + k] += rule.logWeights[k] + 0.5 * squares - logRoots[j];
      }
    });
  }
}

/** Each level's logs to shares of their sum, in place; returns the sum of the logs of the sums. */
function normalise(logs: Float64Array, K: number): number {
  let total = 0;
  for (let at = 0; at < logs.length; at += K) {
    const part = logs.subarray(at, at + K);
    const most = part.reduce((largest, value) => Math.max(largest, value), -Infinity);
    let sum = 0;
    for (let k = 0; k < K; k++) {
      part[k] = exp(part[k] - most);
      sum += part[k];
    }
    for (let k = 0; k < K; k++) part[k] /= sum;
    total += most + log(sum);
  }
  return total;
}
