import { parentPort, workerData } from "node:worker_threads";
import type { ChainProgress } from "../engine/nuts/chain.js";
import { families } from "../family/families.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import { priors } from "../prior/priors.js";
import { type ChainTask, startChain } from "./ChainTask.js";

// The body of a worker thread: runs the one chain it was made for.

export interface ChainWorkerData {
  readonly task: ChainTask;
  /** One Int32 in shared memory; anything but 0 asks the chain to stop. */
  readonly stop: Int32Array;
}

export type ChainMessage =
  | { readonly type: "progress"; readonly progress: ChainProgress }
  | { readonly type: "done"; readonly draws: ChainDraws }
  | { readonly type: "failed"; readonly name: string; readonly message: string };

/** At most this often, so that a fast chain does not drown its listener. */
const secondsBetweenReports = 0.1;

run(workerData, (message, transfer) => parentPort?.postMessage(message, transfer));

function run({ task, stop }: ChainWorkerData, post: (message: ChainMessage, transfer: ArrayBuffer[]) => void): void {
  try {
    const chain = startChain(task, { families, priors });
    let reported = 0;
    for (let step = chain.next(); ; step = chain.next({ stop: Atomics.load(stop, 0) !== 0 })) {
      if (step.done) return post({ type: "done", draws: step.value }, buffersOf(step.value));
      if (performance.now() / 1000 - reported < secondsBetweenReports) continue;
      reported = performance.now() / 1000;
      post({ type: "progress", progress: { ...step.value, logDensity: step.value.logDensity.slice() } }, []);
    }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    post({ type: "failed", name, message }, []);
  }
}

function buffersOf({ values }: ChainDraws): ArrayBuffer[] {
  return values.buffer instanceof ArrayBuffer ? [values.buffer] : [];
}
