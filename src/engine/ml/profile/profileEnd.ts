import { cholesky, solveLower, solveLowerTransposed } from "../../../math/linalg/cholesky.js";
import { addScaled, dot } from "../../../math/linalg/triangularFactor.js";
import { findRootOutwardSteps } from "../../../math/optimize/findRoot.js";
import type { Objective } from "../../../math/optimize/Objective.js";
import { pausing, type Steps } from "../../../math/steps.js";
import type { Coordinate } from "../Coordinate.js";
import { minimizeBothSides } from "../covarianceSearch.js";
import { type Quantity, replaced } from "./quantity.js";

/** The top of a likelihood, and the box around it. */
export interface Peak {
  /** Minus the log-likelihood at a position. */
  readonly objective: Objective;
  readonly coordinates: readonly Coordinate[];
  readonly position: Float64Array;
  readonly value: number;
  /** The information there, positive definite: a metric to start from. */
  readonly hessian: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Half the width of the interval in standard errors: the root of the deviance's rise at its ends. */
  readonly half: number;
}

/** A point of the profile: the likelihood with a quantity at `value`, all else at its best. */
interface ProfilePoint {
  readonly target: number;
  readonly value: number;
  /** Of minus the log-likelihood above the peak. */
  readonly rise: number;
  readonly position: Float64Array;
  readonly hessian: Float64Array;
}

/** One end of an interval on the parameter's own scale, or why there is none. */
export type End = { readonly at: number } | { readonly trouble: string };

/** Of the spring that draws the quantity towards a target, in units of the information: a profile may be concave by less. */
const PULL = 10;
/** Of the root of the deviance: an end is this near in standard errors. */
const TOLERANCE = 1e-5;
const MOST_POINTS = 40;
/** In units of a coordinate. */
const AT_BOUND = 1e-3;
/** Where it is no nearer than this, the profile has jumped over it. */
const LEAP = 1e-3;
/** A profile that falls by more than this on its way out is not monotone. */
const DIP = 1e-6;
/** A variance of the quantity below this is none: the peak stands at a boundary of its range. */
const LEAST_VARIANCE = 1e-12;
/** Of the way from the peak to a bound that a search does not start within. */
const SPARED = 0.05;
/** Of a coordinate, for a step off the boundary where none is found that costs what an interval's end does. */
const STEP_OFF = 0.3;

/**
 * Where the profile likelihood of a quantity has fallen by half^2 / 2 on one side of the peak. A point of the profile is had
 * without a constraint: minimising the likelihood's negative with a spring that draws the quantity towards a target leaves the others
 * at their best for the value that the quantity takes, wherever that is. The target is then moved until the fall is right.
 */
export function* profileEnd(peak: Peak, quantity: Quantity, side: 1 | -1): Steps<End> {
  // Searches that trust the metric they have learnt are quick. At a boundary, where the likelihood has saddles, and where the Hessian does
  // not bear out what they find, it is measured at every point.
  if (!isAtBound(peak)) {
    const quick = yield* Trace.from(peak, quantity, false);
    const end = yield* searchedEnd(quick, side);
    if ("at" in end && (yield* quick.isBorneOut())) return end;
  }
  return yield* searchedEnd(yield* Trace.from(peak, quantity, true), side);
}

function isAtBound({ position, lower, upper }: Peak): boolean {
  return position.some((x, i) => x < lower[i] + AT_BOUND && lower[i] < upper[i]);
}

function* searchedEnd(trace: Trace, side: 1 | -1): Steps<End> {
  const excess = (target: number) => trace.excessAt(target);
  const first = side * trace.half * trace.scale * (1 + 1 / PULL);
  const options = {
    valueTolerance: TOLERANCE,
    tolerance: TOLERANCE * TOLERANCE * trace.scale,
    maxEvaluations: MOST_POINTS,
  };
  const root = yield* findRootOutwardSteps(excess, trace.center, first, options);
  const trouble = trace.trouble();
  if (trouble !== null) return { trouble };
  if (!root.converged) return { trouble: `it does not fall far enough: ${root.reason}` };
  return Math.abs(root.value) < LEAP ? { at: trace.parameterAt(root.position) } : { trouble: "it leaps" };
}

class Trace {
  readonly center: number;
  readonly scale: number;
  readonly half: number;
  private readonly peak: Peak;
  private readonly quantity: Quantity;
  private readonly points: ProfilePoint[] = [];
  private readonly approach: Approach;
  private readonly confirm: boolean;

  /** `confirm`: measure the Hessian before a point is believed to be a maximum. */
  static *from(peak: Peak, quantity: Quantity, confirm: boolean): Steps<Trace> {
    const approach = approachInside(peak, quantity) ?? (yield* approachFromBoundary(peak, quantity));
    return new Trace(peak, quantity, approach, confirm);
  }

  private constructor(peak: Peak, quantity: Quantity, approach: Approach, confirm: boolean) {
    this.peak = peak;
    this.quantity = quantity;
    this.confirm = confirm;
    this.half = peak.half;
    this.center = quantity.at(peak.position);
    this.approach = approach;
    this.scale = approach.scale;
  }

  /** The signed root of the deviance at a target less what it has at an interval's end: negative inside. */
  *excessAt(target: number): Steps<number> {
    if (target === this.center) return -this.half;
    const hessian = this.points.at(-1)?.hessian ?? this.approach.metric(PULL / this.scale ** 2);
    const point = yield* this.pointAt(target, this.foretold(target), hessian, this.confirm);
    if (point === null) return NaN;
    this.points.push(point);
    const excess = Math.sqrt(2 * Math.max(0, point.rise)) - this.half;
    const isEnd = excess < 0 && this.quantity.endOf(point.value, this.scale) !== null;
    return isEnd ? 0 : excess;
  }

  parameterAt(target: number): number {
    const point = this.points.find((candidate) => candidate.target === target);
    if (point === undefined) return this.quantity.parameter(this.center);
    return this.quantity.endOf(point.value, this.scale) ?? this.quantity.parameter(point.value);
  }

  /** Whether the last point is a maximum by the measured Hessian as well. */
  *isBorneOut(): Steps<boolean> {
    const last = this.points.at(-1);
    if (last === undefined) return true;
    const again = yield* this.pointAt(last.target, last.position, last.hessian, true);
    return again !== null && Math.abs(again.rise - last.rise) < DIP;
  }

  /** What makes the profile no profile of a maximum. */
  trouble(): string | null {
    const { center } = this;
    const outward = [...this.points].sort((a, b) => Math.abs(a.value - center) - Math.abs(b.value - center));
    const lowest = Math.min(0, ...outward.map(({ rise }) => rise));
    if (lowest < -DIP)
      return `on the way the log-likelihood rises above its maximum, by ${(-lowest).toPrecision(2)}: there is another one`;
    const falls = outward.some(({ rise }, k) => k > 0 && rise < outward[k - 1].rise - DIP);
    return falls ? "it is not monotone" : null;
  }

  private *pointAt(
    target: number,
    start: Float64Array,
    hessian: Float64Array | null,
    confirm: boolean,
  ): Steps<ProfilePoint | null> {
    const { peak, quantity } = this;
    const stiffness = PULL / this.scale ** 2;
    const objective: Objective = (position, gradient) => {
      const value = peak.objective(position, gradient);
      const apart = quantity.at(position) - target;
      addScaled(gradient, stiffness * apart, quantity.slopes(position));
      return value + 0.5 * stiffness * apart * apart;
    };
    const { coordinates, lower, upper } = peak;
    const found = yield* minimizeBothSides({ objective, coordinates, box: { lower, upper } }, start, {
      hessian,
      confirm,
    });
    const value = quantity.at(found.position);
    const rise = found.value - 0.5 * stiffness * (value - target) ** 2 - peak.value;
    return found.converged ? { target, value, rise, position: found.position, hessian: found.hessian } : null;
  }

  /** On the line from the peak through the last point, but on no bound, where a density may be zero. */
  private foretold(target: number): Float64Array {
    const { peak, center, approach, points } = this;
    const last = points.at(-1);
    const share = last === undefined ? NaN : (target - center) / (last.target - center);
    const line =
      last === undefined
        ? approach.position((PULL / (1 + PULL)) * (target - center))
        : peak.position.map((x, i) => x + share * (last.position[i] - x));
    return line.map((x, i) => {
      const spared = (end: number) => (Math.abs(end) < Infinity ? end + SPARED * (peak.position[i] - end) : end);
      return Math.min(Math.max(x, spared(peak.lower[i])), spared(peak.upper[i]));
    });
  }
}

/** What is known of a quantity at the peak. */
interface Approach {
  /** Its standard error. */
  readonly scale: number;
  /** Where it may have moved by so much, all else at its best. */
  position(by: number): Float64Array;
  /** Of the likelihood with a spring; null where it is unknown. */
  metric(stiffness: number): Float64Array | null;
}

function approachInside({ position, hessian, lower, upper }: Peak, quantity: Quantity): Approach | null {
  const slopes = quantity.slopes(position).map((slope, i) => (lower[i] === upper[i] ? 0 : slope));
  const direction = solved(hessian, slopes);
  const variance = dot(slopes, direction);
  if (!(variance > LEAST_VARIANCE)) return null;
  const n = slopes.length;
  return {
    scale: Math.sqrt(variance),
    position: (by) => position.map((x, i) => x + (by / variance) * direction[i]),
    metric: (stiffness) => hessian.map((entry, at) => entry + stiffness * slopes[Math.floor(at / n)] * slopes[at % n]),
  };
}

/** Where the quantity has no slope, it is moved by the coordinate at its bound that moves it most. */
function* approachFromBoundary({ objective, position, value, lower, half }: Peak, quantity: Quantity): Steps<Approach> {
  const center = quantity.at(position);
  const moves = position.map((x, i) =>
    x === lower[i] ? Math.abs(quantity.at(replaced(position, i, x + STEP_OFF)) - center) : 0,
  );
  const coordinate = moves.indexOf(Math.max(...moves));
  const moved = (by: number) => replaced(position, coordinate, position[coordinate] + by);
  const unused = new Float64Array(position.length);
  const excess = pausing((by: number) =>
    by === 0 ? -half : Math.sqrt(2 * Math.max(0, objective(moved(by), unused) - value)) - half,
  );
  const root = yield* findRootOutwardSteps(excess, 0, STEP_OFF, {
    tolerance: 0.01 * STEP_OFF,
    maxEvaluations: MOST_POINTS,
  });
  const start = moved(root.converged ? root.position : STEP_OFF);
  return { scale: Math.abs(quantity.at(start) - center) / half, position: () => start, metric: () => null };
}

function solved(hessian: Float64Array, vector: Float64Array): Float64Array {
  const n = vector.length;
  const L = hessian.slice();
  cholesky(L, n);
  const solution = vector.slice();
  solveLower(L, n, solution);
  solveLowerTransposed(L, n, solution);
  return solution;
}
