import { availableParallelism } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { ChainProgress } from "../engine/hmc/chain.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import type { ChainDraws } from "../posterior/posteriorFromChains.js";
import { type ChainTask, startChain, type Vocabulary } from "./ChainTask.js";
import { openThread } from "./ChainThread.js";
import { share } from "./share.js";

export interface RunOptions {
  /** Threads to run them; null runs the chains one after another in this one. The draws are the same. */
  readonly crew: Crew | null;
  /** Called now and then, and when a chain is done. What it throws ends the run. */
  readonly onProgress?: ((progress: ChainProgress) => void) | undefined;
  /** Ends the run early with what has been drawn. */
  readonly signal?: AbortSignal | undefined;
  /** For chains in this thread; workers know the built-in ones only. */
  readonly vocabulary: Vocabulary;
}

/** Worker threads for any number of runs: they start before there is work, and stay warm between two. Their owner ends them. */
export interface Crew {
  readonly lanes: readonly RunOne[];
  /** What is not 0 stops their chains. */
  readonly stop: Int32Array;
  end(): Promise<unknown>;
}

/** Starts threads on our worker file, or another; null for none. */
export function openCrew(workers: number, file = new URL("./chainWorker.js", import.meta.url)): Crew | null {
  if (workers === 0) return null;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const threads = Array.from({ length: workers }, () => openThread(file, stop));
  return { lanes: threads.map(({ run }) => run), stop, end: () => Promise.all(threads.map((thread) => thread.end())) };
}

/** What became of the chains of a run. */
export interface ChainRun {
  /** Those that are done or were stopped early by the signal, in the order of the tasks. */
  readonly chains: readonly ChainDraws[];
  /** The first failure; it ends the run, and chains that were still going are lost. */
  readonly failure: ChainFailure | null;
}

export interface ChainFailure {
  readonly chain: number;
  readonly error: Error;
}

/** How many threads can run at a time. */
export function processors(): number {
  return availableParallelism();
}

/** Runs the chains of a model. */
export async function runChains(tasks: readonly ChainTask[], options: RunOptions): Promise<ChainRun> {
  return options.crew === null ? runHere(tasks, options) : runInThreads(tasks, options.crew, options);
}

type RunOne = (task: ChainTask, onProgress: (progress: ChainProgress) => void) => Promise<ChainDraws>;

async function runHere(tasks: readonly ChainTask[], options: RunOptions): Promise<ChainRun> {
  const isStopped = () => options.signal?.aborted ?? false;
  const runOne: RunOne = async (task, onProgress) => {
    const chain = startChain(task, options.vocabulary);
    for (let step = chain.next(); ; step = chain.next({ stop: isStopped() })) {
      if (step.done) return step.value;
      onProgress(step.value);
      await setImmediate();
    }
  };
  return runInLanes(tasks, [runOne], isStopped, options);
}

async function runInThreads(
  tasks: readonly ChainTask[],
  { lanes, stop }: Crew,
  options: RunOptions,
): Promise<ChainRun> {
  const { signal } = options;
  const stopAll = () => void Atomics.store(stop, 0, 1);
  if (signal?.aborted) stopAll();
  signal?.addEventListener("abort", stopAll, { once: true });
  try {
    return await runInLanes(sharingArrays(tasks), lanes, () => Atomics.load(stop, 0) !== 0, options);
  } finally {
    signal?.removeEventListener("abort", stopAll);
  }
}

/** Each lane takes the next task as soon as it is free, until one fails, which is not waited for, or the run is stopped. */
async function runInLanes(
  tasks: readonly ChainTask[],
  lanes: readonly RunOne[],
  isStopped: () => boolean,
  { onProgress = () => {} }: RunOptions,
): Promise<ChainRun> {
  const done: ChainDraws[] = [];
  let failure: ChainFailure | null = null;
  const waiting = [...tasks.entries()];
  const runNext = async (runOne: RunOne): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !isStopped(); next = waiting.shift()) {
      const [position, task] = next;
      try {
        const draws = await runOne(task, onProgress);
        done[position] = draws;
        if (!draws.isPartial) onProgress(lastProgress(task, draws));
      } catch (error) {
        failure ??= { chain: task.chain, error: explained(error) };
        throw error;
      }
    }
  };
  await Promise.all(lanes.map(runNext)).catch(() => {}); // `failure` tells
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

/** All tasks are of one model in the same coordinates: their arrays move to shared memory once. */
function sharingArrays(tasks: readonly ChainTask[]): ChainTask[] {
  if (tasks.length === 0) return [];
  const { design, coordinates } = tasks[0];
  const shared = share({ design, coordinates });
  return tasks.map((task) => ({ ...task, ...shared }));
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
