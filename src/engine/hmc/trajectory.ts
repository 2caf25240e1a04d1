import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { exp, log1p } from "../../math/special/elementary.js";
import {
  drawMomentum,
  energyOf,
  isDivergence,
  logWeight,
  type Trajectory,
  type TransitionInfo,
  type Tuning,
} from "./hamiltonian.js";
import { leapfrog } from "./leapfrog.js";
import { copyState, type Point, PointPool, type State } from "./point.js";

/**
 * A stretch of a trajectory, with one point drawn from it by weight. `last` is the end that grows, backwards in time or forwards.
 * It holds one reference on each of its points.
 */
export interface Arc {
  first: Point;
  last: Point;
  proposal: Point;
  /** rho, the sum of the momenta: of a single point its own momentum, else `sumBuffer`. */
  momentumSum: Float64Array;
  readonly sumBuffer: Float64Array;
  /** Log of the summed weights. */
  logWeight: number;
}

/**
 * A trajectory that doubles itself until it turns (Hoffman & Gelman 2014), with multinomial draws, biased towards each new half
 * (Betancourt 2017, appendix A.3), as in Stan since 2.21.
 */
export class DoublingTrajectory implements Trajectory {
  isComplete = false;
  private depth = 0;
  private isDivergent = false;
  private leapfrogSteps = 0;
  private readonly startEnergy: number;
  private acceptanceSum = 0;
  /** Of the half under construction, in `arcs` from 1 on. */
  private pointsOfHalf = 0;
  private arcsOfHalf = 0;
  /** 1 forwards in time, -1 backwards: where `last` of the whole looks. */
  private direction = 1;
  private readonly density: LogDensity;
  private readonly stream: RandomStream;
  private readonly tuning: Tuning;
  private readonly workspace: Workspace;

  constructor(density: LogDensity, workspace: Workspace, stream: RandomStream, tuning: Tuning, start: State) {
    this.density = density;
    this.workspace = workspace;
    this.stream = stream;
    this.tuning = tuning;
    workspace.pool.reset();
    const point = workspace.pool.acquire(3);
    drawMomentum(stream, tuning.metric, start, point);
    this.startEnergy = energyOf(point);
    becomePoint(workspace.arcs[0], point, 0);
  }

  /**
   * One leapfrog step: one more point of the half that doubles the trajectory in a random direction. The half is built of arcs of 2^k points, each
   * longer than the next, and two of the same length are joined at once. It completes the trajectory where it diverges or turns.
   */
  advance(): void {
    const { arcs } = this.workspace;
    if (this.pointsOfHalf === 0) this.face(this.stream.uniform() < 0.5 ? -1 : 1);
    const from = arcs[this.arcsOfHalf].last;
    this.pointsOfHalf++;
    this.arcsOfHalf++;
    this.isComplete = !this.step(from, arcs[this.arcsOfHalf]);
    for (let length = this.pointsOfHalf; length % 2 === 0 && !this.isComplete; length /= 2) {
      this.arcsOfHalf--;
      this.isComplete = this.join(arcs[this.arcsOfHalf], arcs[this.arcsOfHalf + 1], false);
    }
    if (!this.isComplete && this.pointsOfHalf === 2 ** this.depth) this.endDoubling();
  }

  private endDoubling(): void {
    const [whole, half] = this.workspace.arcs;
    this.depth++;
    this.pointsOfHalf = 0;
    this.arcsOfHalf = 0;
    this.isComplete = this.join(whole, half, true) || this.depth === this.workspace.maxTreeDepth;
  }

  end(next: State): TransitionInfo {
    copyState(this.workspace.arcs[0].proposal, next);
    return {
      acceptance: this.acceptanceSum / this.leapfrogSteps,
      isDivergent: this.isDivergent,
      treeDepth: this.depth,
      leapfrogSteps: this.leapfrogSteps,
      energy: this.startEnergy,
    };
  }

  private face(direction: number): void {
    if (direction === this.direction) return;
    this.direction = direction;
    const [whole] = this.workspace.arcs;
    const { first } = whole;
    whole.first = whole.last;
    whole.last = first;
  }

  private step(from: Point, arc: Arc): boolean {
    const { metric, stepSize } = this.tuning;
    const point = this.workspace.pool.acquire(3);
    leapfrog(this.density, metric, this.direction * stepSize, from, point);
    this.leapfrogSteps++;
    const weight = logWeight(this.startEnergy, point);
    this.acceptanceSum += weight < 0 ? exp(weight) : 1;
    this.isDivergent = isDivergence(weight);
    becomePoint(arc, point, weight);
    return !this.isDivergent;
  }

  /**
   * Appends `final` to `init` and tells whether the result turns. The proposal is drawn from the two by their weights, or, where `favoursFinal`,
   * is the final one's with probability min(1, ratio of its weight to the initial one's).
   */
  private join(init: Arc, final: Arc, favoursFinal: boolean): boolean {
    const { pool } = this.workspace;
    const total = logAddExp(init.logWeight, final.logWeight);
    const logProbability = final.logWeight - (favoursFinal ? init.logWeight : total);
    const takesFinal = logProbability >= 0 || this.stream.uniform() < exp(logProbability);
    const turns = isTurning(init, final);
    pool.release(init.last);
    pool.release(final.first);
    pool.release(takesFinal ? init.proposal : final.proposal);
    init.last = final.last;
    if (takesFinal) init.proposal = final.proposal;
    init.momentumSum = init.sumBuffer;
    init.logWeight = total;
    return turns;
  }
}

/** The buffers of trajectories of up to 2^maxTreeDepth points, one trajectory at a time. */
export class Workspace {
  readonly pool: PointPool;
  /** The whole first, then the arcs of the half under construction. */
  readonly arcs: readonly Arc[];
  readonly maxTreeDepth: number;

  constructor(dimension: number, maxTreeDepth: number) {
    this.maxTreeDepth = maxTreeDepth;
    this.pool = new PointPool(dimension);
    this.arcs = Array.from({ length: maxTreeDepth + 1 }, () => this.createArc(dimension));
  }

  private createArc(dimension: number): Arc {
    const point = this.pool.acquire(3);
    const sumBuffer = new Float64Array(dimension);
    return {
      first: point,
      last: point,
      proposal: point,
      momentumSum: point.momentum,
      sumBuffer,
      logWeight: Number.NaN,
    };
  }
}

function becomePoint(arc: Arc, point: Point, logWeight: number): void {
  arc.first = point;
  arc.last = point;
  arc.proposal = point;
  arc.momentumSum = point.momentum;
  arc.logWeight = logWeight;
}

/**
 * Whether the join of two arcs turns back on itself: the generalised criterion (Betancourt 2017, appendix A.4.2) for the join, and for each arc
 * with the nearest point of the other, as in Stan since 2.21. The arcs have equally many points. Leaves rho of the join in `init.sumBuffer`.
 * All in one loop: apart, the sums would cost a sixth more of everything but the density.
 */
export function isTurning(init: Arc, final: Arc): boolean {
  if (init.first === init.last) return isPairTurning(init, final);
  const { momentumSum: initSum, sumBuffer } = init;
  const finalSum = final.momentumSum;
  const initFirst = init.first.momentum;
  const initLast = init.last.momentum;
  const finalFirst = final.first.momentum;
  const finalLast = final.last.momentum;
  let wholeAtStart = 0;
  let wholeAtEnd = 0;
  let earlyAtStart = 0;
  let earlyAtEnd = 0;
  let lateAtStart = 0;
  let lateAtEnd = 0;
  for (let i = 0; i < sumBuffer.length; i++) {
    const whole = initSum[i] + finalSum[i];
    const early = initSum[i] + finalFirst[i];
    const late = initLast[i] + finalSum[i];
    sumBuffer[i] = whole;
    wholeAtStart += initFirst[i] * whole;
    wholeAtEnd += finalLast[i] * whole;
    earlyAtStart += initFirst[i] * early;
    earlyAtEnd += finalFirst[i] * early;
    lateAtStart += initLast[i] * late;
    lateAtEnd += finalLast[i] * late;
  }
  // "Not all above zero", so that NaN ends a trajectory.
  return !(
    wholeAtStart > 0 &&
    wholeAtEnd > 0 &&
    earlyAtStart > 0 &&
    earlyAtEnd > 0 &&
    lateAtStart > 0 &&
    lateAtEnd > 0
  );
}

/** The same for two single points, where the three criteria are one. */
function isPairTurning(init: Arc, final: Arc): boolean {
  const { sumBuffer } = init;
  const first = init.first.momentum;
  const last = final.last.momentum;
  let atStart = 0;
  let atEnd = 0;
  for (let i = 0; i < sumBuffer.length; i++) {
    const sum = first[i] + last[i];
    sumBuffer[i] = sum;
    atStart += first[i] * sum;
    atEnd += last[i] * sum;
  }
  return !(atStart > 0 && atEnd > 0);
}

/** log(exp(a) + exp(b)), not both -Infinity. */
function logAddExp(a: number, b: number): number {
  return a > b ? a + log1p(exp(b - a)) : b + log1p(exp(a - b));
}
