import { parentPort, workerData } from "node:worker_threads";
import type { ChainProgress } from "../engine/hmc/chain.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import { families } from "../family/families.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import { priors } from "../prior/priors.js";
import { type ChainTask, startChain } from "./ChainTask.js";

// The body of a worker thread: runs the chains it is sent, one after the other.

export interface ChainWorkerData {
  /** One Int32 in shared memory; anything but 0 asks the chains to stop. */
  readonly stop: Int32Array;
}

export type ChainMessage =
  | { readonly type: "progress"; readonly progress: ChainProgress }
  | { readonly type: "done"; readonly draws: ChainDraws }
  /** An error loses its class between threads: `isForeseen` tells that it was a SamplingError. */
  | { readonly type: "failed"; readonly error: Error; readonly isForeseen: boolean };

/** At most this often, so that a fast chain does not drown its listener. */
const secondsBetweenReports = 0.1;

listen(workerData, (message, transfer) => parentPort?.postMessage(message, transfer));

function listen({ stop }: ChainWorkerData, post: (message: ChainMessage, transfer: ArrayBuffer[]) => void): void {
  parentPort?.on("message", (task: ChainTask) => {
    try {
      const draws = runTask(task, stop, (progress) => post({ type: "progress", progress }, []));
      post({ type: "done", draws }, buffersOf(draws));
    } catch (error) {
      const isForeseen = error instanceof SamplingError;
      post({ type: "failed", error: error instanceof Error ? error : new Error(String(error)), isForeseen }, []);
    }
  });
}

function runTask(task: ChainTask, stop: Int32Array, report: (progress: ChainProgress) => void): ChainDraws {
  const chain = startChain(task, { families, priors });
  let reported = performance.now() / 1000;
  for (let step = chain.next(); ; step = chain.next({ stop: Atomics.load(stop, 0) !== 0 })) {
    if (step.done) return step.value;
    if (performance.now() / 1000 - reported < secondsBetweenReports) continue;
    reported = performance.now() / 1000;
    report({ ...step.value, logDensity: step.value.logDensity.slice() });
  }
}

function buffersOf({ values }: ChainDraws): ArrayBuffer[] {
  return values.buffer instanceof ArrayBuffer ? [values.buffer] : [];
}
