/** What the library needs of the platform it runs on. */
export interface Platform {
  /** Whether worker threads know the engines, so that they can fit models as a whole; else they know the chains of nuts alone. */
  readonly threadsFit: boolean;
  /** Number of threads that can run at a time, at least 1. */
  processors(): number;
  /** Resolves in a later turn of the event loop (a macrotask): timers, messages and input are heard in between. */
  nextTurn(): Promise<void>;
  /** Starts a thread on a worker file; null stands for the worker that belongs to this build. Throws where it cannot be started. */
  openThread(file: string | null, listener: ThreadListener): Thread;
  /** In a worker thread: hears what the thread that opened it sends, and returns what sends to it. */
  connect(onMessage: (message: unknown) => void): Post;
}

/** Sends a message; the buffers named are moved in place of being copied. */
export type Post = (message: unknown, transfer?: readonly ArrayBuffer[]) => void;

/** A worker thread. */
export interface Thread {
  readonly post: Post;
  /** Whether it keeps the process alive (Node); a new thread does. */
  hold(isHeld: boolean): void;
  end(): void;
}

export interface ThreadListener {
  onMessage(message: unknown): void;
  /** Called when the thread does not start, or throws. */
  onError(error: Error): void;
  /** Called when the thread has ended by itself; only Node tells. */
  onExit(code: number): void;
}

/** The platform that package.json chooses by the condition "browser": `node/platform.ts` or `browser/platform.ts`. */
export declare const platform: Platform;
