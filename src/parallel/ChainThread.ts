import { Worker } from "node:worker_threads";
import type { ChainProgress } from "../engine/nuts/chain.js";
import { SamplingError } from "../engine/nuts/SamplingError.js";
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
    worker.on("error", (error) => reject(explained(error)));
    worker.on("messageerror", reject);
    worker.on("exit", (code) =>
      reject(new SamplingError(`its worker thread ended with exit code ${code}; ${memoryAdvice}`)),
    );
  });
  death.catch(() => {}); // what it rejects with goes to the chain that is running; none is between two
  return {
    run: (task, onProgress) => Promise.race([death, runIn(worker, task, onProgress)]),
    end: () => worker.terminate(),
  };
}

function runIn(worker: Worker, task: ChainTask, onProgress: (progress: ChainProgress) => void): Promise<ChainDraws> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners("message");
    worker.on("message", (message: ChainMessage) => {
      try {
        if (message.type === "progress") onProgress(message.progress);
        else if (message.type === "done") resolve(message.draws);
        else reject(message.error);
      } catch (error) {
        reject(error);
      }
    });
    worker.postMessage(task);
  });
}

const memoryAdvice = "if it ran out of memory, run fewer chains at a time (one worker) or take fewer draws";

function explained(error: Error): Error {
  const isMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return isMemory ? new SamplingError(`its worker thread was ended: out of memory; ${memoryAdvice}`) : error;
}
