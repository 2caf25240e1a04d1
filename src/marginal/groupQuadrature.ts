import type { LatentGaussian, LatentValues, LevelNodes, RowScores } from "../density/LatentGaussian.js";
import { solveLower, solveLowerTransposed } from "../math/linalg/cholesky.js";
import { exp, log } from "../math/special/elementary.js";
import type { ModeAdjoint } from "./chainModes.js";
import type { ConditionalModes } from "./conditionalModes.js";
import { multiplyLower } from "./levelProducts.js";
import type { NestedCholesky } from "./nestedHessian.js";
import { quadratureStages, type Stage } from "./quadratureStages.js";

/** What `backward` adds to: Lambda and u; the rest it sets, each group its own part. */
export interface NodeAdjoint extends ModeAdjoint {
  readonly u: readonly Float64Array[];
}

/**
 * The integral over the effects of one group, a level of the coarsest factor with all levels nested in it, by adaptive Gauss-Hermite
 * quadrature (Pinheiro & Chao 2006), generation by generation: the nodes of a level are those of its normal approximation given the node
 * that its ancestors are at,
 *
 *   u_k = u^ + step_k,   step_k = R^-T x_k - A (the ancestors' steps),
 *
 * and a level's integral given its ancestors is the weighted sum over its nodes of the product of those of its children. With one point a
 * dimension it is the Laplace approximation. Long, as one idea: `forward` and `backward` walk the same nodes and share the buffers.
 */
export class GroupQuadrature {
  readonly groups: number;
  private readonly view: LatentGaussian;
  private readonly factorisation: NestedCholesky;
  private readonly stages: readonly Stage[];
  private readonly nodes: LevelNodes;
  /** Per level of the finest generation, how many rows the group has before its own. */
  private readonly rowStart: Int32Array;
  private readonly shift: Float64Array;

  /** Throws RangeError as `quadratureStages` does. */
  constructor(view: LatentGaussian, factorisation: NestedCholesky, points: number) {
    const { stages, groups, mostRows } = quadratureStages(view, points);
    const { factor, slots, mostLevels, rule } = stages[stages.length - 1];
    this.view = view;
    this.factorisation = factorisation;
    this.groups = groups;
    this.stages = stages;
    this.rowStart = new Int32Array(mostLevels + 1);
    const capacity = { count: rule.count, evaluations: mostLevels * slots, rows: mostRows * slots };
    this.nodes = view.levelNodes(factor, capacity);
    this.shift = new Float64Array(stages.reduce((most, { q }) => Math.max(most, q), 0));
  }

  /** What the integrals of all groups leave out; see `LevelNodes`. */
  remainder({ dispersion }: LatentValues, gradients: LatentValues | null): number {
    return this.nodes.remainder(dispersion, gradients?.dispersion ?? null);
  }

  /** The log of the group's integral times the root of the determinant of its H; NaN or -Infinity where it cannot be computed. */
  forward(group: number, values: LatentValues, modes: ConditionalModes): number {
    this.enter(group);
    return this.integral(0, group, 0, values, modes);
  }

  /** Adds the derivatives of the last `forward`, with those of the root of the determinant; sets the group's rows and blocks of H. */
  backward(group: number, values: LatentValues, modes: ConditionalModes, adjoint: NodeAdjoint): void {
    for (const { from, to, curvature } of this.stages) for (let p = from; p < to; p++) curvature.clear(p - from);
    this.levelBackward(0, group, 0, 1, values, modes, adjoint);
    this.curvatureBackward(0, group, null, adjoint);
  }

  /** Writes the means of the group's u under the weights of the last `forward`. */
  writeMeans(group: number, { u }: ConditionalModes, means: readonly Float64Array[]): void {
    for (const { from, to, factor, levels, q } of this.stages)
      for (let p = from; p < to; p++)
        for (let at = levels[p] * q; at < (levels[p] + 1) * q; at++) means[factor][at] = u[factor][at];
    this.addSteps(0, group, 0, 1, means);
  }

  /** Takes over the group's curvature and lays the nodes of its levels. */
  private enter(group: number): void {
    for (let g = 0; g < this.stages.length; g++) {
      const stage = this.stages[g];
      stage.from = g === 0 ? group : this.stages[g - 1].first[this.stages[g - 1].from];
      stage.to = g === 0 ? group + 1 : this.stages[g - 1].first[this.stages[g - 1].to];
      for (let p = stage.from; p < stage.to; p++) this.layNodes(stage, p);
    }
    const { factor, levels, from, to } = this.stages[this.stages.length - 1];
    const { start } = this.view.rowsByLevel(factor);
    for (let p = from; p < to; p++)
      this.rowStart[p - from + 1] = this.rowStart[p - from] + start[levels[p] + 1] - start[levels[p]];
  }

  private layNodes({ q, curvature, offsets, rule, levels, from }: Stage, p: number): void {
    const m = p - from;
    curvature.place(this.factorisation, levels[p], m);
    const at = m * rule.nodes.length;
    offsets.set(rule.nodes, at);
    for (let k = 0; k < rule.count; k++) solveLowerTransposed(curvature.R, q, offsets, m * q * q, at + k * q);
  }

  /** The log of the integral over a level's effects and all below, at the nodes `slot` of its ancestors, times its |R|. */
  private integral(g: number, p: number, slot: number, values: LatentValues, modes: ConditionalModes): number {
    const stage = this.stages[g];
    const { q, factor, weights, rule, logFactors, step } = stage;
    const m = p - stage.from;
    const u = modes.u[factor];
    const mode = stage.levels[p] * q;
    const isFinest = g === this.stages.length - 1;
    const at = (m * stage.slots + slot) * rule.count;
    this.setBase(g, m);
    for (let k = 0; k < rule.count; k++) {
      this.setStep(stage, m, k);
      let squares = 0;
      for (let e = 0; e < q; e++) squares += (u[mode + e] + step[e]) * (u[mode + e] + step[e]);
      weights[at + k] = logFactors[k] - 0.5 * squares;
      if (isFinest) multiplyLower(values.Lambda[factor], q, step, 0, this.nodes.shifts, k * q);
      else weights[at + k] += this.below(g, p, slot * rule.count + k, values, modes);
    }
    if (isFinest) {
      const { value, stride } = this.nodes;
      const evaluation = m * stage.slots + slot;
      const eta = stage.eta ?? modes.table.eta;
      this.nodes.evaluate(stage.levels[p], eta, modes.table.psi, evaluation, this.rowAt(m, slot));
      for (let k = 0; k < rule.count; k++) weights[at + k] += value[evaluation * stride + k];
    }
    return normalise(weights, at, rule.count);
  }

  /** The integrals of a level's children with its own effect at the step at work. */
  private below(g: number, p: number, slot: number, values: LatentValues, modes: ConditionalModes): number {
    const { factor, levels, first, q, step, eta } = this.stages[g];
    const moved = this.stages[g + 1].eta;
    if (moved === null) throw new RangeError("only the first generation has no linear predictors of its own");
    const { start, rows } = this.view.rowsByLevel(factor);
    const from = eta ?? modes.table.eta;
    for (let r = start[levels[p]]; r < start[levels[p] + 1]; r++) moved[rows[r]] = from[rows[r]];
    multiplyLower(values.Lambda[factor], q, step, 0, this.shift, 0);
    this.view.shiftLevel(factor, levels[p], this.shift, 0, moved);
    let total = 0;
    for (let child = first[p]; child < first[p + 1]; child++) total += this.integral(g + 1, child, slot, values, modes);
    return total;
  }

  /** Sets what the steps of a level's ancestors make of its own: -A (the ancestors' steps). */
  private setBase(g: number, m: number): void {
    const { q, base, curvature } = this.stages[g];
    const { A, size } = curvature;
    base.fill(0);
    for (let a = g - 1, start = 0; a >= 0; start += this.stages[a].q, a--) {
      const ancestor = this.stages[a].step;
      for (let e = 0; e < q; e++)
        for (let c = 0; c < ancestor.length; c++) base[e] -= A[(m * q + e) * size + start + c] * ancestor[c];
    }
  }

  /** u_k - u^ of a level after `setBase`. */
  private setStep({ q, step, base, offsets, rule }: Stage, m: number, k: number): void {
    for (let e = 0; e < q; e++) step[e] = base[e] + offsets[(m * rule.count + k) * q + e];
  }

  /** Where a level's rows stand among those of all evaluations of the group. */
  private rowAt(m: number, slot: number): number {
    const { slots } = this.stages[this.stages.length - 1];
    return this.rowStart[m] * slots + slot * (this.rowStart[m + 1] - this.rowStart[m]);
  }

  /** The derivatives through a level and all below, at nodes of its ancestors that together weigh `path`; sets the scores of its rows. */
  private levelBackward(
    g: number,
    p: number,
    slot: number,
    path: number,
    values: LatentValues,
    modes: ConditionalModes,
    adjoint: NodeAdjoint,
  ): void {
    const stage = this.stages[g];
    const { q, factor, levels, weights, rule, first } = stage;
    const m = p - stage.from;
    const at = (m * stage.slots + slot) * rule.count;
    const scores = stage.scores ?? adjoint.rows;
    const below = this.stages.at(g + 1)?.scores ?? null;
    stage.stepSum.fill(0);
    stage.offsetSum.fill(0);
    this.setBase(g, m);
    if (below === null) {
      const evaluation = m * stage.slots + slot;
      const { effects, stride } = this.nodes;
      this.nodes.weighScores(levels[p], evaluation, this.rowAt(m, slot), weights, at, scores);
      stage.stepBar.fill(0);
      for (let k = 0; k < rule.count; k++) {
        this.setStep(stage, m, k);
        const cross = (evaluation * stride + k) * q;
        this.nodeBackward(stage, p, k, path * weights[at + k], effects, cross, values, modes, adjoint);
      }
    } else {
      this.addScores(factor, levels[p], 0, below, scores);
      for (let k = 0; k < rule.count; k++) {
        const weight = path * weights[at + k];
        this.setStep(stage, m, k);
        stage.stepBar.fill(0);
        for (let child = first[p]; child < first[p + 1]; child++)
          this.levelBackward(g + 1, child, slot * rule.count + k, weight, values, modes, adjoint);
        this.addScores(factor, levels[p], weights[at + k], below, scores);
        this.view.crossLevel(factor, levels[p], below.eta, stage.cross, 0);
        this.nodeBackward(stage, p, k, weight, stage.cross, 0, values, modes, adjoint);
      }
    }
    this.stepsBackward(g, m);
  }

  /** scores += weight * from in the rows of a level; a weight of 0 clears them. */
  private addScores(factor: number, level: number, weight: number, from: RowScores, scores: RowScores): void {
    const { start, rows } = this.view.rowsByLevel(factor);
    for (let r = start[level]; r < start[level + 1]; r++) {
      const i = rows[r];
      scores.eta[i] = weight === 0 ? 0 : scores.eta[i] + weight * from.eta[i];
      scores.psi[i] = weight === 0 ? 0 : scores.psi[i] + weight * from.psi[i];
    }
  }

  /** The derivatives through one node of a level, given Z's of its rows there; `stepBar` holds what its children have added. */
  private nodeBackward(
    { q, factor, levels, offsets, rule, step, stepBar, stepSum, offsetSum, from }: Stage,
    p: number,
    k: number,
    weight: number,
    cross: Float64Array,
    crossAt: number,
    values: LatentValues,
    { u }: ConditionalModes,
    adjoint: NodeAdjoint,
  ): void {
    const [modes, uBar] = [u[factor], adjoint.u[factor]];
    const [Lambda, LambdaBar] = [values.Lambda[factor], adjoint.Lambda[factor]];
    const mode = levels[p] * q;
    const offset = ((p - from) * rule.count + k) * q;
    for (let e = 0; e < q; e++) {
      const value = modes[mode + e] + step[e];
      let slope = -value;
      for (let c = e; c < q; c++) {
        const score = cross[crossAt + c];
        slope += Lambda[c * q + e] * score;
        LambdaBar[c * q + e] += weight * score * value;
      }
      uBar[mode + e] += weight * slope;
      const through = weight * slope + stepBar[e];
      stepSum[e] += through;
      for (let r = 0; r < q; r++) offsetSum[r * q + e] += offsets[offset + r] * through;
    }
  }

  /** From the derivatives in a level's steps to those in its R and A and in its ancestors' steps. */
  private stepsBackward(g: number, m: number): void {
    const { q, curvature, stepSum, offsetSum } = this.stages[g];
    const { R, A, RBar, ABar, size } = curvature;
    for (let a = g - 1, start = 0; a >= 0; start += this.stages[a].q, a--) {
      const ancestor = this.stages[a];
      for (let e = 0; e < q; e++)
        for (let c = 0; c < ancestor.q; c++) {
          const place = (m * q + e) * size + start + c;
          ABar[place] -= stepSum[e] * ancestor.step[c];
          ancestor.stepBar[c] -= A[place] * stepSum[e];
        }
    }
    for (let r = 0; r < q; r++) {
      solveLower(R, q, offsetSum, m * q * q, r * q);
      for (let c = 0; c <= r; c++) RBar[(m * q + r) * q + c] -= offsetSum[r * q + c];
    }
  }

  /** From the derivatives in the curvatures of the group to those in the blocks of H, parents first. */
  private curvatureBackward(g: number, p: number, parent: number | null, adjoint: NodeAdjoint): void {
    const { curvature, levels, from, first } = this.stages[g];
    const above = parent === null ? null : { curvature: this.stages[g - 1].curvature, m: parent };
    curvature.backward(levels[p], p - from, above, adjoint.H);
    if (g === this.stages.length - 1) return;
    for (let child = first[p]; child < first[p + 1]; child++) this.curvatureBackward(g + 1, child, p - from, adjoint);
  }

  private addSteps(g: number, p: number, slot: number, path: number, means: readonly Float64Array[]): void {
    const { q, factor, levels, weights, rule, first, step, from, slots } = this.stages[g];
    const at = ((p - from) * slots + slot) * rule.count;
    this.setBase(g, p - from);
    for (let k = 0; k < rule.count; k++) {
      this.setStep(this.stages[g], p - from, k);
      const weight = path * weights[at + k];
      for (let e = 0; e < q; e++) means[factor][levels[p] * q + e] += weight * step[e];
      if (g === this.stages.length - 1) continue;
      for (let child = first[p]; child < first[p + 1]; child++)
        this.addSteps(g + 1, child, slot * rule.count + k, weight, means);
    }
  }
}

/** Turns log weights into weights that sum to 1; returns the log of what they summed to. */
function normalise(logWeights: Float64Array, at: number, count: number): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let k = at; k < at + count; k++) most = Math.max(most, logWeights[k]);
  let total = 0;
  for (let k = at; k < at + count; k++) {
    logWeights[k] = exp(logWeights[k] - most);
    total += logWeights[k];
  }
  for (let k = at; k < at + count; k++) logWeights[k] /= total;
  return most + log(total);
}
