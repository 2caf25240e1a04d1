import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { RowTable } from "../../density/RowTable.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { log } from "../../math/special/elementary.js";
import { pausing, type Steps } from "../../math/steps.js";
import { momentsOfProfile } from "../exploration/axisShape.js";
import { lineProfile } from "../exploration/lineProfile.js";
import { effectsBlocks, effectsVectors } from "../factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../factorisations/EffectsHessian.js";
import type { EffectMoments } from "../likelihoods/MarginalLikelihood.js";
import type { ConditionalModes } from "./conditionalModes.js";
import { scaleEffects, scaleTransposed } from "./effects.js";

/**
 * Moments of every effect given the parameters by Laplace's approximation of its own density (Tierney & Kadane 1986; Rue, Martino & Chopin 2009,
 * section 3.2.2): on a line of values of the effect all others are integrated about their conditional means under the Gaussian approximation, moved
 * as far as one Newton step promises. `hessian` holds the factor of H at the modes. Takes a factorisation a value: some ten an effect.
 */
export function* fullLaplaceMoments(
  view: LatentGaussian,
  values: LatentValues,
  { u, b }: ConditionalModes,
  hessian: EffectsHessian,
): Steps<EffectMoments> {
  const given = new GivenOneEffect(view, values);
  const [means, sds, skewness] = [0, 0, 0].map(() => effectsVectors(view));
  const direction = effectsVectors(view);
  const along = effectsVectors(view);
  for (const [f, { effects: q }] of view.factors.entries()) {
    for (let k = 0; k < b[f].length; k++) {
      means[f][k] = b[f][k];
      const [first, effect] = [k - (k % q), k % q];
      for (const part of direction) part.fill(0);
      for (let c = 0; c <= effect; c++) direction[f][first + c] = values.Lambda[f][effect * q + c];
      along.forEach((part, g) => {
        part.set(direction[g]);
      });
      hessian.solve(along);
      const sd = Math.sqrt(product(direction, along));
      if (!(sd > 0)) continue;
      const logDensityAt = pausing((x: number) => given.logDensity(u, along, x / sd, direction));
      const profile = yield* lineProfile(logDensityAt);
      const standardised = momentsOfProfile(profile);
      means[f][k] += sd * standardised.mean;
      sds[f][k] = sd * standardised.sd;
      skewness[f][k] = standardised.skewness;
    }
  }
  return { means, sds, skewness };
}

/** The density of d'u, all else integrated by Laplace's approximation. */
class GivenOneEffect {
  private readonly view: LatentGaussian;
  private readonly values: LatentValues;
  private readonly hessian: EffectsHessian;
  private readonly table: RowTable;
  private readonly ZWZ: EffectsBlocks;
  private readonly weights: Float64Array;
  private readonly point: Float64Array[];
  private readonly b: Float64Array[];
  private readonly gradient: Float64Array[];
  private readonly step: Float64Array[];
  private readonly column: Float64Array[];

  constructor(view: LatentGaussian, values: LatentValues) {
    this.view = view;
    this.values = values;
    this.hessian = effectsHessian(view);
    this.table = view.rowTable();
    this.ZWZ = effectsBlocks(view);
    this.weights = new Float64Array(view.rows);
    const vectors = () => effectsVectors(view);
    [this.point, this.b, this.gradient, this.step, this.column] = [
      vectors(),
      vectors(),
      vectors(),
      vectors(),
      vectors(),
    ];
  }

  /** Its log at u + length * along, up to a constant; NaN where it cannot be computed. */
  logDensity(
    u: readonly Float64Array[],
    along: readonly Float64Array[],
    length: number,
    direction: readonly Float64Array[],
  ): number {
    const { view, values, table, weights, point, b, gradient, step, column, hessian } = this;
    point.forEach((part, f) => {
      for (let k = 0; k < part.length; k++) part[k] = u[f][k] + length * along[f][k];
      scaleEffects(values.Lambda[f], part, b[f]);
    });
    const logLikelihood = view.evaluateRows(values, b, 2, table);
    for (let i = 0; i < weights.length; i++) weights[i] = -table.dEta2[i];
    view.accumulateEffects(weights, this.ZWZ);
    const logDeterminant = hessian.factor(this.ZWZ, values.Lambda);
    if (logDeterminant === null) return Number.NaN;
    gradient.forEach((part, f) => {
      view.crossEffects(f, table.dEta, part);
      scaleTransposed(values.Lambda[f], part);
      for (let k = 0; k < part.length; k++) part[k] -= point[f][k];
      step[f].set(part);
      column[f].set(direction[f]);
    });
    hessian.solve(step);
    hessian.solve(column);
    const variance = product(direction, column);
    const decrement = product(gradient, step) - product(direction, step) ** 2 / variance;
    return logLikelihood - 0.5 * product(point, point) + 0.5 * decrement - 0.5 * logDeterminant - 0.5 * log(variance);
  }
}

function product(left: readonly Float64Array[], right: readonly Float64Array[]): number {
  return left.reduce((total, part, f) => total + dot(part, right[f]), 0);
}
