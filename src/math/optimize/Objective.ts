import type { Steps } from "../steps.js";

/**
 * A function to be minimised, in units of log-likelihood: fills the caller's gradient with its exact derivatives and returns its
 * value. +Infinity or NaN, in the value or in the gradient, says that it cannot be computed at that position.
 */
export interface Objective {
  (position: Float64Array, gradient: Float64Array): number;
  /** Of an objective that may take long: computes it in advance, with pauses, for a call at the same position that is the next; null where it takes none. */
  readonly inAdvance?: ((position: Float64Array) => Steps<void> | null) | undefined;
}

/** Simple bounds of a position, null where there are none; a coordinate whose bounds coincide is held fixed. */
export interface Bounds {
  readonly lower: ArrayLike<number> | null;
  readonly upper: ArrayLike<number> | null;
}

/** Where an objective has been computed. */
export interface Evaluated {
  readonly position: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Bounds written out, one number a coordinate. */
export interface Box {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Throws RangeError where the bounds do not fit the dimension or one another. */
export function boxOf(bounds: Bounds, dimension: number): Box {
  const box = {
    lower: side("lower", bounds.lower, dimension, -Infinity),
    upper: side("upper", bounds.upper, dimension, Infinity),
  };
  const crossed = box.lower.findIndex((low, i) => !(low <= box.upper[i] && low < Infinity && box.upper[i] > -Infinity));
  if (crossed >= 0) {
    throw new RangeError(
      `bounds of coordinate ${crossed} leave no room: lower ${box.lower[crossed]}, upper ${box.upper[crossed]}`,
    );
  }
  return box;
}

function side(name: string, values: ArrayLike<number> | null, dimension: number, absent: number): Float64Array {
  if (values === null) return new Float64Array(dimension).fill(absent);
  if (values.length !== dimension) {
    throw new RangeError(`${values.length} ${name} bounds for a position of ${dimension} coordinates`);
  }
  return Float64Array.from(values);
}
