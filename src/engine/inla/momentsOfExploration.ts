import { type ParameterMoments, weightedMoments } from "../laplace/weightedMoments.js";
import type { Exploration } from "./explore.js";
import type { Targets } from "./Targets.js";

/** Over an exploration's points, with the variance that beta has at each: its share through the parameters' dependence on beta. */
export function momentsOfExploration(targets: Targets, { points, weights }: Exploration): ParameterMoments {
  const p = points.at(0)?.covariance.length ?? 0;
  const size = Math.round(Math.sqrt(p));
  const variances = points.map(({ position, covariance }) => {
    const slopes = Array.from({ length: size }, (_, i) => {
      const step = 1e-4 * Math.sqrt(covariance[i * (size + 1)]);
      if (step === 0) return new Float64Array(targets.names.length);
      const moved = (by: number) => targets.at(position.map((x, j) => (i === j ? x + by : x)));
      const [above, below] = [moved(step), moved(-step)];
      return above.map((value, k) => (value - below[k]) / (2 * step));
    });
    return targets.at(position).map((_, k) => {
      let total = 0;
      for (let i = 0; i < size; i++)
        for (let j = 0; j < size; j++) total += slopes[i][k] * covariance[i * size + j] * slopes[j][k];
      return total;
    });
  });
  return weightedMoments(
    points.map(({ position }) => targets.at(position)),
    weights,
    variances,
  );
}
