/** A value, and the slope there. */
export interface Sloped {
  readonly value: number;
  readonly slope: number;
}

/**
 * The quintic spline through values and slopes at points a constant distance apart, `points[i]` at i with its slope a unit, linear beyond the
 * ends. Second derivatives at the points are those of the quintic through a point and both its neighbours, at an end those that leave the last
 * piece a quartic. Throws RangeError for fewer than two points.
 */
export function hermiteSpline(points: readonly Sloped[]): (at: number) => number {
  const last = points.length - 1;
  if (last < 1) throw new RangeError("a spline needs two points");
  const bends = secondDerivatives(points);
  return (at) => {
    if (at <= 0) return points[0].value + at * points[0].slope;
    if (at >= last) return points[last].value + (at - last) * points[last].slope;
    const i = Math.floor(at);
    const [from, to, into] = [points[i], points[i + 1], at - i];
    const rise = to.value - from.value - from.slope - 0.5 * bends[i];
    const turn = to.slope - from.slope - bends[i];
    const twist = 0.5 * (bends[i + 1] - bends[i]);
    const third = 10 * rise - 4 * turn + twist;
    const fourth = 7 * turn - 15 * rise - 2 * twist;
    const fifth = 6 * rise - 3 * turn + twist;
    return from.value + into * (from.slope + into * (0.5 * bends[i] + into * (third + into * (fourth + into * fifth))));
  };
}

function secondDerivatives(points: readonly Sloped[]): Float64Array {
  const last = points.length - 1;
  const bends = new Float64Array(last + 1);
  for (let i = 1; i < last; i++) {
    const [before, here, after] = points.slice(i - 1, i + 2);
    bends[i] = 2 * (before.value - 2 * here.value + after.value) - 0.5 * (after.slope - before.slope);
  }
  /** What a cubic's second derivative falls by over a piece. */
  const fall = (i: number) => {
    const [from, to] = [points[i], points[i + 1]];
    return 12 * (to.value - from.value) - 6 * (from.slope + to.slope);
  };
  if (last === 1) bends[1] = points[1].slope - points[0].slope - 0.5 * fall(0);
  bends[0] = bends[1] + fall(0);
  if (last > 1) bends[last] = bends[last - 1] - fall(last - 1);
  return bends;
}
