import { platform } from "#platform";
import { EngineError } from "../engine/EngineError.js";
import type { WorkListener } from "../engine/Executor.js";
import { SamplingError } from "../engine/hmc/SamplingError.js";
import type { Thread } from "../platform/Platform.js";
import { isThreadMessage, type ThreadMessage } from "./messages.js";
import type { WorkTask } from "./WorkTask.js";

/** Milliseconds after which a thread that has not said that it is ready is given up. */
const START_MILLISECONDS = 10_000;

/** What becomes of the work of a thread that is ended from outside. */
export const ENDED = "its worker thread was ended by dispose() before the chain was done";

const advice = "run fewer chains at a time, or all of them without threads (workers 0)";

/** A worker thread that does one part of some work at a time, any number of them: its compiled code is warm from the second on. */
export class WorkThread {
  /** Resolves when the thread has started; rejects where its file is not there, or is none of ours. */
  readonly ready: Promise<void>;
  readonly #thread: Thread;
  /** Rejects when the thread has ended. */
  readonly #death: Promise<never>;
  #hasEnded = false;
  #die: (error: Error) => void = () => {};
  #hear: (message: ThreadMessage) => void = () => {};

  /** Starts a thread on a worker file; null stands for the worker of this build. Throws where the platform starts none. */
  constructor(file: string | null) {
    this.#death = new Promise((_, reject) => {
      this.#die = (error) => {
        this.#hasEnded = true;
        reject(error);
      };
    });
    this.#thread = platform.openThread(file, {
      onMessage: (message) => {
        if (isThreadMessage(message)) this.#hear(message);
        else this.#end("its worker thread sent a message that is none of ours");
      },
      onError: (error) => this.#die(error),
      onExit: (code) =>
        this.#die(
          new SamplingError(`its worker thread ended with exit code ${code} before the chain was done; ${advice}`),
        ),
    });
    const started = new Promise<void>((resolve) => {
      this.#hear = ({ type }) => type === "ready" && resolve();
    });
    this.ready = this.#start(started);
    this.ready.catch(() => this.end());
    this.#death.catch(() => {}); // what it rejects with goes to the part that is running; none is between two
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Settles whatever becomes of the thread: rejects for an error inside it, for its end without a word, for a message unknown. */
  async run(task: WorkTask, { onProgress, signal }: WorkListener<unknown>): Promise<unknown> {
    await this.ready;
    const stop = () => this.#thread.post({ type: "stop" });
    this.#thread.hold(true);
    try {
      const answer = this.#answer(onProgress, stop);
      this.#thread.post({ type: "run", task });
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      return await Promise.race([this.#death, answer]);
    } finally {
      signal.removeEventListener("abort", stop);
      this.#thread.hold(false);
    }
  }

  end(): void {
    this.#end(ENDED);
  }

  /** What the listener throws stops the part, and is what the answer rejects with once the thread is free. */
  #answer(onProgress: (progress: unknown) => void, stop: () => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const failures: unknown[] = [];
      this.#hear = (message) => {
        if (message.type === "progress" && failures.length === 0)
          try {
            onProgress(message.progress);
          } catch (error) {
            failures.push(error);
            stop();
          }
        else if (message.type === "done" || message.type === "failed") {
          if (failures.length > 0) reject(failures[0]);
          else if (message.type === "done") resolve(message.output);
          else reject(errorOf(message));
        }
      };
    });
  }

  async #start(started: Promise<void>): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(async () => {
        for (let turn = 0; turn < 2; turn++) await platform.nextTurn(); // a thread that has long been blocked hears its timers first
        reject(new SamplingError("its worker thread did not start in time"));
      }, START_MILLISECONDS);
    });
    try {
      await Promise.race([started, this.#death, tooLate]);
    } finally {
      clearTimeout(timer);
      this.#thread.hold(false);
    }
  }

  #end(reason: string): void {
    this.#die(new SamplingError(reason));
    this.#thread.end();
  }
}

/** The error with its class. */
function errorOf({ error, kind }: Extract<ThreadMessage, { type: "failed" }>): Error {
  if (kind === "SamplingError") return new SamplingError(error.message);
  return kind === "EngineError" ? new EngineError(error.message) : error;
}
