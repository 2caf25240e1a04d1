import { cubicSpline } from "../../math/cubicSpline.js";
import type { Sloped } from "../../math/hermiteSpline.js";
import { cholesky } from "../../math/linalg/cholesky.js";
import { nearestDefinite } from "../../math/optimize/definite.js";
import { minimize } from "../../math/optimize/minimize.js";
import type { Evaluated, Objective } from "../../math/optimize/Objective.js";
import { log } from "../../math/special/elementary.js";
import { mapSteps, type Steps } from "../../math/steps.js";
import { type LineProfile, STRIDES, slopedProfile } from "./lineProfile.js";
import { bent, type Standardised } from "./standardised.js";

/**
 * How much scales may differ from 1: those of a coefficient's two sides, and those along a ridge, where an intercept is as wide as the sd of
 * few groups makes it. And how near a ridge is followed, in units of z.
 */
const LEAST_SCALE = 0.5;
const MOST_SCALE = 2;
const MOST_SCALE_ON_RIDGE = 8;
const NEAR = 0.1;
/** How far below the top of a ridge what it does to scales is measured. */
const SHOULDER = 1.2;
/** A slope of one coefficient by another, both in their sds, that is left out. */
const NEGLIGIBLE = 0.03;
/** The change of a log scale from one place to the next that has the one after that measured too. */
const CHANGE = 0.15;
/** How far below its top the ridge of a flat coefficient is followed, for its tails. */
const DEEPEST_OF_BENT = 12;
/** Length of the differences that curvatures are measured by, in units of z. */
const STEP = 0.5;

/** The posterior along one hyperparameter. */
export interface Ridge {
  readonly profile: LineProfile;
  /** One per z, as functions of this one's place: where they are, those before it at 0 and those after it at their conditional modes. */
  readonly centres: readonly ((place: number) => number)[];
  /** And the logs of their scales. */
  readonly logScales: readonly ((place: number) => number)[];
  /** How coefficients turn towards each other; those that hardly do are left out. */
  readonly turns: readonly Turn[];
}

/** The slope of the centre of coefficient z k by z l, which is ahead of it, along a ridge. */
export interface Turn {
  readonly k: number;
  readonly l: number;
  at(place: number): number;
}

/** Along hyperparameter `axis`, from the mode `top`; minus the log density is in the standardised coordinates. */
export function* ridge(
  descent: Objective,
  top: Evaluated,
  axis: number,
  { bends, hyperparameters }: Standardised,
): Steps<Ridge> {
  const bend = bends[axis];
  const followed = new Map([[0, top]]);
  const along = yield* slopedProfile(
    heightOf(top, axis),
    function* (place) {
      const from = followed.get(-place) ?? inwardsOf(followed, place) ?? top;
      const point = yield* follow(descent, from.position, axis, place);
      followed.set(place, point);
      return heightOf(point, axis);
    },
    bend === 0 ? undefined : DEEPEST_OF_BENT,
  );
  const isOnPath = ({ position, value }: Evaluated) =>
    Number.isFinite(value) && position[axis] >= along.first && position[axis] <= along.last;
  const path = [...followed.values()].filter(isOnPath);
  path.sort((one, other) => one.position[axis] - other.position[axis]);
  const { summit, around } = yield* measuredAlong(path, top, axis, bend, descent);
  const interpolated = interpolation(along.stride);
  const endsOf = (points: readonly Evaluated[]) =>
    [points[0], points[points.length - 1]].map(({ position }) => position[axis]);
  const [ends, inner] = [path, summit].map(endsOf);
  const centres = interpolated(
    path.map(({ position }) => position),
    ends[0],
  ).map((centre) => (bend === 0 ? centre : prolonged(centre, ends, bend)));
  const logScales = interpolated(
    around.map((one) => one.logScales),
    inner[0],
  );
  const turns = turnsBy(around, hyperparameters, (slopes) => {
    const [turn] = interpolated(
      slopes.map((slope) => Float64Array.of(slope)),
      inner[0],
    );
    return (place) => turn(Math.min(inner[1], Math.max(inner[0], place)));
  });
  const volume = (place: number) => logScales.reduce((total, logScale) => total + logScale(place), 0);
  return { profile: { ...along, at: (place) => along.at(place) + volume(place) }, centres, logScales, turns };
}

/** A place followed from which a line may go on to this one: on the same side of 0, or 0 itself. */
function inwardsOf(followed: ReadonlyMap<number, Evaluated>, place: number): Evaluated | undefined {
  const steps = STRIDES.filter((stride) => stride <= Math.abs(place));
  return steps.map((stride) => followed.get(place - stride * Math.sign(place))).find((point) => point !== undefined);
}

/** Of the coefficients, the first so many z being hyperparameters: the slopes that are not negligible, interpolated from those at some places. */
function turnsBy(
  around: readonly Conditionals[],
  hyperparameters: number,
  interpolated: (slopes: number[]) => (place: number) => number,
): Turn[] {
  const n = around[0].logScales.length;
  return Array.from(around[0].turns).flatMap((_, at) => {
    const slopes = around.map(({ turns }) => turns[at]);
    const [k, l] = [Math.floor(at / n), at % n];
    if (l < hyperparameters || !slopes.some((slope) => Math.abs(slope) > NEGLIGIBLE)) return [];
    return [{ k, l, at: interpolated(slopes) }];
  });
}

/** The points of a path about its top at which the conditionals are measured: as far as it is high, and on where they change. */
function* measuredAlong(
  path: readonly Evaluated[],
  top: Evaluated,
  axis: number,
  bend: number,
  descent: Objective,
): Steps<{ readonly summit: readonly Evaluated[]; readonly around: readonly Conditionals[] }> {
  const n = top.position.length;
  const known = new Map<Evaluated, Conditionals>([[top, unchanged(n)]]);
  function* at(point: Evaluated): Steps<Conditionals> {
    const found = known.get(point) ?? (yield* conditionalsAfter(axis, point, descent));
    known.set(point, found);
    return found;
  }
  const isHigh = ({ value }: Evaluated) => bend !== 0 || value < top.value + SHOULDER;
  function* end(step: number): Steps<number> {
    let i = path.indexOf(top);
    while (path[i + step] !== undefined) {
      if (!isHigh(path[i]) && !changes(yield* at(path[i]), yield* at(path[i - step]))) break;
      i += step;
    }
    return i;
  }
  const summit = path.slice(yield* end(-1), (yield* end(1)) + 1);
  return { summit, around: yield* mapSteps(summit, at) };
}

/** A centre that goes on in proportion to s(z), not to z, beyond the ends of a ridge: a change of coordinates that is linear in the position. */
function prolonged(centre: (place: number) => number, [first, last]: readonly number[], bend: number) {
  return (place: number) => {
    const end = Math.min(last, Math.max(first, place));
    if (end === place) return centre(place);
    const inside = end - Math.sign(place - end);
    const slope = (centre(end) - centre(inside)) / (bent(bend, end) - bent(bend, inside));
    return centre(end) + slope * (bent(bend, place) - bent(bend, end));
  };
}

function heightOf({ value, gradient }: Evaluated, axis: number): Sloped {
  return { value: -value, slope: -gradient[axis] };
}

/** How all z are given those ahead of them, at a place of a ridge. */
interface Conditionals {
  /** Length n. */
  readonly logScales: Float64Array;
  /** Slopes of centres: that of z k by z l at k * n + l. */
  readonly turns: Float64Array;
}

function unchanged(n: number): Conditionals {
  return { logScales: new Float64Array(n), turns: new Float64Array(n * n) };
}

/** Whether scales change so much from one place to the next that they are measured further out. */
function changes({ logScales }: Conditionals, before: Conditionals): boolean {
  return logScales.some((logScale, k) => Math.abs(logScale - before.logScales[k]) > CHANGE);
}

/** To the conditional mode of all z after an axis at a place of it, from one near it. */
function follow(descent: Objective, from: Float64Array, axis: number, place: number): Steps<Evaluated> {
  const start = from.map((x, k) => (k === axis ? place : x));
  const held = (bound: number) => start.map((x, k) => (k > axis ? bound : x));
  const bounds = { lower: held(-Infinity), upper: held(Infinity) };
  const scale = new Float64Array(start.length).fill(1);
  return minimize(descent, start, { ...bounds, scale, confirm: false, tolerance: NEAR });
}

/** Each coordinate of vectors so far apart from a first place on, at any place. */
function interpolation(stride: number) {
  return (vectors: readonly Float64Array[], first: number): ((place: number) => number)[] =>
    Array.from(vectors[0], (only, k) => {
      if (vectors.length === 1) return () => only;
      const spline = cubicSpline(vectors.map((vector) => vector[k]));
      return (place) => spline((place - first) / stride);
    });
}

/**
 * Of all z after an axis near a point, each given those ahead of it, those after it integrated out: the logs of their scales, and the slopes of their centres
 * by those between it and the axis, at k * n + l; 0 of the others.
 */
function* conditionalsAfter(axis: number, at: Evaluated, descent: Objective): Steps<Conditionals> {
  const n = at.position.length;
  const r = n - axis - 1;
  // The last z comes first, so that pivots have those before them integrated out.
  const hessian = new Float64Array(r * r);
  for (let i = 0; i < r; i++) {
    const column = yield* hessianColumn(descent, at, n - 1 - i);
    for (let j = 0; j < r; j++) {
      hessian[i * r + j] += 0.5 * column[n - 1 - j];
      hessian[j * r + i] += 0.5 * column[n - 1 - j];
    }
  }
  const L = nearestDefinite(hessian, r).slice();
  cholesky(L, r);
  const [logScales, turns] = [new Float64Array(n), new Float64Array(n * n)];
  for (let i = 0; i < r; i++) {
    const [k, pivot] = [n - 1 - i, L[i * (r + 1)]];
    logScales[k] = log(within(1 / pivot, MOST_SCALE_ON_RIDGE));
    for (let j = i + 1; j < r; j++) turns[k * n + n - 1 - j] = -L[j * r + i] / pivot;
  }
  return { logScales, turns };
}

/** By forward differences, its diagonal entry by the cubic through both points. */
function* hessianColumn(descent: Objective, from: Evaluated, k: number): Steps<Float64Array> {
  const to = yield* evaluated(descent, moved(from.position, k, STEP));
  const column = to.gradient.map((slope, i) => (slope - from.gradient[i]) / STEP);
  column[k] = (6 * (to.value - from.value)) / STEP ** 2 - (4 * from.gradient[k] + 2 * to.gradient[k]) / STEP;
  return column;
}

/** With a pause after it. */
export function* evaluated(descent: Objective, position: Float64Array): Steps<Evaluated> {
  const ahead = descent.inAdvance?.(position);
  if (ahead) yield* ahead;
  const gradient = new Float64Array(position.length);
  const value = descent(position, gradient);
  yield;
  return { position, value, gradient };
}

export function moved(z: Float64Array, axis: number, by: number): Float64Array {
  return z.map((value, k) => (k === axis ? value + by : value));
}
/** A scale between the limits; 1 for one that is no number. */
export function within(scale: number, most: number = MOST_SCALE): number {
  return Number.isNaN(scale) ? 1 : Math.min(most, Math.max(LEAST_SCALE, scale));
}
