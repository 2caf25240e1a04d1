import { Worker } from "node:worker_threads";
import type { ChainProgress } from "../engine/hmc/chain.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import type { ChainTask } from "./ChainTask.js";
import type { ChainMessage, ChainWorkerData } from "./chainWorker.js";

/** A worker thread that runs one chain at a time, any number of them: its compiled code is warm from the second on. */
export interface ChainThread {
  /** Settles whatever becomes of the thread: rejects for an error inside it, for its end without a word, for a message unknown. */
  run(task: ChainTask, onProgress: (progress: ChainProgress) => void): Promise<ChainDraws>;
  end(): Promise<unknown>;
}

/** Opens a thread on a worker file, whose chains stop once the shared `stop` is not 0. */
export function openThread(file: URL, stop: Int32Array): ChainThread {
  const data: ChainWorkerData = { stop };
  const worker = new Worker(file, { workerData: data });
  const death = new Promise<never>((_, reject) => {
    worker.on("error", reject);
    worker.on("messageerror", reject);
    worker.on("exit", (code) =>
      reject(new SamplingError(`its worker thread ended with exit code ${code} before the chain was done; ${advice}`)),
    );
  });
  death.catch(() => {}); // what it rejects with goes to the chain that is running; none is between two
  return {
    run: (task, onProgress) => Promise.race([death, runIn(worker, task, onProgress)]),
    end: () => worker.terminate(),
  };
}

const advice = "run fewer chains at a time, or all of them without threads (workers 0)";

function runIn(worker: Worker, task: ChainTask, onProgress: (progress: ChainProgress) => void): Promise<ChainDraws> {
  return new Promise((resolve, reject) => {
    const hear = (message: unknown) => {
      if (!isChainMessage(message)) reject(new SamplingError("its worker thread sent a message that is none of ours"));
      else if (message.type === "done") resolve(message.draws);
      else if (message.type === "failed")
        reject(message.isForeseen ? new SamplingError(message.error.message) : message.error);
      else onProgress(message.progress);
    };
    worker.removeAllListeners("message");
    worker.on("message", (message: unknown) => {
      try {
        hear(message);
      } catch (error) {
        reject(error);
      }
    });
    worker.postMessage(task);
  });
}

function isChainMessage(message: unknown): message is ChainMessage {
  const types: unknown[] = ["progress", "done", "failed"];
  return typeof message === "object" && message !== null && "type" in message && types.includes(message.type);
}
