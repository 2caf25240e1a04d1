import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Signal } from "../../engine/Signal.js";
import type { Fit } from "../../fit/fitted.js";
import { refitsOf } from "../../fit/refits.js";
import { createStream } from "../../math/random/createStream.js";
import { runSteps, type StepsContext } from "../../math/steps.js";
import { inLanes } from "../../parallel/inLanes.js";
import { jointDrawsOf } from "../../posterior/jointDraws.js";
import { logMean } from "./unitScore.js";
import type { Units } from "./units.js";

export interface RefitContext extends StepsContext {
  readonly signal?: Signal | undefined;
  /** Worker threads that fit; default as many as there are processors. */
  readonly workers: number | undefined;
}

/** log p(y_u | the rows of no unit of the fold) of each unit, the model fitted anew for each fold, in parallel; by the number of the unit. */
export async function refitFolds(
  fit: Fit,
  rows: RowsAtDraws,
  units: Units,
  folds: readonly (readonly number[])[],
  { signal, workers, onProgress, ...context }: RefitContext,
): Promise<ReadonlyMap<number, number>> {
  if (folds.length === 0) return new Map();
  const refits = refitsOf(fit, { most: folds.length, workers, hasDraws: true });
  let done = 0;
  const tell = () => onProgress?.({ stage: "fitting anew", done, total: folds.length });
  tell();
  const elpds = await inLanes(refits.lanes, folds, signal, async (fold, _, stopping) => {
    const { posterior } = await refits.fitRows(without(fold, units, rows.rows), stopping);
    const draws = jointDrawsOf(posterior);
    const logs = await runSteps(units.logDensities(draws)(fold), context);
    done++;
    tell();
    return fold.map((unit, i): [number, number] => [unit, logMean(logs[i], draws.logWeights)]);
  });
  return new Map(elpds.flat());
}

/** The rows of the design that are in no unit of a fold. */
function without(fold: readonly number[], units: Units, rows: number): Int32Array {
  const out = new Set(fold.flatMap((unit) => [...units.rowsOf(unit)]));
  return Int32Array.from({ length: rows }, (_, i) => i).filter((i) => !out.has(i));
}

/** Units dealt at random into folds of sizes that differ by one at most. */
export function dealt(count: number, folds: number, seed: number | string): number[][] {
  const stream = createStream(seed, 0);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(stream.uniform() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return Array.from({ length: Math.min(folds, count) }, (_, k) => order.filter((__, i) => i % folds === k));
}
