import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { ChainProgress } from "../engine/nuts/chain.js";
import { SamplingError } from "../engine/nuts/SamplingError.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import { type ChainTask, startChain, type Vocabulary } from "./ChainTask.js";
import type { ChainMessage, ChainWorkerData } from "./chainWorker.js";
import { share } from "./share.js";

export interface RunOptions {
  /** Worker threads at a time; 0 runs the chains one after another in this thread. The draws are the same. */
  readonly workers: number;
  readonly onProgress?: ((progress: ChainProgress) => void) | undefined;
  /** Ends the run early with what has been drawn. */
  readonly signal?: AbortSignal | undefined;
  /** For chains in this thread; workers know the built-in ones only. */
  readonly vocabulary: Vocabulary;
}

export type ChainOutcome =
  | { readonly status: "done"; readonly draws: ChainDraws }
  | { readonly status: "failed"; readonly chain: number; readonly error: Error };

/** How many threads can run at a time. */
export function processors(): number {
  return availableParallelism();
}

/** Runs the chains of a model; once one has failed the others are stopped. The outcomes stand in the order of the tasks. */
export async function runChains(tasks: readonly ChainTask[], options: RunOptions): Promise<readonly ChainOutcome[]> {
  return options.workers === 0 ? runHere(tasks, options) : runInWorkers(tasks, options);
}

async function runHere(tasks: readonly ChainTask[], options: RunOptions): Promise<readonly ChainOutcome[]> {
  const outcomes: ChainOutcome[] = [];
  for (const task of tasks) {
    if (options.signal?.aborted) break;
    const outcome = await chainHere(task, options).catch((error: unknown) => failed(task, error));
    outcomes.push(outcome);
    if (outcome.status === "failed") break;
  }
  return outcomes;
}

async function chainHere(task: ChainTask, { onProgress, signal, vocabulary }: RunOptions): Promise<ChainOutcome> {
  const chain = startChain(task, vocabulary);
  for (let step = chain.next(); ; step = chain.next({ stop: signal?.aborted ?? false })) {
    if (step.done) return { status: "done", draws: step.value };
    onProgress?.(step.value);
    await setImmediate();
  }
}

function failed({ chain }: ChainTask, reason: unknown): ChainOutcome {
  return { status: "failed", chain, error: reason instanceof Error ? reason : new SamplingError(String(reason)) };
}

async function runInWorkers(tasks: readonly ChainTask[], options: RunOptions): Promise<readonly ChainOutcome[]> {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const stopAll = () => void Atomics.store(stop, 0, 1);
  if (options.signal?.aborted) stopAll();
  options.signal?.addEventListener("abort", stopAll, { once: true });
  const design = tasks.length > 0 ? share(tasks[0].design) : null;
  const outcomes: ChainOutcome[] = [];
  const waiting = [...tasks.entries()];
  const runNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && Atomics.load(stop, 0) === 0; next = waiting.shift()) {
      const [index, task] = next;
      const data = { task: { ...task, design: design ?? task.design }, stop };
      outcomes[index] = await chainInWorker(data, options).catch((error: unknown) => failed(task, error));
      if (outcomes[index].status === "failed") stopAll();
    }
  };
  await Promise.all(Array.from({ length: options.workers }, runNext));
  options.signal?.removeEventListener("abort", stopAll);
  return outcomes.filter((outcome) => outcome !== undefined);
}

/** Settles whatever becomes of the thread: a result, an error thrown inside it, or its end without a word. */
function chainInWorker(data: ChainWorkerData, { onProgress }: RunOptions): Promise<ChainOutcome> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./chainWorker.js", import.meta.url), { workerData: data });
    worker.on("message", (message: ChainMessage) => {
      if (message.type === "progress") onProgress?.(message.progress);
      else if (message.type === "done") resolve({ status: "done", draws: message.draws });
      else reject(Object.assign(new SamplingError(message.message), { cause: message.name }));
    });
    worker.on("error", reject);
    worker.on("messageerror", reject);
    worker.on("exit", (code) =>
      reject(
        new SamplingError(
          `the worker thread of chain ${data.task.chain} ended with exit code ${code} before its chain was done; ` +
            "it may have run out of memory: run fewer chains at a time (--workers 1)",
        ),
      ),
    );
  });
}
