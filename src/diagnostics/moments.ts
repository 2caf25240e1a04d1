/** Mean of several series together, refined by a second pass: draws far from zero keep the digits in which they differ. */
export function meanOf(series: readonly Float64Array[]): number {
  const first = averageOfDistances(series, 0);
  return Number.isFinite(first) ? first + averageOfDistances(series, first) : first;
}

/** Standard deviation of several series together about `mean`, with divisor n - 1; NaN for fewer than two values. */
export function standardDeviationOf(series: readonly Float64Array[], mean: number): number {
  let squares = 0;
  let count = 0;
  for (const values of series) {
    count += values.length;
    for (let i = 0; i < values.length; i++) squares += (values[i] - mean) * (values[i] - mean);
  }
  return count > 1 ? Math.sqrt(squares / (count - 1)) : NaN;
}

/** Standard error of the sd of several series together about `mean`, as of so many independent values: by the delta method from the fourth moment. */
export function errorOfSd(series: readonly Float64Array[], mean: number, count: number): number {
  const total = series.reduce((sum, { length }) => sum + length, 0);
  let [second, fourth] = [0, 0];
  for (const values of series)
    for (let i = 0; i < values.length; i++) {
      const square = (values[i] - mean) ** 2;
      second += square / total;
      fourth += (square * square) / total;
    }
  return Math.sqrt((fourth / second - second) / count) / 2;
}

function averageOfDistances(series: readonly Float64Array[], centre: number): number {
  let total = 0;
  let count = 0;
  for (const values of series) {
    count += values.length;
    for (let i = 0; i < values.length; i++) total += values[i] - centre;
  }
  return total / count;
}

/**
 * Whether nothing can be said of convergence: a value that is not finite, or none that differs from another by more than the
 * machine epsilon, the limit that R's posterior package draws.
 */
export function isConstantOrNotFinite(series: readonly Float64Array[]): boolean {
  let smallest = Infinity;
  let largest = -Infinity;
  for (const values of series) {
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i])) return true;
      if (values[i] < smallest) smallest = values[i];
      if (values[i] > largest) largest = values[i];
    }
  }
  return !(largest - smallest >= Number.EPSILON && largest - smallest < Infinity);
}
