import { exp } from "../special/elementary.js";

const MOST_STEPS = 100_000;
const CONVERGED = 1e-10;

/**
 * The weights on the simplex that maximise the sum over i of log sum_k w_k exp(logDensities[k][i]), a concave function: by the EM algorithm of a
 * mixture with known components, which raises it at each step. Ends where no component would raise the mean by more than 1e-10.
 */
export function mixtureWeights(logDensities: readonly Float64Array[]): Float64Array {
  const [count, n] = [logDensities.length, logDensities[0].length];
  const relative = logDensities.map((own) => own.slice());
  for (let i = 0; i < n; i++) {
    const largest = Math.max(...logDensities.map((own) => own[i]));
    for (const own of relative) own[i] = exp(own[i] - largest);
  }
  const weights = new Float64Array(count).fill(1 / count);
  const means = new Float64Array(count);
  for (let step = 0; step < MOST_STEPS; step++) {
    means.fill(0);
    for (let i = 0; i < n; i++) {
      let mixture = 0;
      for (let k = 0; k < count; k++) mixture += weights[k] * relative[k][i];
      for (let k = 0; k < count; k++) means[k] += relative[k][i] / mixture / n;
    }
    if (means.every((value) => value <= 1 + CONVERGED)) break;
    for (let k = 0; k < count; k++) weights[k] *= means[k];
  }
  return weights;
}
