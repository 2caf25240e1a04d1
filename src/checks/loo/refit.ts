import type { Signal } from "../../engine/Signal.js";
import type { Fit } from "../../fit/fitted.js";
import { refitted } from "../../fit/refitted.js";
import { type JointDraws, jointDrawsOf } from "../../posterior/jointDraws.js";

/**
 * Joint draws of a fit's model given only some of its rows (of the design), by the same engine with the same options and under the same priors. Levels that
 * are left without rows keep their place, with effects from their distribution.
 */
export async function refitDraws(fit: Fit, rows: Int32Array, signal: Signal | undefined): Promise<JointDraws> {
  const changed = { ast: fit.ast, ...fit.compiled.withRows(rows) };
  // In this thread: others would compile the model with default priors of the rows that are left.
  const { posterior } = await refitted(fit, changed, { signal, workers: 0 });
  return jointDrawsOf(posterior);
}
