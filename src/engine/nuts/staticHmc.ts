import type { LogDensity } from "../../density/LogDensity.js";
import { exp } from "../../math/special/elementary.js";
import { drawMomentum, energyOf, isDivergence, logWeight, type Transition } from "./hamiltonian.js";
import { leapfrog } from "./leapfrog.js";
import { copyState, createPoint } from "./point.js";

/** How many leapfrog steps a trajectory takes at a step size. */
export type TrajectoryLength = (stepSize: number) => number;

export function fixedSteps(steps: number): TrajectoryLength {
  return () => steps;
}

/** Trajectories of a given time, at least one step and at most `maxSteps`. */
export function integrationTime(time: number, maxSteps: number): TrajectoryLength {
  return (stepSize) => Math.max(1, Math.min(maxSteps, Math.floor(time / stepSize)));
}

/** Hamiltonian Monte Carlo with trajectories of fixed length and a Metropolis step at their end (Duane et al. 1987; Neal 2011). */
export function createStaticHmc(density: LogDensity, length: TrajectoryLength): Transition {
  let point = createPoint(density.dimension);
  let nextPoint = createPoint(density.dimension);
  return (stream, state, { metric, stepSize }, next) => {
    drawMomentum(stream, metric, state, point);
    const energy = energyOf(point);
    const steps = length(stepSize);
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
