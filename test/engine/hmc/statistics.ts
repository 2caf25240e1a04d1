import type { LogDensity } from "../../../src/density/LogDensity.js";
import { type ChainCommand, type ChainProgress, runChain } from "../../../src/engine/hmc/chain.js";
import type { Trajectory, TransitionInfo } from "../../../src/engine/hmc/hamiltonian.js";
import { completeNutsOptions, type NutsOptions } from "../../../src/engine/hmc/options.js";
import type { State } from "../../../src/engine/hmc/point.js";
import type { ChainDraws } from "../../../src/posterior/posteriorFromChains.js";

/** Takes a trajectory to its end, and the chain to `next`. */
export function endOf(trajectory: Trajectory, next: State): TransitionInfo {
  while (!trajectory.isComplete) trajectory.advance();
  return trajectory.end(next);
}

/** Runs a chain to its end, or until a report is answered by a stop. */
export function drawChain(
  density: LogDensity,
  given: Partial<NutsOptions>,
  chain = 1,
  answer: (progress: ChainProgress) => ChainCommand | undefined = () => undefined,
): ChainDraws {
  const run = runChain(density, completeNutsOptions(given), chain);
  let result = run.next();
  while (!result.done) result = run.next(result.value && answer(result.value));
  return result.value;
}

/** The draws of quantity k. */
export function column({ values, draws }: ChainDraws, k: number): Float64Array {
  return values.subarray(k * draws, (k + 1) * draws);
}

export function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Effective sample size of one chain by Geyer's initial positive sequence. */
export function effectiveSize(values: Float64Array): number {
  const n = values.length;
  const centre = mean(values);
  const covariance = (lag: number) => {
    let sum = 0;
    for (let i = lag; i < n; i++) sum += (values[i] - centre) * (values[i - lag] - centre);
    return sum / n;
  };
  const variance = covariance(0);
  let time = 1 + (2 * covariance(1)) / variance;
  for (let lag = 2; lag + 1 < n; lag += 2) {
    const pair = covariance(lag) + covariance(lag + 1);
    if (pair <= 0) break;
    time += (2 * pair) / variance;
  }
  return n / Math.max(time, 1 / Math.log10(n));
}

/** (mean of the draws - truth) / its Monte-Carlo error, given the true sd of a draw. */
export function zScore(values: Float64Array, truth: number, sd: number): number {
  return ((mean(values) - truth) / sd) * Math.sqrt(effectiveSize(values));
}
