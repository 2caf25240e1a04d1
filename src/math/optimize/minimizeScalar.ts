import { type Place, type ScalarFunction, type ScalarOptions, type ScalarResult, ScalarSearch } from "./Scalar.js";

const defaults: ScalarOptions = { tolerance: null, maxEvaluations: 100 };
/** A value is flat to rounding within so much of its minimum. */
const ROOT_EPSILON = 2 ** -26;
/** Part of an interval that a golden section moves by. */
const GOLDEN = (3 - Math.sqrt(5)) / 2;

/**
 * A minimum of a function within an interval (Brent, 1973, chapter 5): parabolas through the best three places, golden sections
 * where they do not help. NaN counts as too high.
 */
export function minimizeScalar(
  f: ScalarFunction,
  lower: number,
  upper: number,
  options: Partial<ScalarOptions> = {},
): ScalarResult {
  const { tolerance, maxEvaluations } = { ...defaults, ...options };
  const search = new ScalarSearch();
  const at = (x: number) => search.place(x, orInfinity(f(x)));
  const precision = tolerance ?? 1e-8 * (upper - lower);
  let [low, high] = [lower, upper];
  let best = at(low + GOLDEN * (high - low));
  let [second, third] = [best, best];
  let [move, moveBefore] = [0, 0];
  for (;;) {
    const least = ROOT_EPSILON * Math.abs(best.x) + precision / 3;
    if (Math.max(high - best.x, best.x - low) <= 2 * least) return search.found(best);
    if (search.evaluations >= maxEvaluations) return search.failed(best, "the limit of evaluations was reached");
    const jump = parabolaJump(best, second, third);
    const isInside = best.x + jump > low && best.x + jump < high;
    const wide = best.x - low > high - best.x ? low : high;
    if (isInside && Math.abs(jump) < 0.5 * Math.abs(moveBefore)) [moveBefore, move] = [move, jump];
    else [moveBefore, move] = [wide - best.x, GOLDEN * (wide - best.x)];
    if (Math.abs(move) < least) move = wide > best.x ? least : -least;
    const next = at(best.x + move);
    const isBetter = next.value <= best.value;
    const cut = isBetter ? best.x : next.x;
    if (isBetter === next.x < best.x) high = cut;
    else low = cut;
    [best, second, third] = ranked(next, best, second, third);
  }
}

const orInfinity = (value: number) => (Number.isNaN(value) ? Infinity : value);

/** The best three places now; of equal ones the newest first. */
function ranked(next: Place, best: Place, second: Place, third: Place): [Place, Place, Place] {
  if (next.value <= best.value) return [next, best, second];
  if (next.value <= second.value || second === best) return [best, next, second];
  return next.value <= third.value || third === best || third === second ? [best, second, next] : [best, second, third];
}

/** From the best place to the vertex of the parabola through the three; NaN where there is none. */
function parabolaJump(best: Place, second: Place, third: Place): number {
  const a = (best.x - second.x) * (best.value - third.value);
  const b = (best.x - third.x) * (best.value - second.value);
  return (0.5 * ((best.x - third.x) * b - (best.x - second.x) * a)) / (a - b);
}
