import { platform } from "#platform";
import { startChain, type Vocabulary } from "./ChainTask.js";
import { type Executor, TURN_MILLISECONDS } from "./Executor.js";

/** Runs chains in this thread, one at a time, with a turn of the event loop in between. */
export function thisThread(vocabulary: Vocabulary): Executor {
  return {
    lanes: 1,
    async run(task, { onProgress, signal }) {
      const chain = startChain(task, vocabulary);
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
