import type { EffectsBlocks, LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { RowTable } from "../../density/RowTable.js";
import { addByGroup } from "../../math/linalg/addByGroup.js";
import type { Steps } from "../../math/steps.js";
import { effectsBlocks, effectsVectors } from "../factorisations/BlockCholesky.js";
import type { EffectsHessian } from "../factorisations/EffectsHessian.js";
import { type Climb, startOfClimb } from "./Climb.js";
import { type Clusters, clusters } from "./clusters.js";
import { scaleEffects, scaleTransposed } from "./effects.js";

/** Where log p(y | b) - u'u/2, b = Lambda u, is largest at given parameters, and what holds there. Buffers are the search's. */
export interface ConditionalModes {
  /** Standardised and original effects, one array a factor, level-major. */
  readonly u: readonly Float64Array[];
  readonly b: readonly Float64Array[];
  /** log p(y | b) - u'u/2, constants of the likelihood included; -Infinity where it cannot be computed. */
  readonly value: number;
  /** log |H| at the modes, H = Lambda' Z'WZ Lambda + I with the observed weights W; NaN unless converged. */
  readonly logDeterminant: number;
  /** The rows at the modes, up to the order asked for (at least 2). */
  readonly table: RowTable;
  /** Z'WZ there. */
  readonly ZWZ: EffectsBlocks;
  /** Newton steps. */
  readonly iterations: number;
  /** g' H^-1 g with g the gradient in u: twice what a last step would add to the value. */
  readonly decrement: number;
  /** The gradient vanishes and H is positive definite. The Hessian object then holds the factor of H. */
  readonly converged: boolean;
}

/** Below this decrement one more full step makes the mode exact: Newton's method squares the error. */
const CLOSE = 1e-12;
/** And below this one there is nothing left to gain. */
const EXACT = 1e-22;
/** Full Newton steps with a decrement below this are taken on trust: their gain may be lost in the rounding of the value. */
const TRUSTED = 1e-8;
/** Share of the gain promised by the gradient that a step must bring (Armijo), and the rounding of a sum of log-likelihoods. */
const LEAST_GAIN = 1e-4;
const ROUNDING = 1e-12;
const MAX_HALVINGS = 50;
/** Evaluations of all rows in one search. Where a mode is at the end of a mean's range, steps are halved again and again, and it is never reached. */
const MAX_EVALUATIONS = 1000;

/**
 * Conditional modes by Newton's method in u (penalised iteratively reweighted least squares, with observed weights), from `start` or,
 * if that fails, from zero. Steps are halved until each independent cluster of levels gains on its own. Where H is not positive
 * definite on the way, rows with a negative weight are left out of it.
 */
export function conditionalModes(
  view: LatentGaussian,
  hessian: EffectsHessian,
  values: LatentValues,
  start: readonly Float64Array[],
  order: 2 | 3 = 2,
): ConditionalModes {
  return new ModeSearch(view, hessian).find(values, start, order);
}

/** The same with buffers that are kept from call to call. */
export class ModeSearch {
  private readonly view: LatentGaussian;
  private readonly hessian: EffectsHessian;
  private readonly parts: Clusters;
  private readonly table: RowTable;
  private readonly weights: Float64Array;
  private readonly ZWZ: EffectsBlocks;
  private readonly u: Float64Array[];
  private readonly b: Float64Array[];
  private readonly gradient: Float64Array[];
  private readonly step: Float64Array[];
  private readonly trial: Float64Array[];
  /** Per cluster: value, value at the trial, decrement, and the share of the step that is taken. */
  private readonly clusterValues: Float64Array;
  private readonly trialValues: Float64Array;
  private readonly decrements: Float64Array;
  private readonly shares: Float64Array;
  /** Of the last direction: log |H|, and whether H was positive definite with all rows in it. */
  private logDeterminant = Number.NaN;
  private isDefinite = false;

  constructor(view: LatentGaussian, hessian: EffectsHessian) {
    this.view = view;
    this.hessian = hessian;
    this.parts = clusters(view);
    this.table = view.rowTable();
    this.weights = new Float64Array(view.rows);
    this.ZWZ = effectsBlocks(view);
    const vectors = () => effectsVectors(view);
    [this.u, this.b, this.gradient, this.step, this.trial] = [vectors(), vectors(), vectors(), vectors(), vectors()];
    const numbers = () => new Float64Array(this.parts.count);
    [this.clusterValues, this.trialValues, this.decrements, this.shares] = [numbers(), numbers(), numbers(), numbers()];
  }

  /** See `conditionalModes`; what it returns is overwritten by the next search. */
  find(values: LatentValues, start: readonly Float64Array[], order: 2 | 3): ConditionalModes {
    this.startAt(start);
    let found = this.climb(values, order);
    if (this.isWorthAnother(found, start)) found = this.climb(values, order);
    return found;
  }

  /** The same with a pause after each pass over the rows. */
  *findInSteps(values: LatentValues, start: readonly Float64Array[], order: 2 | 3): Steps<ConditionalModes> {
    this.startAt(start);
    let found = yield* this.climbInSteps(values, order);
    if (this.isWorthAnother(found, start)) found = yield* this.climbInSteps(values, order);
    return found;
  }

  private startAt(start: readonly Float64Array[]): void {
    start.forEach((from, f) => {
      this.u[f].set(from);
    });
  }

  /** From zero, where u then is. */
  private isWorthAnother({ converged }: ConditionalModes, start: readonly Float64Array[]): boolean {
    if (converged || start.every((from) => from.every((x) => x === 0))) return false;
    for (const part of this.u) part.fill(0);
    return true;
  }

  private climb(values: LatentValues, order: 2 | 3): ConditionalModes {
    const climb = startOfClimb();
    for (;;) {
      if (this.setsPoint(climb, values)) this.view.evaluateRows(values, this.b, order, this.table);
      const found = this.pass(climb, values);
      if (found !== null) return found;
    }
  }

  private *climbInSteps(values: LatentValues, order: 2 | 3): Steps<ConditionalModes> {
    const climb = startOfClimb();
    for (;;) {
      if (this.setsPoint(climb, values)) {
        yield* this.view.evaluateRowsInSteps(values, this.b, order, this.table);
        yield;
      }
      const found = this.pass(climb, values);
      yield;
      if (found !== null) return found;
    }
  }

  /** Whether the next pass takes the rows evaluated at the effects b, which it sets: where the climb starts, or at a trial. */
  private setsPoint({ next }: Climb, { Lambda }: LatentValues): boolean {
    if (next === "direction") return false;
    if (next === "trial") this.setTrial();
    const point = next === "trial" ? this.trial : this.u;
    for (let f = 0; f < point.length; f++) scaleEffects(Lambda[f], point[f], this.b[f]);
    return true;
  }

  /** Goes on by one pass over the rows; null until the climb has ended. */
  private pass(climb: Climb, values: LatentValues): ConditionalModes | null {
    if (climb.next === "start") {
      climb.next = "direction";
      return this.sumClusters(this.u, this.clusterValues) ? null : this.result(0, Number.NaN, false);
    }
    return climb.next === "direction" ? this.turn(climb, values) : this.advance(climb);
  }

  private turn(climb: Climb, values: LatentValues): ConditionalModes | null {
    const { iteration, isPolished } = climb;
    if (climb.evaluations >= MAX_EVALUATIONS) return this.result(iteration, Number.NaN, false);
    const decrement = this.direction(values);
    if (!(decrement >= 0)) return this.result(iteration, decrement, false);
    if (this.isDefinite && (isPolished || decrement < EXACT)) return this.result(iteration, decrement, true);
    climb.isPolished = this.isDefinite && decrement < CLOSE;
    climb.decrement = decrement;
    climb.trials = 0;
    climb.next = "trial";
    this.shares.fill(1);
    return null;
  }

  /** The values of the clusters at u, of which the table is; false if one is not finite. */
  private sumClusters(u: readonly Float64Array[], out: Float64Array): boolean {
    const { rows, levels } = this.parts;
    const { value } = this.table;
    out.fill(0);
    addByGroup(value, rows, out);
    for (let f = 0; f < u.length; f++) {
      const q = this.view.factors[f].effects;
      for (let j = 0; j < levels[f].length; j++)
        for (let k = j * q; k < (j + 1) * q; k++) out[levels[f][j]] -= 0.5 * u[f][k] * u[f][k];
    }
    return out.every(Number.isFinite);
  }

  /** The Newton step at the point of the table and its decrement; NaN if there is none. */
  private direction(values: LatentValues): number {
    const { weights, table, gradient, step, u, view } = this;
    for (let i = 0; i < weights.length; i++) weights[i] = -table.dEta2[i];
    this.isDefinite = this.factor(values);
    if (!this.isDefinite) {
      for (let i = 0; i < weights.length; i++) weights[i] = Math.max(0, weights[i]);
      if (!this.factor(values)) return Number.NaN;
    }
    for (let f = 0; f < u.length; f++) {
      view.crossEffects(f, table.dEta, gradient[f]);
      scaleTransposed(values.Lambda[f], gradient[f]);
      for (let k = 0; k < u[f].length; k++) gradient[f][k] -= u[f][k];
      step[f].set(gradient[f]);
    }
    this.hessian.solve(step);
    return this.measureDecrements();
  }

  private factor(values: LatentValues): boolean {
    this.view.accumulateEffects(this.weights, this.ZWZ);
    const logDeterminant = this.hessian.factor(this.ZWZ, values.Lambda);
    this.logDeterminant = logDeterminant ?? Number.NaN;
    return logDeterminant !== null;
  }

  private measureDecrements(): number {
    const { decrements, gradient, step, parts } = this;
    decrements.fill(0);
    let total = 0;
    for (let f = 0; f < step.length; f++) {
      const q = this.view.factors[f].effects;
      for (let j = 0; j < parts.levels[f].length; j++)
        for (let k = j * q; k < (j + 1) * q; k++) {
          const gain = gradient[f][k] * step[f][k];
          decrements[parts.levels[f][j]] += gain;
          total += gain;
        }
    }
    return total;
  }

  /** Moves u to the trial along the step, each cluster as far as it gains. */
  private advance(climb: Climb): ConditionalModes | null {
    const { shares, trialValues } = this;
    climb.trials++;
    this.sumClusters(this.trial, trialValues);
    const isLast = climb.trials === MAX_HALVINGS;
    let isAccepted = true;
    for (let c = 0; c < shares.length; c++) {
      if (this.hasGained(c)) continue;
      shares[c] = isLast ? 0 : shares[c] / 2;
      isAccepted = false;
    }
    if (!isAccepted && climb.trials <= MAX_HALVINGS) return null;
    for (let f = 0; f < this.u.length; f++) this.u[f].set(this.trial[f]);
    this.clusterValues.set(trialValues);
    const hasMoved = shares.some((share, c) => share > 0 && this.decrements[c] > 0);
    if (!hasMoved) return this.result(climb.iteration, climb.decrement, false);
    climb.evaluations += climb.trials;
    climb.iteration++;
    climb.next = "direction";
    return null;
  }

  private setTrial(): void {
    const { u, step, trial, shares, parts } = this;
    for (let f = 0; f < u.length; f++) {
      const q = this.view.factors[f].effects;
      for (let j = 0; j < parts.levels[f].length; j++) {
        const share = shares[parts.levels[f][j]];
        for (let k = j * q; k < (j + 1) * q; k++) trial[f][k] = u[f][k] + share * step[f][k];
      }
    }
  }

  private hasGained(cluster: number): boolean {
    const share = this.shares[cluster];
    const before = this.clusterValues[cluster];
    const after = this.trialValues[cluster];
    const decrement = this.decrements[cluster];
    if (share === 0 || (this.isDefinite && share === 1 && decrement < TRUSTED)) return Number.isFinite(after);
    return after >= before + LEAST_GAIN * share * decrement - ROUNDING * (1 + Math.abs(before));
  }

  private result(iterations: number, decrement: number, converged: boolean): ConditionalModes {
    const { u, b, table, ZWZ, clusterValues } = this;
    let value = 0;
    for (let c = 0; c < clusterValues.length; c++) value += clusterValues[c];
    return {
      u,
      b,
      value: Number.isFinite(value) ? value : -Infinity,
      logDeterminant: converged ? this.logDeterminant : Number.NaN,
      table,
      ZWZ,
      iterations,
      decrement,
      converged,
    };
  }
}
