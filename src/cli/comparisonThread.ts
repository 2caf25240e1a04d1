import { Worker } from "node:worker_threads";
import {
  type CompareEnginesOptions,
  ComparisonError,
  compareEngines,
  type EngineComparison,
  EngineDefect,
  type EngineProgress,
  loadPlugin,
  type ModelAst,
  type Table,
} from "../index.js";
import { ExplainedError, type Explanation } from "./explanation.js";
import { reasonOf } from "./Terminal.js";

/** What a comparison of engines is made from, as plain data. */
export interface ComparisonTask {
  readonly model: ModelAst;
  readonly table: Table;
  readonly options: Omit<CompareEnginesOptions, "onProgress" | "onEngine" | "signal" | "plugins" | "engines"> & {
    readonly engines?: readonly string[] | undefined;
  };
  /** Each thread loads them itself. */
  readonly plugins: readonly { readonly name: string; readonly url: string }[];
}

export type ComparisonMessage =
  | { readonly type: "progress"; readonly progress: EngineProgress }
  | { readonly type: "engine"; readonly engine: string; readonly soFar: EngineComparison | null }
  | { readonly type: "done"; readonly comparison: EngineComparison }
  | { readonly type: "failed"; readonly explanation: Explanation };

/** What listens to a comparison, and what may end it. */
export interface ComparisonListener {
  onProgress(progress: EngineProgress): void;
  /** Called before an engine begins. */
  onEngine(engine: string): void;
  readonly signal: AbortSignal;
}

export const nothingEnded = "the comparison was stopped before an engine had ended";

/** The file of the thread, beside the program. */
const workerFile = new URL("./comparisonWorker.js", import.meta.url);

/**
 * Compares engines in a thread of its own, so that this one hears Ctrl-C while an engine computes: the signal ends sampling with what has
 * been drawn, any other engine without more ado, and what had ended by then is returned, as it is where the thread itself fails. Throws
 * ComparisonError or EngineDefect where nothing had, ExplainedError for what the thread throws.
 */
export async function compareInThread(
  task: ComparisonTask,
  listener: ComparisonListener,
  file = workerFile,
): Promise<EngineComparison> {
  const thread = new Worker(file, { workerData: task });
  try {
    return await answerOf(thread, listener);
  } finally {
    await thread.terminate();
  }
}

function answerOf(thread: Worker, { onProgress, onEngine, signal }: ComparisonListener): Promise<EngineComparison> {
  return new Promise((resolve, reject) => {
    let soFar: EngineComparison | null = null;
    let isSampling = false;
    const stop = () => {
      if (isSampling) thread.postMessage("stop");
      else if (soFar !== null) resolve(soFar);
      else reject(new ComparisonError(nothingEnded));
    };
    signal.addEventListener("abort", stop);
    thread.on("error", (error) => {
      if (soFar === null) reject(new EngineDefect(`the thread of the comparison failed: ${reasonOf(error)}`));
      else resolve(withoutThread(soFar, reasonOf(error)));
    });
    thread.on("message", (message: ComparisonMessage) => {
      // An engine that begins to sample hears from its first progress on.
      isSampling = message.type === "progress" && "chain" in message.progress;
      if (message.type === "progress") onProgress(message.progress);
      if (message.type === "done") resolve(message.comparison);
      if (message.type === "failed") reject(new ExplainedError(message.explanation));
      if (message.type !== "engine") return;
      soFar = message.soFar;
      onEngine(message.engine);
      if (signal.aborted) stop();
    });
  });
}

/** What had ended when the thread failed, as by running out of memory; the engine that was running is the first of those marked as stopped. */
function withoutThread(soFar: EngineComparison, reason: string): EngineComparison {
  const [engine, ...stopped] = soFar.stopped;
  return { ...soFar, refused: [...soFar.refused, { engine, reason: `failed: ${reason}`, isDefect: true }], stopped };
}

/** Compares engines in this thread, which hears Ctrl-C while one samples and between two. */
export async function compareHere(
  { model, table, options, plugins }: ComparisonTask,
  listener: Pick<CompareEnginesOptions, "onProgress" | "onEngine" | "signal">,
): Promise<EngineComparison> {
  const loaded = await Promise.all(plugins.map(({ url, name }) => loadPlugin(url, { name })));
  return compareEngines(model, table, { ...options, plugins: loaded, ...listener });
}
