import { affineTransform } from "./affine.js";
import { intervalTransform } from "./interval.js";
import { logTransform } from "./log.js";
import type { Transform } from "./Transform.js";
import { upperTransform } from "./upper.js";

/** Where a parameter is to be expected, so that its unconstrained value is near the interval (-2, 2). */
export interface Unit {
  readonly location: number;
  /** Positive. */
  readonly scale: number;
}

/**
 * The transform onto the open interval (lower, upper), infinite ends allowed. The unit moves and scales the whole line, and
 * scales an interval that is bounded below. Throws RangeError if the interval is empty.
 */
export function transformFor(lower: number, upper: number, unit: Unit = { location: 0, scale: 1 }): Transform {
  if (!(lower < upper)) throw new RangeError(`no interval: (${lower}, ${upper})`);
  if (upper < Infinity) return lower === -Infinity ? upperTransform(upper) : intervalTransform(lower, upper);
  return lower === -Infinity ? affineTransform(unit.location, unit.scale) : logTransform(lower, unit.scale);
}
