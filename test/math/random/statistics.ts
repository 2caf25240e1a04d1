/** Kolmogorov's statistic sqrt(n) sup |F_n - F|. */
export function kolmogorov(values: ArrayLike<number>, distribution: (x: number) => number): number {
  const sorted = Float64Array.from(values).sort();
  const n = sorted.length;
  let largest = 0;
  for (let i = 0; i < n; i++) {
    const p = distribution(sorted[i]);
    largest = Math.max(largest, p - i / n, (i + 1) / n - p);
  }
  return Math.sqrt(n) * largest;
}

/** Pearson's statistic over equally likely cells, as standard deviations above its mean. */
export function chiSquare(values: ArrayLike<number>, cell: (x: number) => number, cells: number): number {
  const counts = new Float64Array(cells);
  for (let i = 0; i < values.length; i++) counts[cell(values[i])]++;
  return chiSquareOfCounts(
    counts,
    counts.map(() => values.length / cells),
  );
}

export function chiSquareOfCounts(counts: ArrayLike<number>, expected: ArrayLike<number>): number {
  let total = 0;
  for (let k = 0; k < counts.length; k++) total += (counts[k] - expected[k]) ** 2 / expected[k];
  const degrees = counts.length - 1;
  return (total - degrees) / Math.sqrt(2 * degrees);
}
