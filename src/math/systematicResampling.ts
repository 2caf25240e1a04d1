/**
 * Places of `count` values among weighted ones, ascending: those at the middles of equal steps along the sum of the weights (systematic resampling), so that each is taken as often
 * as its weight says, to less than one. `weights` sum to 1.
 */
export function systematicResampling(weights: Float64Array, count: number): Int32Array {
  let [at, below] = [0, weights[0]];
  return Int32Array.from({ length: count }, (_, k) => {
    const place = (k + 0.5) / count;
    while (below < place && at < weights.length - 1) below += weights[++at];
    return at;
  });
}
