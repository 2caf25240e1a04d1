import type { LogDensity } from "../../density/LogDensity.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { exp } from "../../math/special/elementary.js";
import { drawMomentum, energyOf, isDivergence, logWeight, type Transition } from "./hamiltonian.js";
import { leapfrog } from "./leapfrog.js";
import { copyState, createPoint } from "./point.js";

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
  let point = createPoint(density.dimension);
  let nextPoint = createPoint(density.dimension);
  return (stream, state, { metric, stepSize: tuned }, next) => {
    drawMomentum(stream, metric, state, point);
    const energy = energyOf(point);
    const { steps, stepSize } = plan(stream, tuned);
    let leapfrogSteps = 0;
    let weight = 0;
    // A point of no density ends the trajectory: it is rejected whatever follows, in this direction and in reverse.
    while (leapfrogSteps < steps && weight > Number.NEGATIVE_INFINITY) {
      leapfrog(density, metric, stepSize, point, nextPoint);
      [point, nextPoint] = [nextPoint, point];
      weight = logWeight(energy, point);
      leapfrogSteps++;
    }
    const acceptance = weight < 0 ? exp(weight) : 1;
    copyState(stream.uniform() < acceptance ? point : state, next);
    return { acceptance, isDivergent: isDivergence(weight), treeDepth: 0, leapfrogSteps, energy };
  };
}
