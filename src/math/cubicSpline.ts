/**
 * The natural cubic spline through points a constant distance apart, `values[i]` at i; a function of the position in units of that
 * distance, linear beyond the ends. Throws RangeError for fewer than two values.
 */
export function cubicSpline(values: ArrayLike<number>): (at: number) => number {
  const n = values.length;
  if (n < 2) throw new RangeError("a spline needs two points");
  const first = Float64Array.from(values);
  const second = secondDerivatives(first);
  return (at) => {
    const i = Math.min(n - 2, Math.max(0, Math.floor(at)));
    const inside = Math.min(n - 1, Math.max(0, at));
    const b = inside - i;
    const a = i + 1 - inside;
    const value = a * first[i] + b * first[i + 1] + (a * (a * a - 1) * second[i] + b * (b * b - 1) * second[i + 1]) / 6;
    if (at === inside) return value;
    const slope = first[i + 1] - first[i] + ((at < 0 ? -2 : 1) * second[i] + (at < 0 ? -1 : 2) * second[i + 1]) / 6;
    return value + (at - inside) * slope;
  };
}

/** Second derivatives at the points, zero at the ends: the tridiagonal system (1 4 1) / 6, eliminated from the first on. */
function secondDerivatives(values: Float64Array): Float64Array {
  const n = values.length;
  const second = new Float64Array(n);
  const pivots = new Float64Array(n);
  for (let i = 1; i < n - 1; i++) {
    const bend = 6 * (values[i - 1] - 2 * values[i] + values[i + 1]);
    pivots[i] = i === 1 ? 4 : 4 - 1 / pivots[i - 1];
    second[i] = bend - (i === 1 ? 0 : second[i - 1] / pivots[i - 1]);
  }
  for (let i = n - 2; i > 0; i--) second[i] = (second[i] - second[i + 1]) / pivots[i];
  return second;
}
