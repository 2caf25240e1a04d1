import { rowDerivatives } from "../../density/plainLikelihood.js";
import type { DrawnFactor, RowsAtDraws } from "../../density/rowsAtDraws.js";
import { semiCholesky } from "../../math/linalg/semiCholesky.js";
import { gaussHermite } from "../../math/quadrature/gaussHermite.js";
import { productRule } from "../../math/quadrature/productRule.js";
import { exp, log } from "../../math/special/elementary.js";
import { drawnRows } from "./rowLogDensities.js";

/** The likelihood of the rows of one level of a factor, its effects integrated out, the rest of a draw given. */
export interface LevelIntegrals {
  /** Rows of each level, in the order of the design. */
  readonly rowsOf: readonly Int32Array[];
  /** What the levels' likelihoods are at a draw. */
  at(draw: Float64Array): (level: number, rows: Int32Array) => number;
}

/** Points a dimension of the quadrature, by the number of effects. */
const POINTS = [0, 25, 11, 7, 5];
const FEWEST_POINTS = 3;
const MOST_NEWTON = 100;
const CONVERGED = 1e-10;

/**
 * log of the integral over the effects b of a level, b ~ N(0, G), of the product of its rows' densities, by Gauss-Hermite quadrature adapted to
 * the mode and curvature of the integrand. -Infinity where it cannot be computed.
 */
export function levelIntegrals(model: RowsAtDraws, factor: DrawnFactor): LevelIntegrals {
  const { effects: q, levels, levelIndex, start } = factor;
  const n = model.rows;
  const Z = factor.Z ?? new Float64Array(n).fill(1);
  const at = drawnRows(model);
  const rowsOf = groupRows(levelIndex, levels.length);
  const [covariance, root] = [new Float64Array(q * q), new Float64Array(q * q)];
  const integrand = new LevelIntegrand(model, q);
  return {
    rowsOf,
    at(draw) {
      model.read(draw, at);
      factor.covariance(draw, covariance);
      semiCholesky(covariance, q, root);
      return (level, rows) => {
        const b = draw.subarray(start + level * q, start + (level + 1) * q);
        integrand.set(rows, Z, root, b, at.eta, at.dispersion);
        return integrand.logIntegral();
      };
    },
  };
}

function groupRows(levelIndex: Int32Array, levels: number): Int32Array[] {
  const rows: number[][] = Array.from({ length: levels }, () => []);
  levelIndex.forEach((level, i) => {
    rows[level].push(i);
  });
  return rows.map((own) => Int32Array.from(own));
}

/** h(u) = sum of log p(y_i | eta_i + v_i'u) - u'u / 2 with standardised effects u of one level. */
class LevelIntegrand {
  private readonly model: RowsAtDraws;
  private readonly q: number;
  private readonly out = rowDerivatives();
  private readonly nodes: Float64Array;
  private readonly logFactors: Float64Array;
  private readonly mode: Float64Array;
  private readonly gradient: Float64Array;
  private readonly hessian: Float64Array;
  private readonly root: Float64Array;
  private readonly trial: Float64Array;
  private rows: Int32Array = new Int32Array(0);
  /** Per row of the level: v_i, q numbers; the linear predictor without the effects; the dispersion. */
  private v = new Float64Array(0);
  private eta = new Float64Array(0);
  private dispersion = new Float64Array(0);

  constructor(model: RowsAtDraws, q: number) {
    [this.model, this.q] = [model, q];
    const { count, nodes, logWeights } = productRule(gaussHermite(POINTS[q] ?? FEWEST_POINTS), q);
    this.nodes = nodes;
    this.logFactors = Float64Array.from({ length: count }, (_, k) => {
      return logWeights[k] + 0.5 * squares(nodes.subarray(k * q, (k + 1) * q));
    });
    [this.mode, this.gradient, this.trial] = [new Float64Array(q), new Float64Array(q), new Float64Array(q)];
    [this.hessian, this.root] = [new Float64Array(q * q), new Float64Array(q * q)];
  }

  /** The rows of a level whose effects at the draw are b, with Lambda the root of their covariance. */
  set(
    rows: Int32Array,
    Z: Float64Array,
    Lambda: Float64Array,
    b: Float64Array,
    eta: Float64Array,
    dispersion: Float64Array,
  ): void {
    const { q } = this;
    const n = eta.length;
    this.rows = rows;
    if (this.eta.length < rows.length) {
      [this.v, this.eta] = [new Float64Array(rows.length * q), new Float64Array(rows.length)];
      this.dispersion = new Float64Array(rows.length);
    }
    for (let r = 0; r < rows.length; r++) {
      const i = rows[r];
      let own = eta[i];
      for (let e = 0; e < q; e++) own -= Z[e * n + i] * b[e];
      [this.eta[r], this.dispersion[r]] = [own, dispersion[i]];
      for (let c = 0; c < q; c++) {
        let total = 0;
        for (let e = c; e < q; e++) total += Z[e * n + i] * Lambda[e * q + c];
        this.v[r * q + c] = total;
      }
    }
  }

  logIntegral(): number {
    const { q, mode, root, trial, nodes, logFactors } = this;
    const top = this.climb();
    if (!Number.isFinite(top)) return Number.NEGATIVE_INFINITY;
    semiCholesky(this.hessian, q, root);
    let logRoot = 0;
    for (let e = 0; e < q; e++) logRoot += log(root[e * q + e]);
    let total = 0;
    for (let k = 0; k < logFactors.length; k++) {
      for (let e = 0; e < q; e++) trial[e] = nodes[k * q + e];
      solveTransposed(root, q, trial);
      for (let e = 0; e < q; e++) trial[e] += mode[e];
      const value = this.value(trial);
      if (value > Number.NEGATIVE_INFINITY) total += exp(value - top + logFactors[k]);
    }
    return top + log(total) - logRoot;
  }

  /** Goes to the mode by Newton's method with step halving; returns h there, and leaves minus its Hessian. */
  private climb(): number {
    const { q, mode, gradient, hessian, root, trial } = this;
    mode.fill(0);
    let value = this.derivatives(mode);
    for (let iteration = 0; iteration < MOST_NEWTON; iteration++) {
      semiCholesky(hessian, q, root);
      solveLower(root, q, gradient);
      const gain = squares(gradient);
      solveTransposed(root, q, gradient);
      if (!(gain > CONVERGED)) break;
      let size = 1;
      let next = Number.NaN;
      for (; size > 1e-6; size /= 2) {
        for (let e = 0; e < q; e++) trial[e] = mode[e] + size * gradient[e];
        next = this.value(trial);
        if (next >= value) break;
      }
      if (!(next >= value)) break;
      mode.set(trial);
      value = this.derivatives(mode);
    }
    return value;
  }

  private value(u: Float64Array): number {
    const { q, model, rows, out, v, eta, dispersion } = this;
    let total = -0.5 * squares(u);
    for (let r = 0; r < rows.length; r++) {
      let at = eta[r];
      for (let e = 0; e < q; e++) at += v[r * q + e] * u[e];
      model.evaluate(rows[r], at, dispersion[r], 0, out);
      total += out.value;
    }
    return total;
  }

  /** h with its gradient and minus its Hessian, of which each row gives no less than zero, so that it is positive definite. */
  private derivatives(u: Float64Array): number {
    const { q, model, rows, out, v, eta, dispersion, gradient, hessian } = this;
    let total = -0.5 * squares(u);
    for (let e = 0; e < q; e++) gradient[e] = -u[e];
    hessian.fill(0);
    for (let e = 0; e < q; e++) hessian[e * q + e] = 1;
    for (let r = 0; r < rows.length; r++) {
      let at = eta[r];
      for (let e = 0; e < q; e++) at += v[r * q + e] * u[e];
      model.evaluate(rows[r], at, dispersion[r], 2, out);
      total += out.value;
      const weight = Math.max(0, -out.dEta2);
      for (let e = 0; e < q; e++) {
        gradient[e] += out.dEta * v[r * q + e];
        for (let c = 0; c < q; c++) hessian[e * q + c] += weight * v[r * q + e] * v[r * q + c];
      }
    }
    return total;
  }
}

function squares(values: Float64Array): number {
  let total = 0;
  for (let k = 0; k < values.length; k++) total += values[k] * values[k];
  return total;
}

/** L^-1 x in place. */
function solveLower(L: Float64Array, q: number, x: Float64Array): void {
  for (let r = 0; r < q; r++) {
    for (let c = 0; c < r; c++) x[r] -= L[r * q + c] * x[c];
    x[r] /= L[r * q + r];
  }
}

/** L'^-1 x in place. */
function solveTransposed(L: Float64Array, q: number, x: Float64Array): void {
  for (let r = q - 1; r >= 0; r--) {
    for (let c = r + 1; c < q; c++) x[r] -= L[c * q + r] * x[c];
    x[r] /= L[r * q + r];
  }
}
