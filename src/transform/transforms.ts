import { identityTransform } from "./identity.js";
import { intervalTransform } from "./interval.js";
import { logTransform } from "./log.js";
import type { Transform } from "./Transform.js";
import { upperTransform } from "./upper.js";

/** The transform onto the open interval (lower, upper), infinite ends allowed. Throws RangeError if it is empty. */
export function transformFor(lower: number, upper: number): Transform {
  if (!(lower < upper)) throw new RangeError(`no interval: (${lower}, ${upper})`);
  if (lower === -Infinity) return upper === Infinity ? identityTransform : upperTransform(upper);
  return upper === Infinity ? logTransform(lower) : intervalTransform(lower, upper);
}
