import { platform } from "#platform";
import type { WorkListener } from "../engine/Executor.js";
import type { ChainProgress } from "../engine/hmc/chain.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import type { Signal } from "../engine/Signal.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import type { ChainExecutor, ChainTask } from "./chainWork.js";

export interface RunOptions {
  readonly executor: ChainExecutor;
  /** Called now and then, and when a chain is done. What it throws ends the run. */
  readonly onProgress?: ((progress: ChainProgress) => void) | undefined;
  /** Ends the run early with what has been drawn. */
  readonly signal?: Signal | undefined;
}

/** What became of the chains of a run. */
export interface ChainRun {
  /** Those that are done or were stopped early by the signal, in the order of the tasks. */
  readonly chains: readonly ChainDraws[];
  /** The first failure; it ends the run, and chains that were still going are lost. */
  readonly failure: ChainFailure | null;
}

/** The chain that failed, and why. */
export interface ChainFailure {
  readonly chain: number;
  readonly error: Error;
}

/** How many threads can run at a time. */
export function processors(): number {
  return platform.processors();
}

/** Runs the chains of a model. The first failure stops the others, which are not waited for. */
export async function runChains(
  tasks: readonly ChainTask[],
  { executor, onProgress = () => {}, signal }: RunOptions,
): Promise<ChainRun> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop, { once: true });
  let isOver = false;
  const listener = { onProgress: (progress: ChainProgress) => (isOver ? undefined : onProgress(progress)) };
  try {
    return await runInLanes(tasks, executor, { ...listener, signal: stopping.signal });
  } finally {
    isOver = true;
    stop();
    signal?.removeEventListener("abort", stop);
  }
}

/** Each lane takes the next task as soon as it is free, until one fails or the run is stopped. */
async function runInLanes(
  tasks: readonly ChainTask[],
  executor: ChainExecutor,
  listener: WorkListener<ChainProgress>,
): Promise<ChainRun> {
  const done: ChainDraws[] = [];
  let failure: ChainFailure | null = null;
  const waiting = [...tasks.entries()];
  const runLane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !listener.signal.aborted; next = waiting.shift()) {
      const [position, task] = next;
      try {
        const draws = await executor.run(task, listener);
        done[position] = draws;
        if (!draws.isPartial) listener.onProgress(lastProgress(task, draws));
      } catch (error) {
        failure ??= { chain: task.chain, error: explained(error) };
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: executor.lanes }, runLane)).catch(() => {}); // `failure` tells
  return { chains: done.filter((chain) => chain !== undefined), failure };
}

function explained(reason: unknown): Error {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  const isThreadMemory = "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  if (!isThreadMemory && !/allocation failed|invalid (typed )?array( buffer)? length/i.test(error.message))
    return error;
  const message = `out of memory (${error.message}); take fewer draws, or run fewer chains at a time (workers 1)`;
  return new SamplingError(message, { cause: error });
}

function lastProgress({ chain, options, resume }: ChainTask, { draws, record }: ChainDraws): ChainProgress {
  const total = draws + (resume === undefined ? options.warmup : 0);
  return {
    chain,
    iteration: total,
    total,
    phase: "sampling",
    divergences: record.divergent.reduce((count, flag) => count + flag, 0),
    stepSize: record.stepSize,
    meanTreeDepth: record.treeDepth.reduce((sum, depth) => sum + depth, 0) / draws,
    logDensity: record.logDensity,
  };
}
