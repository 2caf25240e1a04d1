import type { Steps } from "../../math/steps.js";
import type { Replication } from "./replicates.js";

/** The predictive mean and variance of each row, in the order of the table: over the draws, and the responses at each. */
export interface PredictiveMoments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export function* predictiveMoments({ rows, order, reader, count, atDraws }: Replication): Steps<PredictiveMoments> {
  const mean = new Float64Array(rows);
  const squares = new Float64Array(rows);
  const within = new Float64Array(rows);
  yield* atDraws((r, at) => {
    for (let k = 0; k < rows; k++) {
      const i = order[k];
      const expected = reader.mean(i, at);
      const distance = expected - mean[k];
      mean[k] += distance / (r + 1);
      squares[k] += distance * (expected - mean[k]);
      within[k] += reader.variance(i, at);
    }
  });
  return { mean, variance: within.map((total, k) => (total + squares[k]) / count) };
}
