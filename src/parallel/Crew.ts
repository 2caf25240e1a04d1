import { platform } from "#platform";
import type { Design } from "../design/Design.js";
import type { ChainTask, Coordinates } from "./ChainTask.js";
import { ChainThread } from "./ChainThread.js";
import type { Executor } from "./Executor.js";
import { share } from "./share.js";

/**
 * Worker threads that any number of fits share: as many as there are processors at most, started when they are needed and warm between two
 * fits. A chain waits until one is free, in the order in which chains came. Idle threads do not keep the process alive.
 */
export class Crew {
  readonly #size: number;
  readonly #file: string | null;
  #threads: readonly ChainThread[] = [];
  readonly #idle: ChainThread[] = [];
  readonly #waiting: ((thread: ChainThread) => void)[] = [];

  /** On a worker file; null stands for the worker of this build. */
  constructor(size = platform.processors(), file: string | null = null) {
    this.#size = size;
    this.#file = file;
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

  /** Runs chains of one fit, so many at a time at most. */
  executor(lanes: number): Executor {
    const shared = sharing();
    return {
      lanes: Math.min(lanes, this.#size),
      run: async (task, listener) => {
        const thread = await this.#take();
        try {
          return await thread.run(shared(task), listener);
        } finally {
          this.#give(thread);
        }
      },
    };
  }

  /** Ends all threads; chains that are running fail. */
  dispose(): void {
    for (const thread of this.#threads) thread.end();
    this.#threads = [];
    this.#idle.length = 0;
  }

  #start(): ChainThread {
    const thread = new ChainThread(this.#file);
    this.#threads = [...this.#threads, thread];
    return thread;
  }

  async #take(): Promise<ChainThread> {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop())
      if (!thread.hasEnded) return thread;
    if (this.threads < this.#size) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives a thread, or another where it has ended, to the chain that has waited the longest. */
  #give(thread: ChainThread): void {
    const next = this.#waiting.shift();
    if (next !== undefined) next(thread.hasEnded ? this.#start() : thread);
    else if (!thread.hasEnded) this.#idle.push(thread);
  }
}

/** Moves the arrays of tasks to shared memory, once for all chains that have the same. */
function sharing(): (task: ChainTask) => ChainTask {
  const designs = new Map<Design, Design>();
  const coordinates = new Map<Coordinates, Coordinates>();
  return (task) => ({
    ...task,
    design: sharedOnce(designs, task.design),
    coordinates: sharedOnce(coordinates, task.coordinates),
  });
}

function sharedOnce<T>(known: Map<T, T>, value: T): T {
  const copy = known.get(value) ?? share(value);
  known.set(value, copy);
  return copy;
}
