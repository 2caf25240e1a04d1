import type { Problem } from "../language/ModelError.js";
import type { Vocabulary } from "./ChainTask.js";
import { Crew } from "./Crew.js";
import type { Executor } from "./Executor.js";
import { thisThread } from "./thisThread.js";

/** The crews of the process, one a worker file; null stands for the worker of this build. Threads are what all fits share, so they are its only state. */
const crews = new Map<string | null, Crew>();

export interface ExecutorOptions {
  /** Chains that may run at a time in threads; 0 for this thread. */
  readonly workers: number;
  /** Where the worker file is, for a bundle that moves it; null for the worker of this build. */
  readonly workerUrl: string | null;
  /** For chains in this thread; workers know the built-in families and priors, and those of plugins. */
  readonly vocabulary: Vocabulary;
}

export interface OpenExecutor {
  readonly executor: Executor;
  /** Why chains run in this thread although threads were asked for. */
  readonly problem: Problem | null;
}

/** An executor on the threads that all fits of the process share; in this thread where none can be started. */
export async function openExecutor({ workers, workerUrl, vocabulary }: ExecutorOptions): Promise<OpenExecutor> {
  if (workers === 0) return { executor: thisThread(vocabulary), problem: null };
  const crew = crews.get(workerUrl) ?? new Crew(undefined, workerUrl);
  crews.set(workerUrl, crew);
  try {
    await crew.open(workers);
    return { executor: crew.executor(workers), problem: null };
  } catch (error) {
    return { executor: thisThread(vocabulary), problem: withoutThreads(error, workerUrl) };
  }
}

function withoutThreads(error: unknown, workerUrl: string | null): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: "no-worker-threads",
    severity: "warning",
    message: `chains ran one after another in this thread: no worker thread could be started on ${workerUrl ?? "the worker of the library"} (${reason})`,
    hint: "the draws are the same; give the option workerUrl, the place of the file marginalia/worker, or workers: 0",
  };
}

/** Ends the worker threads that fits have left warm; fits that are running fail, later ones start new threads. A process ends without it. */
export function dispose(): void {
  for (const crew of crews.values()) crew.dispose();
}
