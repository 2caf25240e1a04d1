import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import { ModeSearch } from "../../marginal/effects/conditionalModes.js";
import { scaleEffects, scaleTransposed } from "../../marginal/effects/effects.js";
import { effectsVectors } from "../../marginal/factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../../marginal/factorisations/EffectsHessian.js";
import { cholesky, inverseFromCholesky } from "../../math/linalg/cholesky.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { multiply } from "../../math/optimize/definite.js";
import { gaussHermite } from "../../math/quadrature/gaussHermite.js";

/** Nodes of a row's linear predictor, and when the search for the mean ends: so many steps, or one of so many sds of beta. */
const NODES = 21;
const MOST_STEPS = 30;
const SMALL_STEP = 1e-3;

/** The joint Gaussian approximation of (beta, b) at its mode, as the linear predictors have it. */
interface Joint {
  readonly values: LatentValues;
  readonly b: readonly Float64Array[];
  readonly eta: Float64Array;
  readonly scores: Float64Array;
  readonly curvatures: Float64Array;
  /** What a unit of each coefficient adds to them, the effects' conditional means included; p x n. */
  readonly directions: readonly Float64Array[];
  readonly sds: Float64Array;
}

/**
 * The mean of beta given the hyperparameters as R-INLA has it (van Niekerk & Rue 2021): the joint Gaussian approximation of (beta, b) keeps its
 * covariance, and its mean is moved along beta, the effects with it, to where the expected log joint density is highest. Where linear predictors
 * have large variances this is not what the third derivatives at the mode say.
 */
export class VariationalMean {
  private readonly view: LatentGaussian;
  private readonly hessian: EffectsHessian;
  private readonly search: ModeSearch;
  private readonly rule = gaussHermite(NODES);

  constructor(view: LatentGaussian) {
    this.view = view;
    this.hessian = effectsHessian(view);
    this.search = new ModeSearch(view, this.hessian);
  }

  /** From a position with beta at its joint mode, and beta's covariance there, p x p; null where the mean is not found. */
  at(position: Float64Array, covariance: Float64Array): Float64Array | null {
    const joint = this.jointAt(position, covariance);
    if (joint === null) return null;
    const { directions, scores, curvatures } = joint;
    const p = directions.length;
    const form = (weights: Float64Array, k: number, l: number) =>
      dot(
        directions[k],
        directions[l].map((value, i) => value * weights[i]),
      );
    // The precision of the priors: that of beta in the approximation less the likelihood's part.
    const ofPriors = inverted(covariance, p).map((value, at) => value + form(curvatures, Math.floor(at / p), at % p));
    const moved = new Float64Array(p);
    for (let step = 0; step < MOST_STEPS; step++) {
      const expected = this.expected(joint, moved);
      const pull = multiply(ofPriors, moved);
      const gradient = directions.map((direction, k) => {
        return (
          dot(
            direction,
            expected.scores.map((score, i) => score - scores[i]),
          ) - pull[k]
        );
      });
      const precision = ofPriors.map((value, at) => value - form(expected.curvatures, Math.floor(at / p), at % p));
      const change = multiply(inverted(precision, p), Float64Array.from(gradient));
      if (!change.every(Number.isFinite)) return null;
      for (let k = 0; k < p; k++) moved[k] += change[k];
      if (change.every((by, k) => Math.abs(by) < SMALL_STEP * Math.sqrt(covariance[k * (p + 1)])))
        return position.map((value, k) => (k < p ? value + moved[k] : value));
    }
    return null;
  }

  private jointAt(position: Float64Array, covariance: Float64Array): Joint | null {
    const { view, hessian } = this;
    const p = view.sizes.beta;
    const values = view.values();
    view.read(position, values);
    const { b, table, converged } = this.search.find(values, effectsVectors(view), 2);
    if (!converged) return null;
    const directions = Array.from({ length: p }, (_, k) =>
      this.direction(position, k, Math.sqrt(covariance[k * (p + 1)]), b, table),
    );
    const variances = new Float64Array(view.rows);
    hessian.leverages(variances);
    for (let i = 0; i < view.rows; i++) {
      const row = Float64Array.from(directions, (direction) => direction[i]);
      variances[i] += dot(row, multiply(covariance, row));
    }
    return {
      values,
      b: b.map((part) => part.slice()),
      eta: table.eta.slice(),
      scores: table.dEta.slice(),
      curvatures: table.dEta2.slice(),
      directions,
      sds: variances.map(Math.sqrt),
    };
  }

  /** x_k - Z Cov Z'W x_k, Cov that of the effects given beta. */
  private direction(
    position: Float64Array,
    k: number,
    unit: number,
    b: readonly Float64Array[],
    { eta, dEta2 }: { readonly eta: Float64Array; readonly dEta2: Float64Array },
  ): Float64Array {
    const { view } = this;
    const values = view.values();
    const other = view.rowTable();
    view.read(
      position.map((value, i) => (i === k ? value + unit : value)),
      values,
    );
    view.evaluateRows(values, b, 0, other);
    const column = eta.map((value, i) => (other.eta[i] - value) / unit);
    const effects = effectsVectors(view);
    effects.forEach((part, f) => {
      view.crossEffects(
        f,
        column.map((value, i) => value * dEta2[i]),
        part,
      );
      scaleTransposed(values.Lambda[f], part);
    });
    this.hessian.solve(effects);
    effects.forEach((part, f) => {
      scaleEffects(values.Lambda[f], part, part);
    });
    const carried = new Float64Array(view.rows);
    view.predictEffects(effects, carried);
    return column.map((value, i) => value + carried[i]);
  }

  /** Expectations over each row's linear predictor, its mean moved by that of beta. */
  private expected({ values, b, directions, sds }: Joint, moved: Float64Array) {
    const { view, rule } = this;
    const table = view.rowTable();
    const shift = sds.map((_, i) => directions.reduce((total, direction, k) => total + moved[k] * direction[i], 0));
    const [scores, curvatures] = [new Float64Array(view.rows), new Float64Array(view.rows)];
    rule.nodes.forEach((node, j) => {
      view.evaluateRows(
        values,
        b,
        2,
        table,
        shift.map((by, i) => by + node * sds[i]),
      );
      for (let i = 0; i < view.rows; i++) {
        scores[i] += rule.weights[j] * table.dEta[i];
        curvatures[i] += rule.weights[j] * table.dEta2[i];
      }
    });
    return { scores, curvatures };
  }
}

function inverted(matrix: Float64Array, n: number): Float64Array {
  const [L, inverse] = [matrix.slice(), new Float64Array(n * n)];
  if (!cholesky(L, n)) return inverse.fill(Number.NaN);
  inverseFromCholesky(L, n, inverse);
  return inverse;
}
