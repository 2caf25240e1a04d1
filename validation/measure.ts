import type { LogDensity } from "marginalia";
import { Bench } from "tinybench";

const goldenRatio = (1 + Math.sqrt(5)) / 2;

/**
 * Positions with every component within 0.5 of zero, where the densities of the benchmarks are all finite: the fractional parts
 * of the multiples of the golden ratio, which are evenly spread and the same on every machine.
 */
export function positions(count: number, dimension: number): Float64Array[] {
  const at = (k: number) => ((k * goldenRatio) % 1) - 0.5;
  return Array.from({ length: count }, (_, i) =>
    Float64Array.from({ length: dimension }, (_, j) => at(i * dimension + j)),
  );
}

export interface GradientTask {
  readonly name: string;
  readonly density: LogDensity;
}

/**
 * Median microseconds of one gradient for each density, taken in turn in one process. An iteration of the clock is a sweep over
 * all points, so that no call sees the point of the call before and short gradients stand well above the clock's own cost.
 * Throws where a density is not finite at a point: that would time an early exit.
 */
export async function gradientMicroseconds(
  tasks: readonly GradientTask[],
  points: readonly Float64Array[],
  timeMilliseconds: number,
): Promise<number[]> {
  const bench = new Bench({ time: timeMilliseconds, iterations: 5, warmupTime: timeMilliseconds / 4, throws: true });
  for (const { name, density } of tasks) bench.add(name, sweep(name, density, points));
  await bench.run();
  return bench.tasks.map(({ name, result }) => {
    if (result.state !== "completed") throw new Error(`${name}: ${result.state}`);
    return (result.latency.p50 * 1000) / points.length;
  });
}

function sweep(name: string, density: LogDensity, points: readonly Float64Array[]): () => number {
  const gradient = new Float64Array(density.dimension);
  for (const point of points) {
    if (!Number.isFinite(density.logDensityGradient(point, gradient)))
      throw new Error(`${name}: the density is not finite at a point of the benchmark`);
  }
  return () => {
    let sum = 0;
    for (const point of points) sum += density.logDensityGradient(point, gradient);
    return sum;
  };
}
