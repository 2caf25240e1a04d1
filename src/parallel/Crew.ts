import { platform } from "#platform";
import type { Executor } from "../engine/Executor.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import { isPlainObject, share } from "./share.js";
import type { WorkTask } from "./WorkTask.js";
import { ENDED, WorkThread } from "./WorkThread.js";

/**
 * Worker threads that any number of fits share: as many as there are processors at most, started when they are needed and warm between two
 * fits. A part of some work waits until one is free, in the order in which parts came. Idle threads do not keep the process alive.
 */
export class Crew {
  readonly #size: number;
  readonly #file: string | null;
  #threads: readonly WorkThread[] = [];
  #disposals = 0;
  readonly #idle: WorkThread[] = [];
  readonly #waiting: { readonly take: (thread: WorkThread) => void; readonly fail: (error: Error) => void }[] = [];

  /** On a worker file; null stands for the worker of this build. */
  constructor(size = platform.processors(), file: string | null = null) {
    this.#size = size;
    this.#file = file;
  }

  /** How often the threads have been ended. */
  get disposals(): number {
    return this.#disposals;
  }

  /** Number of threads that have not ended. */
  get threads(): number {
    this.#threads = this.#threads.filter((thread) => !thread.hasEnded);
    return this.#threads.length;
  }

  /** Starts threads until there are so many, or as many as there may be. Resolves when the first of them is ready; rejects where it does not start. */
  async open(threads: number): Promise<void> {
    for (let count = this.threads; count < Math.min(threads, this.#size); count++) this.#give(this.#start());
    await this.#threads[0].ready;
  }

  /** Does the parts of a fit's work, so many at a time at most: `taskOf` makes the task of an input. */
  executor<Input, Output, Progress>(
    lanes: number,
    taskOf: (input: Input) => WorkTask,
  ): Executor<Input, Output, Progress> {
    const shared = sharing();
    return {
      lanes: Math.min(lanes, this.#size),
      problem: null,
      run: async (input, { onProgress, signal }) => {
        const thread = await this.#take();
        try {
          const listener = { onProgress: (progress: unknown) => onProgress(asSent<Progress>(progress)), signal };
          return asSent<Output>(await thread.run(shared(taskOf(input)), listener));
        } finally {
          this.#give(thread);
        }
      },
    };
  }

  /** Ends all threads; what is running, waiting or only starting fails. */
  dispose(): void {
    this.#disposals++;
    for (const thread of this.#threads) thread.end();
    this.#threads = [];
    this.#idle.length = 0;
    for (const { fail } of this.#waiting.splice(0)) fail(new SamplingError(ENDED));
  }

  #start(): WorkThread {
    const thread = new WorkThread(this.#file);
    this.#threads = [...this.#threads, thread];
    return thread;
  }

  async #take(): Promise<WorkThread> {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop())
      if (!thread.hasEnded) return thread;
    if (this.threads < this.#size) return this.#start();
    return new Promise((take, fail) => this.#waiting.push({ take, fail }));
  }

  /** Gives a thread, or another where it has ended, to the part that has waited the longest. */
  #give(thread: WorkThread): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next.take(thread.hasEnded ? this.#start() : thread);
    else if (!thread.hasEnded) this.#idle.push(thread);
  }
}

/** Moves the arrays of tasks to shared memory, once for all that have the same. */
function sharing(): (task: WorkTask) => WorkTask {
  const known = new Map<unknown, unknown>();
  const once = (value: unknown): unknown => {
    const copy = known.get(value) ?? share(value);
    if (typeof value === "object") known.set(value, copy);
    return copy;
  };
  return (task) => ({ ...task, model: eachOf(task.model, once), input: eachOf(task.input, once) });
}

/** A plain object with each of its values in the place of the value itself; anything else as it is. */
function eachOf<T>(value: T, change: (part: unknown) => unknown): T;
function eachOf(value: unknown, change: (part: unknown) => unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, change(part)]));
}

/** What a thread sends comes of the same work, and has the types of what that makes. */
function asSent<T>(value: unknown): T;
function asSent(value: unknown): unknown {
  return value;
}
