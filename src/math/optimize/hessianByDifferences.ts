import { mapSteps, type Steps } from "../steps.js";
import { type Bounds, type Box, boxOf, type Objective } from "./Objective.js";

/** Fills the caller's gradient. */
export interface GradientFunction {
  (position: Float64Array, gradient: Float64Array): void;
  readonly inAdvance?: Objective["inAdvance"];
}

export interface DifferenceOptions extends Bounds {
  /**
   * Order of the error in the step: 1 forward (1 evaluation a coordinate), 2 central (2), 4 central with one Richardson
   * extrapolation (4). Default 4, whose error is about 1e-7 of the diagonal.
   */
  readonly order: 1 | 2 | 4;
  /** Guess of 1 / sqrt(second derivative) for each coordinate; corrected where it is wrong. Default null: max(1, |position|). */
  readonly scale: ArrayLike<number> | null;
  /** The gradient at the position, if it is known already. Default null. */
  readonly gradient: Float64Array | null;
}

export interface DifferenceHessian {
  /** n x n, symmetric, row-major; NaN in the rows and columns of `failed`. */
  readonly hessian: Float64Array;
  /** Coordinates along which the gradient cannot be computed on either side, or that their bounds hold fixed. */
  readonly failed: readonly number[];
  readonly evaluations: number;
}

/** Steps in units of 1 / sqrt(second derivative), where the error of the formula meets the rounding of a gradient. */
const RELATIVE_STEP = { 1: 1e-4, 2: 1e-3, 4: 1e-2 };
/** A step is right if it is at most so many times too long (by the order) or too short; it is corrected so many times. */
const TOO_LONG = { 1: 30, 2: 10, 4: 3 };
const TOO_SHORT = 30;
const MOST_CORRECTIONS = 3;
/** No step is longer than so much of max(1, |position|), or too short to be told from the position. */
const LONGEST_SHARE = 0.1;
const SHORTEST_SHARE = 1e-9;
/** Where the gradient cannot be computed, the step shrinks by this, so many times. */
const SHRINKAGE = 0.1;
const MOST_SHRINKAGES = 4;

/**
 * The Hessian by differences of an exact gradient, each coordinate at a step that suits its curvature. Formulas are central,
 * or one-sided where a bound is near or the gradient cannot be computed on one side. Both triangles are averaged. There is a pause after one or two gradients.
 */
export function* hessianByDifferences(
  gradientAt: GradientFunction,
  position: Float64Array,
  options: Partial<DifferenceOptions> = {},
): Steps<DifferenceHessian> {
  const n = position.length;
  const box = boxOf({ lower: options.lower ?? null, upper: options.upper ?? null }, n);
  const probe = new Probe(gradientAt, position, box, options.gradient ?? null);
  const columns = yield* mapSteps(position, (x, i) =>
    differenceColumn(probe, i, options.order ?? 4, options.scale?.[i] ?? Math.max(1, Math.abs(x))),
  );
  const failed = columns.flatMap((column, i) => (column === null ? [i] : []));
  const hessian = new Float64Array(n * n).fill(NaN);
  columns.forEach((column, i) => {
    columns.forEach((other, j) => {
      if (column !== null && other !== null) hessian[i * n + j] = 0.5 * (column[j] + other[i]);
    });
  });
  return { hessian, failed, evaluations: probe.evaluations };
}

/** The gradient at points moved along one coordinate. */
class Probe {
  evaluations = 0;
  readonly position: Float64Array;
  readonly box: Box;
  private readonly gradientAt: GradientFunction;
  private readonly moved: Float64Array;
  private centreGradient: Float64Array | null;

  constructor(gradientAt: GradientFunction, position: Float64Array, box: Box, gradient: Float64Array | null) {
    this.gradientAt = gradientAt;
    this.position = position;
    this.box = box;
    this.moved = position.slice();
    this.centreGradient = gradient;
  }

  /** (gradient(x + h e_i) - gradient(x - h' e_i)) / (h + h') with the steps as rounded; null if it cannot be computed. */
  *slope(i: number, above: number, below: number): Steps<Float64Array | null> {
    const ahead = this.inAdvance(i, above);
    if (ahead) yield* ahead;
    const high = this.at(i, above);
    const next = high === null ? null : this.inAdvance(i, -below);
    if (next) yield* next;
    const low = high === null ? null : this.at(i, -below);
    if (high === null || low === null) return null;
    const width = this.position[i] + above - (this.position[i] - below);
    const slope = high.map((value, j) => (value - low[j]) / width);
    return slope.every(Number.isFinite) ? slope : null;
  }

  private inAdvance(i: number, offset: number): Steps<void> | null {
    const { inAdvance } = this.gradientAt;
    if (inAdvance === undefined || (offset === 0 && this.centreGradient !== null)) return null;
    this.moved.set(this.position);
    this.moved[i] = this.position[i] + offset;
    return inAdvance(this.moved);
  }

  private at(i: number, offset: number): Float64Array | null {
    if (offset === 0 && this.centreGradient !== null) return this.centreGradient;
    const gradient = new Float64Array(this.position.length);
    this.moved.set(this.position);
    this.moved[i] = this.position[i] + offset;
    this.gradientAt(this.moved, gradient);
    this.evaluations++;
    if (offset === 0) this.centreGradient = gradient;
    return gradient.every(Number.isFinite) ? gradient : null;
  }
}

/** Row i of the Hessian; null if it cannot be had. */
function* differenceColumn(probe: Probe, i: number, order: 1 | 2 | 4, scale: number): Steps<Float64Array | null> {
  const size = Math.abs(probe.position[i]);
  const wish = (length: number) =>
    Math.min(Math.max(RELATIVE_STEP[order] * length, SHORTEST_SHARE * size), LONGEST_SHARE * Math.max(1, size));
  let step = wish(scale);
  let best: Float64Array | null = null;
  for (let correction = 0; correction <= MOST_CORRECTIONS; correction++) {
    const column = yield* shrinkingDifference(probe, i, order, step);
    if (column === null) break;
    best = column;
    const better = wish(1 / Math.sqrt(Math.abs(column[i])));
    if (step <= TOO_LONG[order] * better && better <= TOO_SHORT * step) break;
    step = better;
  }
  return best;
}

function* shrinkingDifference(probe: Probe, i: number, order: 1 | 2 | 4, longest: number): Steps<Float64Array | null> {
  let step = longest;
  for (let shrinkage = 0; shrinkage <= MOST_SHRINKAGES; shrinkage++, step *= SHRINKAGE) {
    const difference = yield* differenceAt(probe, i, order, step);
    if (difference !== null) return difference;
  }
  return null;
}

function* differenceAt(probe: Probe, i: number, order: 1 | 2 | 4, step: number): Steps<Float64Array | null> {
  const above = Math.min(step, probe.box.upper[i] - probe.position[i]);
  const below = Math.min(step, probe.position[i] - probe.box.lower[i]);
  const near = Math.min(above, below);
  const central = order > 1 && near > 0.1 * step ? yield* centralDifference(probe, i, order, near) : null;
  if (central !== null) return central;
  const [first, second] = above >= below ? [above, -below] : [-below, above];
  return (yield* oneSidedDifference(probe, i, order, first)) ?? (yield* oneSidedDifference(probe, i, order, second));
}

function* centralDifference(probe: Probe, i: number, order: 1 | 2 | 4, step: number): Steps<Float64Array | null> {
  const whole = yield* probe.slope(i, step, step);
  yield;
  if (order < 4) return whole;
  const half = yield* probe.slope(i, step / 2, step / 2);
  yield;
  return extrapolate(whole, half, 4);
}

/** Romberg's table of forward differences (backward ones where the step is negative), of as many rows as the order needs. */
function* oneSidedDifference(probe: Probe, i: number, order: 1 | 2 | 4, step: number): Steps<Float64Array | null> {
  if (step === 0) return null;
  const over = (length: number) => probe.slope(i, Math.max(length, 0), Math.max(-length, 0));
  const whole = yield* over(step);
  yield;
  if (order === 1 || whole === null) return whole;
  const half = yield* over(step / 2);
  yield;
  const second = extrapolate(whole, half, 2);
  if (order === 2 || second === null) return second;
  const quarter = yield* over(step / 4);
  yield;
  return extrapolate(second, extrapolate(half, quarter, 2), 4);
}

/** Richardson's: (power * fine - coarse) / (power - 1). */
function extrapolate(coarse: Float64Array | null, fine: Float64Array | null, power: number): Float64Array | null {
  if (coarse === null || fine === null) return null;
  return coarse.map((value, j) => (power * fine[j] - value) / (power - 1));
}
