import type { DrawnRows, RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { RowDerivatives } from "../../family/Family.js";
import { solveLower, solveLowerTransposed } from "../../math/linalg/cholesky.js";
import { semiCholesky } from "../../math/linalg/semiCholesky.js";
import { logSumExp } from "../../math/logSumExp.js";
import { log } from "../../math/special/elementary.js";
import { chainNodes, type Nodes, squares } from "./chainNodes.js";
import { type Branch, forEachBranch, type RowTree } from "./RowTree.js";

const MOST_NEWTON = 100;
const CONVERGED = 1e-10;

/** What the integrals of a chain of factors have in common at a draw. */
export interface ChainAtDraw {
  /** Per factor n x q, column-major. */
  readonly Z: readonly Float64Array[];
  /** Per factor the root of the effects' covariance, q x q, lower triangular. */
  readonly Lambda: readonly Float64Array[];
  /** All rows, their linear predictors with the effects of the chain left out. */
  readonly rows: DrawnRows;
}

/**
 * h(u) = sum of log p(y_i | eta_i + v_i'u) - u'u / 2 with the standardised effects u of a level of the first factor of a chain and of all levels nested in it, and its integral by Gauss-Hermite quadrature adapted to the
 * mode and the curvature, level within level (Pinheiro & Chao 2006): with H = R R' the curvature, the children eliminated before their parents, nodes are u = mode + R'^-1 x, and those of a level depend on its
 * ancestors' alone.
 */
export class TreeIntegrand {
  private readonly model: RowsAtDraws;
  /** Per factor: its effects; those of all before it. */
  private readonly effects: readonly number[];
  private readonly starts: readonly number[];
  /** Effects of all factors. */
  private readonly width: number;
  private readonly nodes: readonly Nodes[];
  private readonly out: RowDerivatives;
  /** Per factor: gradient and curvature in the effects of its ancestors and its own. */
  private readonly gradients: readonly Float64Array[];
  private readonly hessians: readonly Float64Array[];
  /** Steps from the mode of the levels that lead to a level, by the places of their effects. */
  private readonly path: Float64Array;
  private readonly values: readonly Float64Array[];
  private rows: Int32Array = new Int32Array(0);
  /** Per row of the tree: v_i; and per depth the linear predictor with the effects of the levels above. */
  private v = new Float64Array(0);
  private at: DrawnRows;
  private etas: readonly Float64Array[];

  constructor(model: RowsAtDraws, effects: readonly number[]) {
    [this.model, this.effects] = [model, effects];
    [this.out, this.at] = [model.derivatives(), model.drawnRows()];
    this.starts = effects.map((_, d) => effects.slice(0, d).reduce((sum, q) => sum + q, 0));
    this.width = effects.reduce((sum, q) => sum + q, 0);
    this.nodes = chainNodes(effects);
    const sizes = effects.map((q, d) => this.starts[d] + q);
    this.gradients = sizes.map((size) => new Float64Array(size));
    this.hessians = sizes.map((size) => new Float64Array(size * size));
    this.path = new Float64Array(this.width);
    this.values = this.nodes.map(({ count }) => new Float64Array(count));
    this.etas = effects.map(() => new Float64Array(0));
  }

  /** log of the integral; -Infinity where it cannot be computed. */
  logIntegral({ rows, root }: RowTree, at: ChainAtDraw): number {
    this.set(rows, at);
    return Number.isFinite(this.climb(root)) ? this.integral(root) : Number.NEGATIVE_INFINITY;
  }

  private set(rows: Int32Array, { Z, Lambda, rows: at }: ChainAtDraw): void {
    const { width, effects, starts } = this;
    const n = at.eta.length;
    [this.rows, this.at] = [rows, at];
    if (this.etas[0].length < rows.length) {
      this.v = new Float64Array(rows.length * width);
      this.etas = effects.map(() => new Float64Array(rows.length));
    }
    for (let r = 0; r < rows.length; r++) {
      const i = rows[r];
      this.etas[0][r] = at.eta[i];
      for (let d = 0; d < effects.length; d++) {
        const q = effects[d];
        for (let c = 0; c < q; c++) {
          let total = 0;
          for (let e = c; e < q; e++) total += Z[d][e * n + i] * Lambda[d][e * q + c];
          this.v[r * width + starts[d] + c] = total;
        }
      }
    }
  }

  /** Goes to the mode by Newton's method with step halving; returns h there, and leaves the roots of its curvature in the tree. */
  private climb(root: Branch): number {
    forEachBranch(root, ({ mode }) => mode.fill(0));
    let value = this.derivatives(root);
    for (let iteration = 0; iteration < MOST_NEWTON; iteration++) {
      let gain = 0;
      forEachBranch(root, (branch) => {
        gain += squares(branch.reduced);
        this.layStep(branch);
      });
      if (!(gain > CONVERGED)) break;
      const next = this.search(root, value);
      if (!(next >= value)) break;
      forEachBranch(root, ({ mode, trial }) => mode.set(trial));
      value = this.derivatives(root);
    }
    return value;
  }

  /** The longest of halved steps that leads no lower than `value`; returns h there, and NaN where there is none. */
  private search(root: Branch, value: number): number {
    for (let size = 1; size > 1e-6; size /= 2) {
      forEachBranch(root, ({ mode, step, trial }) => {
        for (let e = 0; e < mode.length; e++) trial[e] = mode[e] + size * step[e];
      });
      const next = this.value(root);
      if (next >= value) return next;
    }
    return Number.NaN;
  }

  /** R'^-1 (reduced - cross' y) with y the steps of the ancestors. */
  private layStep({ depth, step, root, cross, reduced }: Branch): void {
    const start = this.starts[depth];
    step.set(reduced);
    this.leadOn(start, step, root, cross);
  }

  /** Turns x into the step R'^-1 (x - cross' y), and notes it for the children. */
  private leadOn(start: number, x: Float64Array, root: Float64Array, cross: Float64Array): void {
    const { path } = this;
    const q = x.length;
    for (let a = 0; a < start; a++) for (let e = 0; e < q; e++) x[e] -= cross[a * q + e] * path[a];
    solveLowerTransposed(root, q, x);
    for (let e = 0; e < q; e++) path[start + e] = x[e];
  }

  /** h of a level and those nested in it, at their trials. */
  private value(branch: Branch): number {
    const { depth, children, trial } = branch;
    let total = -0.5 * squares(trial);
    if (depth === this.effects.length - 1) return total + this.finest(branch);
    this.shift(branch, trial);
    for (const child of children) total += this.value(child);
    return total;
  }

  /** The sum of the rows' log densities at the trial of a level of the finest factor. */
  private finest({ depth, first, end, trial }: Branch): number {
    const { model, rows, out, at } = this;
    let total = 0;
    for (let r = first; r < end; r++) {
      model.evaluate(rows[r], at, 0, out, this.etaOf(depth, r, trial));
      total += out.value;
    }
    return total;
  }

  /** Linear predictors of the next depth. */
  private shift({ depth, first, end }: Branch, u: Float64Array): void {
    const next = this.etas[depth + 1];
    for (let r = first; r < end; r++) next[r] = this.etaOf(depth, r, u);
  }

  private etaOf(depth: number, r: number, u: Float64Array): number {
    const at = r * this.width + this.starts[depth];
    let eta = this.etas[depth][r];
    for (let e = 0; e < u.length; e++) eta += this.v[at + e] * u[e];
    return eta;
  }

  /** h with its gradient and curvature at the modes, of which each row gives no less than zero, so that it is positive definite. */
  private derivatives(branch: Branch): number {
    const { depth, children, mode } = branch;
    const [gradient, hessian, start, q] = [
      this.gradients[depth],
      this.hessians[depth],
      this.starts[depth],
      mode.length,
    ];
    const size = start + q;
    gradient.fill(0);
    hessian.fill(0);
    for (let e = 0; e < q; e++) {
      gradient[start + e] = -mode[e];
      hessian[(start + e) * (size + 1)] = 1;
    }
    let total = -0.5 * squares(mode);
    if (depth === this.effects.length - 1) total += this.finestDerivatives(branch);
    else {
      this.shift(branch, mode);
      for (const child of children) total += this.derivatives(child);
    }
    this.eliminate(branch);
    return total;
  }

  private finestDerivatives({ depth, first, end, mode }: Branch): number {
    const { model, rows, out, v, width, at } = this;
    const [gradient, hessian] = [this.gradients[depth], this.hessians[depth]];
    let total = 0;
    for (let r = first; r < end; r++) {
      model.evaluate(rows[r], at, 2, out, this.etaOf(depth, r, mode));
      total += out.value;
      const weight = Math.max(0, -out.dEta2);
      for (let e = 0; e < width; e++) {
        gradient[e] += out.dEta * v[r * width + e];
        const own = weight * v[r * width + e];
        for (let c = 0; c < width; c++) hessian[e * width + c] += own * v[r * width + c];
      }
    }
    return total;
  }

  /** The roots of a level's own block; what is left of the curvature and the gradient is added to its parent's. */
  private eliminate({ depth, mode, root, cross, reduced }: Branch): void {
    const [gradient, hessian, start, q] = [
      this.gradients[depth],
      this.hessians[depth],
      this.starts[depth],
      mode.length,
    ];
    const size = start + q;
    const own = reduced; // until it is solved
    const block = new Float64Array(q * q);
    for (let e = 0; e < q; e++) for (let c = 0; c < q; c++) block[e * q + c] = hessian[(start + e) * size + start + c];
    semiCholesky(block, q, root);
    for (let e = 0; e < q; e++) own[e] = gradient[start + e];
    solveLower(root, q, own);
    if (depth === 0) return;
    const [above, aboveGradient] = [this.hessians[depth - 1], this.gradients[depth - 1]];
    for (let a = 0; a < start; a++) {
      const row = cross.subarray(a * q, (a + 1) * q);
      for (let e = 0; e < q; e++) row[e] = hessian[a * size + start + e];
      solveLower(root, q, row);
      let slope = gradient[a];
      for (let e = 0; e < q; e++) slope -= row[e] * own[e];
      aboveGradient[a] += slope;
      for (let c = 0; c <= a; c++) {
        let curvature = hessian[a * size + c];
        for (let e = 0; e < q; e++) curvature -= row[e] * cross[c * q + e];
        above[a * start + c] += curvature;
        if (c < a) above[c * start + a] += curvature;
      }
    }
  }

  /** The log of the integral over a level and those nested in it, given the nodes of its ancestors. */
  private integral(branch: Branch): number {
    const { depth, children, mode, trial, root, cross } = branch;
    const { count, nodes, logFactors } = this.nodes[depth];
    const [values, start, q] = [this.values[depth], this.starts[depth], mode.length];
    for (let k = 0; k < count; k++) {
      for (let e = 0; e < q; e++) trial[e] = nodes[k * q + e];
      this.leadOn(start, trial, root, cross);
      for (let e = 0; e < q; e++) trial[e] += mode[e];
      let total = logFactors[k] - 0.5 * squares(trial);
      if (depth === this.effects.length - 1) total += this.finest(branch);
      else {
        this.shift(branch, trial);
        for (const child of children) total += this.integral(child);
      }
      values[k] = Number.isNaN(total) ? Number.NEGATIVE_INFINITY : total;
    }
    let logRoot = 0;
    for (let e = 0; e < q; e++) logRoot += log(root[e * q + e]);
    return logSumExp(values) - logRoot;
  }
}
