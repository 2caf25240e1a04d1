import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { exp } from "../../math/special/elementary.js";
import {
  drawMomentum,
  energyOf,
  isDivergence,
  logWeight,
  type Trajectory,
  type Transition,
  type TransitionInfo,
  type Tuning,
} from "./hamiltonian.js";
import { leapfrog } from "./leapfrog.js";
import { copyState, createPoint, type Point, type State } from "./point.js";

/** The leapfrog steps of a trajectory, given the tuned step size. */
export type TrajectoryPlan = (
  stream: RandomStream,
  stepSize: number,
) => { readonly steps: number; readonly stepSize: number };

/** Share of the integration time by which a trajectory may be shorter or longer. */
const JITTER = 0.2;

export function fixedSteps(steps: number): TrajectoryPlan {
  return (_stream, stepSize) => ({ steps, stepSize });
}

/**
 * Trajectories of a random time about a given one, so that no oscillation of the target can be in step with them (Neal 2011, 5.4.2.2), in
 * equal steps of at most the tuned size, one at least and `maxSteps` at most.
 */
export function integrationTime(mean: number, maxSteps: number): TrajectoryPlan {
  return (stream, stepSize) => {
    const time = mean * (1 + JITTER * (2 * stream.uniform() - 1));
    const steps = Math.ceil(time / stepSize);
    return steps > maxSteps ? { steps: maxSteps, stepSize } : { steps, stepSize: time / steps };
  };
}

/** Hamiltonian Monte Carlo with trajectories that are planned ahead and a Metropolis step at their end (Duane et al. 1987; Neal 2011). */
export function createHmc(density: LogDensity, plan: TrajectoryPlan): Transition {
  const points = [createPoint(density.dimension), createPoint(density.dimension)];
  return (stream, state, tuning) => new PlannedTrajectory(density, points, plan, stream, state, tuning);
}

class PlannedTrajectory implements Trajectory {
  isComplete: boolean;
  private leapfrogSteps = 0;
  private weight = 0;
  private readonly steps: number;
  private readonly stepSize: number;
  private readonly energy: number;
  private readonly density: LogDensity;
  /** Where it is, and a buffer for the next. */
  private readonly points: Point[];
  private readonly stream: RandomStream;
  private readonly start: State;
  private readonly tuning: Tuning;

  constructor(
    density: LogDensity,
    points: Point[],
    plan: TrajectoryPlan,
    stream: RandomStream,
    start: State,
    tuning: Tuning,
  ) {
    this.density = density;
    this.points = points;
    this.stream = stream;
    this.start = start;
    this.tuning = tuning;
    drawMomentum(stream, tuning.metric, start, points[0]);
    this.energy = energyOf(points[0]);
    const { steps, stepSize } = plan(stream, tuning.stepSize);
    this.steps = steps;
    this.stepSize = stepSize;
    this.isComplete = steps === 0;
  }

  advance(): void {
    const { density, tuning, stepSize, points } = this;
    const [from, to] = points;
    leapfrog(density, tuning.metric, stepSize, from, to);
    points[0] = to;
    points[1] = from;
    this.weight = logWeight(this.energy, to);
    this.leapfrogSteps++;
    // A point of no density ends the trajectory: it is rejected whatever follows, in this direction and in reverse.
    this.isComplete = this.leapfrogSteps >= this.steps || this.weight === Number.NEGATIVE_INFINITY;
  }

  end(next: State): TransitionInfo {
    const { weight, leapfrogSteps, energy } = this;
    const acceptance = weight < 0 ? exp(weight) : 1;
    copyState(this.stream.uniform() < acceptance ? this.points[0] : this.start, next);
    return { acceptance, isDivergent: isDivergence(weight), treeDepth: 0, leapfrogSteps, energy };
  }
}
