import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Signal } from "../../engine/Signal.js";
import type { Fit } from "../../fit/fitted.js";
import { createStream } from "../../math/random/createStream.js";
import { runSteps, type StepsContext } from "../../math/steps.js";
import { refitDraws } from "./refit.js";
import { logMean } from "./unitScore.js";
import type { Units } from "./units.js";

export interface RefitContext extends StepsContext {
  readonly signal?: Signal | undefined;
}

/** log p(y_u | the rows of no unit of the fold) of each unit, the model fitted anew for each fold; by the number of the unit. */
export async function refitFolds(
  fit: Fit,
  rows: RowsAtDraws,
  units: Units,
  folds: readonly (readonly number[])[],
  context: RefitContext,
): Promise<ReadonlyMap<number, number>> {
  const elpds = new Map<number, number>();
  for (const [k, fold] of folds.entries()) {
    context.onProgress?.({ stage: "fitting anew", done: k, total: folds.length });
    const out = new Set(fold.flatMap((unit) => [...units.rowsOf(unit)]));
    const kept = Int32Array.from({ length: rows.rows }, (_, i) => i).filter((i) => !out.has(i));
    const draws = await refitDraws(fit, kept, context.signal);
    const logs = await runSteps(units.logDensities(draws)(fold), { ...context, onProgress: undefined });
    fold.forEach((unit, i) => {
      elpds.set(unit, logMean(logs[i], draws.logWeights));
    });
  }
  return elpds;
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
