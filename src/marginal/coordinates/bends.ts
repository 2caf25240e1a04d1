import { bendAt } from "../../math/special/bend.js";
import { log } from "../../math/special/elementary.js";
import type { Steps } from "../../math/steps.js";

/** Where a tail is judged, in posterior sds below the mode, and how far above a normal density it may be there, in logs. */
const FAR = -3;
const SLACK = 0.5;
const HALVINGS = 8;
/** Share of the bend that turns exp(a w) into exp(-z^2 / 2) far below: with less the far tail stays wide, with more it gets too steep for large steps. */
const SHARE = 0.3;

/**
 * The bend of a coordinate w, a log sd or the like in units of its scale, from the log density along it: such that in bent coordinates it
 * falls from 0 to -3 as a normal one does, within limits; none where it falls so fast by itself.
 */
export function* fitBend(logDensity: (w: number) => Steps<number>, scale: number): Steps<number> {
  const atZero = yield* logDensity(0);
  function* excess(c: number): Steps<number> {
    const [far, near] = [bendAt(FAR, c), bendAt(0, c)];
    return (yield* logDensity(far.value)) - atZero + log(far.slope / near.slope) + 0.5 * FAR * FAR;
  }
  if (!((yield* excess(0)) > SLACK)) return 0;
  let [low, high] = [0, SHARE / scale];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = 0.5 * (low + high);
    if ((yield* excess(middle)) > 0) low = middle;
    else high = middle;
  }
  return low;
}
