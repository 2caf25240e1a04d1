import type { RandomStream } from "../../math/random/RandomStream.js";
import type { Metric } from "./metric.js";
import { copyState, type Point, type State } from "./point.js";

/** Energy error beyond which a trajectory counts as divergent (Betancourt 2017; Stan). */
const MAX_ENERGY_ERROR = 1000;

/** What warm-up tunes; constant in a transition. */
export interface Tuning {
  readonly stepSize: number;
  readonly metric: Metric;
}

/** What diagnostics need of a transition. */
export interface TransitionInfo {
  /** Mean Metropolis acceptance probability over the trajectory, in [0, 1]: what dual averaging steers. */
  readonly acceptance: number;
  readonly isDivergent: boolean;
  /** Doublings of the trajectory; 0 in static HMC, which has none. */
  readonly treeDepth: number;
  readonly leapfrogSteps: number;
  /** The Hamiltonian at the start, the momentum just drawn. */
  readonly energy: number;
}

/** A trajectory under way: one leapfrog step at a time, so that other work can have its turn between two where they are slow. */
export interface Trajectory {
  readonly isComplete: boolean;
  /** One leapfrog step of a trajectory that is not complete. */
  advance(): void;
  /** Fills `next` with the state that the chain moves to. */
  end(next: State): TransitionInfo;
}

/** Begins one step of a Markov chain: it reads `state` and leaves it as it was. One trajectory at a time. */
export type Transition = (stream: RandomStream, state: State, tuning: Tuning) => Trajectory;

/** Puts a point at the state, with a momentum drawn afresh. */
export function drawMomentum(stream: RandomStream, metric: Metric, state: State, point: Point): void {
  copyState(state, point);
  for (let i = 0; i < point.momentum.length; i++) point.momentum[i] = stream.normal();
  metric.endStep(point, 0);
}

export function energyOf(point: Point): number {
  return point.kineticEnergy - point.logDensity;
}

/**
 * Log weight of a point against the start of its trajectory: minus its energy error. The one place where numbers that are not finite
 * are met: they weigh nothing.
 */
export function logWeight(startEnergy: number, point: Point): number {
  const difference = startEnergy - energyOf(point);
  return Number.isFinite(difference) ? difference : Number.NEGATIVE_INFINITY;
}

export function isDivergence(logWeight: number): boolean {
  return logWeight < -MAX_ENERGY_ERROR;
}
