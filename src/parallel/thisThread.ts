import { platform } from "#platform";
import type { LogDensity } from "../density/LogDensity.js";
import { type ChainTask, densityOf, startChainOn, type Vocabulary } from "./ChainTask.js";
import { type Executor, TURN_MILLISECONDS } from "./Executor.js";

/** Runs chains in this thread, one at a time, with a turn of the event loop in between. The chains of a model share its density. */
export function thisThread(vocabulary: Vocabulary): Executor {
  let last: { readonly task: ChainTask; readonly density: LogDensity } | null = null;
  const densityFor = (task: ChainTask): LogDensity => {
    if (last === null || !isOfOneModel(last.task, task)) last = { task, density: densityOf(task, vocabulary) };
    return last.density;
  };
  return {
    lanes: 1,
    async run(task, { onProgress, signal }) {
      const chain = startChainOn(densityFor(task), task);
      let turned = performance.now();
      for (let step = chain.next(); ; step = chain.next({ stop: signal.aborted })) {
        if (step.done) return step.value;
        onProgress(step.value);
        if (performance.now() - turned < TURN_MILLISECONDS) continue;
        await platform.nextTurn();
        turned = performance.now();
      }
    },
  };
}

function isOfOneModel(a: ChainTask, b: ChainTask): boolean {
  return a.ast === b.ast && a.design === b.design && a.coordinates === b.coordinates;
}
