import type { EffectsBlocks, LatentGaussian, LatentValues, NodeTable, RowTable } from "../density/LatentGaussian.js";
import {
  cholesky,
  choleskyAdjoint,
  logDeterminant,
  solveLower,
  solveLowerTransposed,
} from "../math/linalg/cholesky.js";
import { exp, log } from "../math/special/elementary.js";
import { curvature, multiplyLower, multiplyLowerTransposed } from "./levelProducts.js";
import type { QuadratureGroups } from "./quadratureGroups.js";

/** The point about which the nodes are laid: the conditional modes, the rows there, and Z'WZ. */
export interface ModePoint {
  readonly values: LatentValues;
  /** Per factor, J x q. */
  readonly u: readonly Float64Array[];
  readonly table: RowTable;
  readonly ZWZ: EffectsBlocks;
}

/** What the derivatives of the group integrals are added to. */
export interface NodeAdjoint {
  /** d / d eta and d / d psi of the rows through the nodes, the nodes held. Length n. */
  readonly eta: Float64Array;
  readonly psi: Float64Array;
  /** d / d Lambda, the nodes held in u. */
  readonly Lambda: readonly Float64Array[];
  /** d / d u of the modes. */
  readonly u: readonly Float64Array[];
  /** d / d H, symmetric: an off-diagonal block stands for half of its two places' sum. */
  readonly H: EffectsBlocks;
}

/**
 * The integral over the effects of one group by adaptive Gauss-Hermite quadrature (Pinheiro & Chao 2006): nodes are those of the Gaussian
 * approximation at the mode, for nested factors those of the outer effect v and, at each, of every inner effect u given v,
 *
 *   v_k = v^ + T^-T x_k,   u_kl = u^ - A (v_k - v^) + R^-T x_l,   R R' = H_uu,  A = H_uu^-1 H_uv,  T T' = H_vv - sum H_vu A.
 *
 * With one point a dimension it is the Laplace approximation. A model with one factor has no v. Long, as one idea: value and adjoint walk the
 * same nodes and share the buffers.
 */
export class GroupQuadrature {
  private readonly view: LatentGaussian;
  private readonly groups: QuadratureGroups;
  /** Effects of an outer and of an inner level, and their numbers of nodes. */
  private readonly q1: number;
  private readonly q2: number;
  private readonly K1: number;
  private readonly K2: number;
  private readonly T: Float64Array;
  /** Outer nodes less the mode, and their weights, K1 x q1 and K1. */
  private readonly y: Float64Array;
  private readonly outerWeights: Float64Array;
  /** Per member of a group: R, A, and R^-T x of all inner nodes. */
  private readonly R: Float64Array;
  private readonly A: Float64Array;
  private readonly w: Float64Array;
  /** Weights of the inner nodes given the outer one, members x K1 x K2. */
  private readonly innerWeights: Float64Array;
  private readonly nodes: NodeTable;
  /** Length n: the linear predictor at one outer node, and the mean scores there. */
  private readonly eta: Float64Array;
  private readonly scores: Float64Array;
  private readonly rowStart: Int32Array;
  private readonly shifts: Float64Array;

  constructor(view: LatentGaussian, groups: QuadratureGroups) {
    const { inner, outer, start, members } = groups;
    this.view = view;
    this.groups = groups;
    this.q1 = outer?.q ?? 0;
    this.q2 = inner.q;
    this.K1 = outer?.rule.count ?? 1;
    this.K2 = inner.rule.count;
    const rows = view.rowsByLevel(inner.factor).start;
    let mostMembers = 0;
    let mostRows = 0;
    for (let g = 0; g < groups.count; g++) {
      let count = 0;
      for (let m = start[g]; m < start[g + 1]; m++) count += rows[members[m] + 1] - rows[members[m]];
      mostMembers = Math.max(mostMembers, start[g + 1] - start[g]);
      mostRows = Math.max(mostRows, count);
    }
    const { q1, q2, K1, K2 } = this;
    this.T = new Float64Array(q1 * q1);
    this.y = new Float64Array(K1 * q1);
    this.outerWeights = new Float64Array(K1);
    this.R = new Float64Array(mostMembers * q2 * q2);
    this.A = new Float64Array(mostMembers * q2 * q1);
    this.w = new Float64Array(mostMembers * K2 * q2);
    this.innerWeights = new Float64Array(mostMembers * K1 * K2);
    this.nodes = {
      value: new Float64Array(mostMembers * K1 * K2),
      effects: new Float64Array(mostMembers * K1 * K2 * q2),
      dEta: new Float64Array(mostRows * K1 * K2),
      dPsi: new Float64Array(mostRows * K1 * K2),
    };
    this.eta = new Float64Array(view.rows);
    this.scores = new Float64Array(view.rows);
    this.rowStart = new Int32Array(mostMembers + 1);
    this.shifts = new Float64Array(Math.max(K2 * q2, q1));
  }

  /** The log of the group's integral; NaN or -Infinity where it cannot be computed. `backward` may follow, for the same group. */
  forward(group: number, point: ModePoint): number {
    const { groups, K1 } = this;
    const first = groups.start[group];
    const count = groups.start[group + 1] - first;
    for (let m = 0; m < count; m++) if (!this.placeMember(groups.members[first + m], m, point)) return Number.NaN;
    const logRoot = this.placeOuter(group, first, count, point);
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K1; k++) {
      let value = this.enterOuterNode(group, k, point);
      for (let m = 0; m < count; m++) value += this.innerIntegral(groups.members[first + m], m, k, point);
      this.outerWeights[k] = value;
      most = Math.max(most, value);
    }
    return normalise(this.outerWeights, 0, K1, most) - logRoot;
  }

  /** Factors the member's own curvature, lays its nodes and notes where its rows stand. */
  private placeMember(level: number, m: number, { values, ZWZ }: ModePoint): boolean {
    const { q1, q2, K2, R, A, w } = this;
    const { inner, outer } = this.groups;
    const Lambda = values.Lambda[inner.factor];
    const at = m * q2 * q2;
    curvature(ZWZ.factors[inner.factor], level * q2 * q2, q2, 1, q2, q2, Lambda, Lambda, R, at);
    for (let e = 0; e < q2; e++) R[at + e * (q2 + 1)] += 1;
    if (!cholesky(R, q2, at)) return false;
    if (outer !== null) {
      const { meetings: met } = outer;
      const block = met.blocks[level] * q1 * q2;
      const strides: [number, number] = [met.ofStride, met.otherStride];
      curvature(ZWZ.pairs[met.pair], block, ...strides, q2, q1, Lambda, values.Lambda[outer.factor], A, m * q2 * q1);
      for (let c = 0; c < q1; c++) {
        solveLower(R, q2, A, at, m * q2 * q1 + c, q1);
        solveLowerTransposed(R, q2, A, at, m * q2 * q1 + c, q1);
      }
    }
    w.set(inner.rule.nodes, m * K2 * q2);
    for (let l = 0; l < K2; l++) solveLowerTransposed(R, q2, w, at, (m * K2 + l) * q2);
    const { start } = this.view.rowsByLevel(inner.factor);
    this.rowStart[m + 1] = this.rowStart[m] + start[level + 1] - start[level];
    return true;
  }

  /** T and the outer nodes; returns log |T| + the members' log |R|, or NaN. */
  private placeOuter(group: number, first: number, count: number, { values, ZWZ }: ModePoint): number {
    const { q1, q2, T, y, K1 } = this;
    const { inner, outer, members } = this.groups;
    let logRoot = 0;
    for (let m = 0; m < count; m++) logRoot += 0.5 * logDeterminant(this.R, q2, m * q2 * q2);
    if (outer === null) return logRoot;
    const Lambda = values.Lambda[outer.factor];
    curvature(ZWZ.factors[outer.factor], group * q1 * q1, q1, 1, q1, q1, Lambda, Lambda, T, 0);
    for (let e = 0; e < q1; e++) T[e * (q1 + 1)] += 1;
    const H = new Float64Array(q2 * q1);
    const { meetings: met } = outer;
    for (let m = 0; m < count; m++) {
      const block = met.blocks[members[first + m]] * q1 * q2;
      curvature(
        ZWZ.pairs[met.pair],
        block,
        met.ofStride,
        met.otherStride,
        q2,
        q1,
        values.Lambda[inner.factor],
        Lambda,
        H,
        0,
      );
      for (let r = 0; r < q1; r++)
        for (let c = 0; c < q1; c++)
          for (let e = 0; e < q2; e++) T[r * q1 + c] -= H[e * q1 + r] * this.A[(m * q2 + e) * q1 + c];
    }
    if (!cholesky(T, q1)) return Number.NaN;
    y.set(outer.rule.nodes);
    for (let k = 0; k < K1; k++) solveLowerTransposed(T, q1, y, 0, k * q1);
    return logRoot + 0.5 * logDeterminant(T, q1);
  }

  /** Moves the group's rows to outer node k; returns what the node counts besides the inner integrals. */
  private enterOuterNode(group: number, k: number, { values, u, table }: ModePoint): number {
    const { q1, y, eta, shifts } = this;
    const { inner, outer, start, members } = this.groups;
    const { start: rowStart, rows } = this.view.rowsByLevel(inner.factor);
    for (let m = start[group]; m < start[group + 1]; m++)
      for (let r = rowStart[members[m]]; r < rowStart[members[m] + 1]; r++) eta[rows[r]] = table.eta[rows[r]];
    if (outer === null) return 0;
    let squares = 0;
    for (let e = 0; e < q1; e++) {
      const v = u[outer.factor][group * q1 + e] + y[k * q1 + e];
      squares += v * v;
    }
    multiplyLower(values.Lambda[outer.factor], q1, y, k * q1, shifts, 0);
    this.view.shiftLevel(outer.factor, group, shifts, 0, eta);
    return outer.logFactors[k] - 0.5 * squares;
  }

  /** log of the member's integral at outer node k, times |R|; leaves the weights of its nodes. */
  private innerIntegral(level: number, m: number, k: number, point: ModePoint): number {
    const { q2, K1, K2, shifts, innerWeights, nodes } = this;
    const { inner } = this.groups;
    const Lambda = point.values.Lambda[inner.factor];
    const step = new Float64Array(q2);
    const nodeAt = (m * K1 + k) * K2;
    for (let l = 0; l < K2; l++) {
      this.innerStep(m, k, l, step);
      multiplyLower(Lambda, q2, step, 0, shifts, l * q2);
      let squares = 0;
      for (let e = 0; e < q2; e++) {
        const value = point.u[inner.factor][level * q2 + e] + step[e];
        squares += value * value;
      }
      innerWeights[nodeAt + l] = inner.logFactors[l] - 0.5 * squares;
    }
    const rowAt = this.rowAt(m, k);
    const request = { count: K2, shifts, shiftsAt: 0, nodeAt, rowAt };
    this.view.levelNodes(inner.factor, level, this.eta, point.table.psi, request, nodes);
    let most = Number.NEGATIVE_INFINITY;
    for (let l = nodeAt; l < nodeAt + K2; l++) {
      innerWeights[l] += nodes.value[l];
      most = Math.max(most, innerWeights[l]);
    }
    return normalise(innerWeights, nodeAt, K2, most);
  }

  /** u_kl - u^ of a member. */
  private innerStep(m: number, k: number, l: number, step: Float64Array): void {
    const { q1, q2, K2, A, w, y } = this;
    for (let e = 0; e < q2; e++) {
      let value = w[(m * K2 + l) * q2 + e];
      for (let c = 0; c < q1; c++) value -= A[(m * q2 + e) * q1 + c] * y[k * q1 + c];
      step[e] = value;
    }
  }

  private rowAt(m: number, k: number): number {
    return this.rowStart[m] * this.K1 + k * (this.rowStart[m + 1] - this.rowStart[m]);
  }

  /** Adds the derivatives of the last `forward`. */
  backward(group: number, point: ModePoint, adjoint: NodeAdjoint): void {
    const { groups, q1, q2, K1 } = this;
    const first = groups.start[group];
    const count = groups.start[group + 1] - first;
    const RBar = new Float64Array(count * q2 * q2);
    const ABar = new Float64Array(count * q2 * q1);
    const TBar = new Float64Array(q1 * q1);
    for (let k = 0; k < K1; k++) {
      /** d / d y_k through the inner nodes: - sum A' G. */
      const yBar = new Float64Array(q1);
      for (let m = 0; m < count; m++)
        this.memberBackward(groups.members[first + m], m, k, point, adjoint, RBar, ABar, yBar);
      this.outerBackward(group, k, point, adjoint, yBar, TBar);
    }
    this.curvatureBackward(group, first, count, adjoint, RBar, ABar, TBar);
  }

  /** Writes the means of the group's u under the weights of the last `forward`. */
  writeMeans(group: number, { u }: ModePoint, means: readonly Float64Array[]): void {
    const { q1, q2, K1, K2, y, outerWeights, innerWeights } = this;
    const { inner, outer, start, members } = this.groups;
    if (outer !== null)
      for (let e = group * q1; e < (group + 1) * q1; e++) {
        means[outer.factor][e] = u[outer.factor][e];
        for (let k = 0; k < K1; k++) means[outer.factor][e] += outerWeights[k] * y[k * q1 + e - group * q1];
      }
    const step = new Float64Array(q2);
    for (let m = 0; m < start[group + 1] - start[group]; m++) {
      const at = members[start[group] + m] * q2;
      for (let e = 0; e < q2; e++) means[inner.factor][at + e] = u[inner.factor][at + e];
      for (let k = 0; k < K1; k++)
        for (let l = 0; l < K2; l++) {
          this.innerStep(m, k, l, step);
          const weight = outerWeights[k] * innerWeights[(m * K1 + k) * K2 + l];
          for (let e = 0; e < q2; e++) means[inner.factor][at + e] += weight * step[e];
        }
    }
  }

  private memberBackward(
    level: number,
    m: number,
    k: number,
    { values, u }: ModePoint,
    adjoint: NodeAdjoint,
    RBar: Float64Array,
    ABar: Float64Array,
    yBar: Float64Array,
  ): void {
    const { q1, q2, K1, K2, R, A, w, y, innerWeights, nodes } = this;
    const { factor } = this.groups.inner;
    const Lambda = values.Lambda[factor];
    const outerWeight = this.outerWeights[k];
    const [step, gradient, mean] = [0, 0, 0].map(() => new Float64Array(q2));
    const nodeAt = (m * K1 + k) * K2;
    for (let l = 0; l < K2; l++) {
      const weight = innerWeights[nodeAt + l];
      this.innerStep(m, k, l, step);
      multiplyLowerTransposed(Lambda, q2, nodes.effects, (nodeAt + l) * q2, gradient);
      for (let e = 0; e < q2; e++) {
        const value = u[factor][level * q2 + e] + step[e];
        gradient[e] -= value;
        mean[e] += weight * gradient[e];
        for (let c = 0; c < q2; c++)
          adjoint.Lambda[factor][c * q2 + e] += outerWeight * weight * nodes.effects[(nodeAt + l) * q2 + c] * value;
      }
      solveLower(R, q2, gradient, m * q2 * q2);
      for (let r = 0; r < q2; r++)
        for (let c = 0; c <= r; c++)
          RBar[(m * q2 + r) * q2 + c] -= outerWeight * weight * w[(m * K2 + l) * q2 + r] * gradient[c];
    }
    for (let e = 0; e < q2; e++) {
      adjoint.u[factor][level * q2 + e] += outerWeight * mean[e];
      for (let c = 0; c < q1; c++) {
        ABar[(m * q2 + e) * q1 + c] -= outerWeight * mean[e] * y[k * q1 + c];
        yBar[c] -= A[(m * q2 + e) * q1 + c] * mean[e];
      }
    }
    this.rowsBackward(level, m, k, adjoint);
  }

  private rowsBackward(level: number, m: number, k: number, adjoint: NodeAdjoint): void {
    const { K1, K2, innerWeights, nodes, scores } = this;
    const { start, rows } = this.view.rowsByLevel(this.groups.inner.factor);
    const outerWeight = this.outerWeights[k];
    const nodeAt = (m * K1 + k) * K2;
    let from = this.rowAt(m, k) * K2;
    for (let r = start[level]; r < start[level + 1]; r++, from += K2) {
      let [dEta, dPsi] = [0, 0];
      for (let l = 0; l < K2; l++) {
        dEta += innerWeights[nodeAt + l] * nodes.dEta[from + l];
        dPsi += innerWeights[nodeAt + l] * nodes.dPsi[from + l];
      }
      scores[rows[r]] = dEta;
      adjoint.eta[rows[r]] += outerWeight * dEta;
      adjoint.psi[rows[r]] += outerWeight * dPsi;
    }
  }

  private outerBackward(
    group: number,
    k: number,
    { values, u }: ModePoint,
    adjoint: NodeAdjoint,
    yBar: Float64Array,
    TBar: Float64Array,
  ): void {
    const { q1, T, y } = this;
    const { outer } = this.groups;
    if (outer === null) return;
    const weight = this.outerWeights[k];
    const [cross, gradient] = [0, 0].map(() => new Float64Array(q1));
    this.view.crossLevel(outer.factor, group, this.scores, cross, 0);
    multiplyLowerTransposed(values.Lambda[outer.factor], q1, cross, 0, gradient);
    for (let e = 0; e < q1; e++) {
      const v = u[outer.factor][group * q1 + e] + y[k * q1 + e];
      gradient[e] -= v;
      adjoint.u[outer.factor][group * q1 + e] += weight * gradient[e];
      yBar[e] += gradient[e];
      for (let c = 0; c < q1; c++) adjoint.Lambda[outer.factor][c * q1 + e] += weight * cross[c] * v;
    }
    solveLower(T, q1, yBar);
    for (let r = 0; r < q1; r++) for (let c = 0; c <= r; c++) TBar[r * q1 + c] -= weight * y[k * q1 + r] * yBar[c];
  }

  /** From R, A and T back to the blocks of H. */
  private curvatureBackward(
    group: number,
    first: number,
    count: number,
    { H }: NodeAdjoint,
    RBar: Float64Array,
    ABar: Float64Array,
    TBar: Float64Array,
  ): void {
    const { q1, q2, T, R, A } = this;
    const { inner, outer, members } = this.groups;
    for (let e = 0; e < q1; e++) TBar[e * (q1 + 1)] -= 1 / T[e * (q1 + 1)];
    if (outer !== null) {
      choleskyAdjoint(T, q1, TBar);
      add(TBar, H.factors[outer.factor], group * q1 * q1);
    }
    for (let m = 0; m < count; m++) {
      const at = m * q2 * q2;
      const level = members[first + m];
      const own = RBar.subarray(at, at + q2 * q2);
      const root = R.subarray(at, at + q2 * q2);
      for (let e = 0; e < q2; e++) own[e * (q2 + 1)] -= 1 / root[e * (q2 + 1)];
      choleskyAdjoint(root, q2, own);
      if (outer !== null) {
        const cross = ABar.subarray(m * q2 * q1, (m + 1) * q2 * q1);
        this.couplingBackward(root, A.subarray(m * q2 * q1, (m + 1) * q2 * q1), cross, TBar, own);
        const { meetings: met } = outer;
        const block = met.blocks[level] * q1 * q2;
        for (let r = 0; r < q2; r++)
          for (let c = 0; c < q1; c++)
            H.pairs[met.pair][block + r * met.ofStride + c * met.otherStride] += 0.5 * cross[r * q1 + c];
      }
      add(own, H.factors[inner.factor], level * q2 * q2);
    }
  }

  /** With S = H_vv - sum H_vu A and A = H_uu^-1 H_uv: turns A's adjoint into that of H_uv, and adds to that of H_uu. */
  private couplingBackward(
    R: Float64Array,
    A: Float64Array,
    cross: Float64Array,
    SBar: Float64Array,
    own: Float64Array,
  ): void {
    const { q1, q2 } = this;
    for (let c = 0; c < q1; c++) {
      solveLower(R, q2, cross, 0, c, q1);
      solveLowerTransposed(R, q2, cross, 0, c, q1);
    }
    const scaled = new Float64Array(q2 * q1);
    for (let r = 0; r < q2; r++)
      for (let c = 0; c < q1; c++) for (let e = 0; e < q1; e++) scaled[r * q1 + c] += A[r * q1 + e] * SBar[e * q1 + c];
    for (let r = 0; r < q2; r++)
      for (let s = 0; s < q2; s++)
        for (let c = 0; c < q1; c++)
          own[r * q2 + s] +=
            scaled[r * q1 + c] * A[s * q1 + c] -
            0.5 * (cross[r * q1 + c] * A[s * q1 + c] + A[r * q1 + c] * cross[s * q1 + c]);
    for (let k = 0; k < cross.length; k++) cross[k] -= 2 * scaled[k];
  }
}

/** Turns log weights into weights that sum to 1; returns the log of what they summed to. */
function normalise(logWeights: Float64Array, at: number, count: number, most: number): number {
  let total = 0;
  for (let k = at; k < at + count; k++) {
    logWeights[k] = exp(logWeights[k] - most);
    total += logWeights[k];
  }
  for (let k = at; k < at + count; k++) logWeights[k] /= total;
  return most + log(total);
}

function add(from: Float64Array, to: Float64Array, at: number): void {
  for (let k = 0; k < from.length; k++) to[at + k] += from[k];
}
