import type { Executor, ExecutorProblem, Work } from "../engine/Executor.js";
import { Crew } from "./Crew.js";
import { thisThread } from "./thisThread.js";
import type { WorkTask } from "./WorkTask.js";

/** The crews of the process, one a worker file; null stands for the worker of this build. Threads are what all fits share, so they are its only state. */
const crews = new Map<string | null, Crew>();

export interface ExecutorOptions {
  /** Parts that may run at a time in threads; 0 for this thread. */
  readonly workers: number;
  /** Where the worker file is, for a bundle that moves it; null for the worker of this build. */
  readonly workerUrl: string | null;
  /** How threads know the work, and of what model: see WorkTask. */
  readonly task: Omit<WorkTask, "input">;
}

/** An executor on the threads that all fits of the process share; in this thread where none can be started. Throws SamplingError where `dispose` ends them meanwhile. */
export async function openExecutor<Model, Input, Output, Progress>(
  work: Work<Model, Input, Output, Progress>,
  model: Model,
  { workers, workerUrl, task }: ExecutorOptions,
): Promise<Executor<Input, Output, Progress>> {
  const here = () => thisThread(work, model, task.seed);
  if (workers === 0) return here();
  const crew = crews.get(workerUrl) ?? new Crew(undefined, workerUrl);
  crews.set(workerUrl, crew);
  const { disposals } = crew;
  try {
    await crew.open(workers);
    return crew.executor(workers, (input) => ({ ...task, input }));
  } catch (error) {
    if (crew.disposals > disposals) throw error;
    return { ...here(), problem: withoutThreads(error, workerUrl) };
  }
}

function withoutThreads(error: unknown, workerUrl: string | null): ExecutorProblem {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    code: "no-worker-threads",
    severity: "warning",
    message: `the work was done in this thread, one part after another: no worker thread could be started on ${workerUrl ?? "the worker of the library"} (${reason})`,
    hint: "the results are the same; give the option workerUrl, the place of the file marginalia/worker, or workers: 0",
  };
}

/**
 * Ends the worker threads at once: those that fits have left warm, and those of fits that are running or wait for a thread, which fail (abort them by
 * their signals first to keep what they have drawn). Later fits start new threads, with the same draws. Any number of calls does no harm, and a
 * process ends without one.
 */
export function dispose(): void {
  for (const crew of crews.values()) crew.dispose();
}
