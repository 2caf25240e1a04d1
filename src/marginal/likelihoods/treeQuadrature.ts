import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { LevelIntegrals } from "../../density/NodeLayout.js";
import type { RowRange, RowTable } from "../../density/RowTable.js";
import { exp, log1p } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";
import type { ConditionalModes } from "../effects/conditionalModes.js";
import type { Generation, NestedHessian } from "../factorisations/nestedHessian.js";
import { mix, recordLayout, takeMoments, writeMoments, writeRecord } from "./levelRecords.js";
import type { EffectMoments } from "./MarginalLikelihood.js";
import type { ModeAdjoint } from "./modeAdjoint.js";
import { nestedAdjoint } from "./nestedAdjoint.js";
import { makeQuadratureStage, type Stage } from "./quadratureStage.js";
import { type Branch, type QuadratureTree, quadratureTree } from "./quadratureTree.js";

/** A point about which to integrate, by its standardised effects and its rows. */
interface IntegrandPoint {
  readonly u: ConditionalModes["u"];
  readonly table: Pick<RowTable, "eta" | "psi">;
}

/**
 * The integral over the effects of one factor or of a chain of nested ones by adaptive Gauss-Hermite quadrature (Pinheiro & Chao 2006),
 * level within level. With H = L L' the curvature at the modes u^, nodes are u = u^ + L^-T x, x those of the standard normal; by the
 * order of L the nodes of a level depend on those of the levels it is nested in and on no other, so that an integral over the levels
 * of a chain is one over a level of the coarsest factor of products of integrals over those nested in it. One point a dimension is the
 * Laplace approximation.
 */
export class TreeQuadrature {
  private readonly view: LatentGaussian;
  private readonly hessian: NestedHessian;
  private readonly tree: QuadratureTree;
  private readonly nodes: LevelIntegrals;
  /** From the coarsest factor to the finest. */
  private readonly stages: readonly Stage[];
  /** d / d L in the shapes of the fronts. */
  private readonly factorAdjoints: readonly Float64Array[];
  private values: LatentValues;
  private u: readonly Float64Array[] = [];
  private hasDerivatives = false;
  /** What the integrals leave out: its derivative in psi. */
  private constantSlope = 0;

  /** `hessian` will hold the factor of H at the modes of every call. Throws RangeError where the nodes do not fit in memory. */
  constructor(view: LatentGaussian, hessian: NestedHessian, points: number) {
    this.view = view;
    this.hessian = hessian;
    this.tree = quadratureTree(view, hessian.chain, points);
    const { branches, rows, mostRows } = this.tree;
    const finest = branches[branches.length - 1];
    this.nodes = view.levelIntegrals({
      factor: finest.front.factor,
      rows,
      mostRows,
      nodes: finest.nodes.count,
    });
    this.stages = branches.map((branch, d) =>
      makeQuadratureStage(branches, d, branch === finest ? this.nodes : null, {
        rows: rows.length,
        parameters: this.nodes.psiScores.length,
      }),
    );
    this.factorAdjoints = branches.map(({ front: { fronts } }) => new Float64Array(fronts.length));
    this.values = view.values();
  }

  /**
   * The log of the integral, times |L|; NaN or -Infinity where it cannot be computed. Of the table it takes eta and psi; without
   * derivatives, the point may be another than the modes.
   */
  integrate(values: LatentValues, point: IntegrandPoint, derivatives: boolean): number {
    let total = this.begin(values, point, derivatives);
    for (let p = 0; p < this.tree.branches[0].levels.length; p++) total += this.visit(0, p);
    return total;
  }

  /** The same with a pause after each level of the outermost factor. */
  *integrateInSteps(values: LatentValues, point: IntegrandPoint, derivatives: boolean): Steps<number> {
    let total = this.begin(values, point, derivatives);
    for (let p = 0; p < this.tree.branches[0].levels.length; p++) {
      yield;
      total += this.visit(0, p);
    }
    return total;
  }

  private begin(values: LatentValues, { u, table }: IntegrandPoint, derivatives: boolean): number {
    const { rows } = this.tree;
    const [{ eta }] = this.stages;
    this.values = values;
    this.u = u;
    this.hasDerivatives = derivatives;
    const { constant, slope } = this.nodes.begin(table.psi);
    this.constantSlope = slope;
    for (let r = 0; r < rows.length; r++) eta[r] = table.eta[rows[r]];
    return constant;
  }

  /** The log of the integral over the level at a place and all that is nested in it, given the nodes of its ancestors. */
  private visit(depth: number, place: number): number {
    this.layNodes(depth, place);
    return depth === this.stages.length - 1 ? this.finestLevel(place) : this.nodeByNode(depth, place);
  }

  /** u - u^ = R^-T (x - E' y) with R the level's own block of L, E that of its ancestors, whose nodes less modes are y. */
  private layNodes(depth: number, place: number): void {
    const { branch, steps, shifts, stride, logWeights, path } = this.stages[depth];
    const { q, width, fronts, factor } = branch.front;
    const { count: K, x, logFactors } = branch.nodes;
    const level = branch.levels[place];
    const front = level * width * width;
    if (depth > 0) path.set(this.stages[depth - 1].path, q);
    logWeights.set(logFactors);
    for (let e = q - 1; e >= 0; e--) {
      let base = 0;
      for (let a = q; a < width; a++) base -= fronts[front + a * width + e] * path[a];
      const pivot = 1 / fronts[front + e * (width + 1)];
      for (let k = 0; k < K; k++) steps[e * K + k] = base + x[e * K + k];
      for (let c = e + 1; c < q; c++) {
        const entry = fronts[front + c * width + e];
        for (let k = 0; k < K; k++) steps[e * K + k] -= entry * steps[c * K + k];
      }
      const mode = this.u[factor][level * q + e];
      for (let k = 0; k < K; k++) {
        const step = pivot * steps[e * K + k];
        steps[e * K + k] = step;
        logWeights[k] -= 0.5 * (mode + step) * (mode + step);
      }
    }
    const Lambda = this.values.Lambda[factor];
    for (let e = 0; e < q; e++) {
      const to = e * stride;
      for (let k = 0; k < K; k++) shifts[to + k] = Lambda[e * q] * steps[k];
      for (let c = 1; c <= e; c++) for (let k = 0; k < K; k++) shifts[to + k] += Lambda[e * q + c] * steps[c * K + k];
    }
  }

  private finestLevel(place: number): number {
    const stage = this.stages[this.stages.length - 1];
    const { branch, moments, steps, shifts, records } = stage;
    const { weights, cross, stride } = this.nodes;
    const value = this.nodes.integrate(branch.rowStart[place], branch.rowStart[place + 1], this.hasDerivatives);
    if (this.hasDerivatives) {
      takeMoments(moments, weights, cross, shifts, stride, steps, branch.nodes.count);
      this.write(stage, place, records[0], place);
    }
    return value;
  }

  /** Means over the nodes are taken as the nodes come, each with its share in the sum so far. */
  private nodeByNode(depth: number, place: number): number {
    const { logWeights } = this.stages[depth];
    let logTotal = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < logWeights.length; k++) {
      const value = logWeights[k] + this.enterNode(depth, place, k);
      const next = logSum(logTotal, value);
      if (Number.isNaN(next)) return next;
      if (this.hasDerivatives && value > Number.NEGATIVE_INFINITY) this.leaveNode(depth, place, exp(value - next));
      logTotal = next;
    }
    return logTotal;
  }

  /** The log of the product of the integrals nested in a level, at its node k. */
  private enterNode(depth: number, place: number, k: number): number {
    const { branch, steps, shifts, stride, path, shift, eta } = this.stages[depth];
    const { q } = branch.front;
    for (let e = 0; e < q; e++) {
      path[e] = steps[e * branch.nodes.count + k];
      shift[e] = shifts[e * stride + k];
    }
    this.view.shiftRows(this.range(branch, place), shift, eta, this.stages[depth + 1].eta);
    let total = 0;
    for (let child = branch.children[place]; child < branch.children[place + 1]; child++)
      total += this.visit(depth + 1, child);
    return total;
  }

  private leaveNode(depth: number, place: number, share: number): void {
    const stage = this.stages[depth];
    const nested = this.stages[depth + 1];
    const { branch, moments, cross, shift, path, atNode } = stage;
    const { q } = branch.front;
    this.view.crossRows(this.range(branch, place), nested.scores, cross);
    takeMoments(moments, ONE, cross, shift, 1, path, 1);
    addCarry(nested, branch.children[place], branch.children[place + 1], moments.carry);
    for (let r = 0; r < q; r++) for (let c = 0; c < q; c++) moments.carryStep[r * q + c] = moments.carry[r] * path[c];
    this.write(stage, place, atNode, 0);
    const size = atNode.length;
    mix(stage.records[0].subarray(place * size, (place + 1) * size), atNode, 0, size, share);
    let [first, end] = [place, place + 1];
    for (let g = depth; g + 1 < this.stages.length; g++) {
      const { children } = this.stages[g].branch;
      [first, end] = [children[first], children[end]];
      const { recordSize } = this.stages[g + 1];
      mix(stage.records[g + 1 - depth], nested.records[g - depth], first * recordSize, end * recordSize, share);
    }
    mix(stage.scores, nested.scores, branch.rowStart[place], branch.rowStart[place + 1], share);
    stage.psiScores.forEach((scores, c) => {
      mix(scores, nested.psiScores[c], branch.rowStart[place], branch.rowStart[place + 1], share);
    });
  }

  private range({ front, rowStart }: Branch, place: number): RowRange {
    return { factor: front.factor, rows: this.tree.rows, first: rowStart[place], end: rowStart[place + 1] };
  }

  private write({ branch, path, moments, recordSize }: Stage, place: number, out: Float64Array, at: number): void {
    const { front, levels } = branch;
    const [Lambda, u] = [this.values.Lambda[front.factor], this.u[front.factor]];
    writeRecord(front, levels[place], Lambda, u, path, moments, out, at * recordSize);
  }

  /** Sets the derivatives of the last `integrate` and of -log |L|. */
  writeAdjoint(adjoint: ModeAdjoint): void {
    const { rows } = this.tree;
    const [{ scores, psiScores, records }] = this.stages;
    for (let r = 0; r < rows.length; r++) {
      adjoint.eta[rows[r]] = scores[r];
      for (let c = 0; c < psiScores.length; c++) adjoint.psi[c][rows[r]] = psiScores[c][r];
    }
    if (adjoint.psi.length > 0) adjoint.psi[0][0] += this.constantSlope;
    this.stages.forEach(({ branch, recordSize }, d) => {
      const { front, levels } = branch;
      adjoint.Lambda[front.factor].fill(0);
      for (let p = 0; p < levels.length; p++)
        spread(front, records[d], p * recordSize, levels[p], this.factorAdjoints[d], adjoint);
    });
    nestedAdjoint(this.hessian.chain, [...this.factorAdjoints].reverse(), adjoint.H);
  }

  /** The moments of b = Lambda u under the last `integrate`, which must have been one with derivatives. Fresh arrays. */
  effectMoments(): EffectMoments {
    const [means, sds, skewness] = [0, 0, 0].map(() => this.u.map((part) => new Float64Array(part.length)));
    this.stages.forEach(({ branch, recordSize }, d) => {
      const { factor } = branch.front;
      const [Lambda, u] = [this.values.Lambda[factor], this.u[factor]];
      const out = { means: means[factor], sds: sds[factor], skewness: skewness[factor] };
      for (let p = 0; p < branch.levels.length; p++)
        writeMoments(branch.front, branch.levels[p], Lambda, u, this.stages[0].records[d], p * recordSize, out);
    });
    return { means, sds, skewness };
  }
}

/** A record's parts to where the derivatives are collected. */
function spread(
  { factor, q, width, fronts }: Generation,
  record: Float64Array,
  from: number,
  level: number,
  factorAdjoint: Float64Array,
  adjoint: ModeAdjoint,
): void {
  const at = recordLayout(q, width);
  const front = level * width * width;
  for (let r = 0; r < width; r++)
    for (let c = 0; c < q; c++) factorAdjoint[front + r * width + c] = -record[from + at.factor + r * q + c];
  for (let e = 0; e < q; e++) {
    factorAdjoint[front + e * (width + 1)] -= 1 / fronts[front + e * (width + 1)];
    adjoint.u[factor][level * q + e] = record[from + at.slope + e];
    for (let c = 0; c < q; c++) adjoint.Lambda[factor][e * q + c] += record[from + at.Lambda + e * q + c];
  }
}

/** Sets `carry` to what the levels at some places carry to those they are nested in. */
function addCarry({ branch, records, recordSize }: Stage, first: number, end: number, carry: Float64Array): void {
  const at = recordLayout(branch.front.q, branch.front.width).carry;
  carry.fill(0);
  for (let p = first; p < end; p++)
    for (let a = 0; a < carry.length; a++) carry[a] += records[0][p * recordSize + at + a];
}

const ONE = Float64Array.of(1);

/** log(e^a + e^b) */
function logSum(a: number, b: number): number {
  const [more, less] = a > b ? [a, b] : [b, a];
  return less === Number.NEGATIVE_INFINITY ? more : more + log1p(exp(less - more));
}
