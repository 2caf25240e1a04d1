import type { LogDensity } from "../../density/LogDensity.js";
import type { Transition } from "./hamiltonian.js";
import { DoublingTrajectory, Workspace } from "./trajectory.js";

/** The No-U-Turn sampler: trajectories double until they turn, diverge or reach 2^maxTreeDepth points. */
export function createNuts(density: LogDensity, maxTreeDepth: number): Transition {
  const workspace = new Workspace(density.dimension, maxTreeDepth);
  return (stream, state, tuning) => new DoublingTrajectory(density, workspace, stream, tuning, state);
}
