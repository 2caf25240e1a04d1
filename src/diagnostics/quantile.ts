/** Quantile of ascending values by linear interpolation of the order statistics: type 7 of Hyndman and Fan (1996), as R's default. NaN if a value is. */
export function quantileOfSorted(sorted: Float64Array, probability: number): number {
  const last = sorted.length - 1;
  if (last < 0 || Number.isNaN(sorted[last])) return NaN;
  // Counted from 1 as in R, so that the interpolation rounds as R's does.
  const position = 1 + last * probability;
  const low = sorted[Math.floor(position) - 1];
  const high = sorted[Math.ceil(position) - 1];
  const fraction = position - Math.floor(position);
  return low === high ? low : (1 - fraction) * low + fraction * high;
}
