import type { LogDensity } from "../../density/LogDensity.js";
import type { Transition } from "./hamiltonian.js";
import { copyState } from "./point.js";
import { Trajectory, Workspace } from "./trajectory.js";

/** The No-U-Turn sampler: trajectories double until they turn, diverge or reach 2^maxTreeDepth points. */
export function createNuts(density: LogDensity, maxTreeDepth: number): Transition {
  const workspace = new Workspace(density.dimension, maxTreeDepth);
  return (stream, state, tuning, next) => {
    const trajectory = new Trajectory(density, workspace, stream, tuning, state);
    while (!trajectory.isComplete && trajectory.depth < maxTreeDepth) trajectory.double();
    copyState(trajectory.proposal, next);
    return {
      acceptance: trajectory.acceptance,
      isDivergent: trajectory.isDivergent,
      treeDepth: trajectory.depth,
      leapfrogSteps: trajectory.leapfrogSteps,
      energy: trajectory.startEnergy,
    };
  };
}
