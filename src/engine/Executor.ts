import type { RandomStream } from "../math/random/RandomStream.js";
import type { StageProgress } from "../math/steps.js";
import type { Signal } from "./Signal.js";

/**
 * Work of an engine that falls into parts which do not depend on one another, as chains do not. Inputs, outputs and progress are plain data, for a
 * part may run in a thread of its own, which makes the model anew from its text and data.
 */
export interface Work<Model, Input, Output, Progress = StageProgress> {
  readonly name: string;
  /** Does one part. It may depend on nothing but the model, the input and the streams. */
  run(model: Model, input: Input, context: WorkContext<Progress>): Output | Promise<Output>;
  /** Buffers of an output that a thread may move in place of copying. */
  moved?(output: Output): readonly ArrayBuffer[];
}

/** What a part of the work needs of the thread that it runs in. */
export interface WorkContext<Progress> {
  /** The random stream number k, from 1, of the option `seed`: the same numbers in every thread. */
  stream(k: number): RandomStream;
  /** Milliseconds since any fixed time. */
  now(): number;
  /** Resolves when messages, timers and other work that was waiting have had their turn; to be awaited every 20 ms of work or so. */
  giveWay(): Promise<void>;
  /** Once it is aborted, the part ends with what it has, or throws. */
  readonly signal: Signal;
  onProgress(progress: Progress): void;
}

/** Runs parts of an engine's work, in this thread or in worker threads that all fits of the process share. The outputs are the same. */
export interface Executor<Input, Output, Progress = StageProgress> {
  /** Number of parts that it runs at a time; others wait. */
  readonly lanes: number;
  /** What kept threads from being started, of which the result is to tell; null where nothing did, or none were asked for. */
  readonly problem: ExecutorProblem | null;
  /** Runs one part to its end. Rejects for an error of the part, of its thread, or of the listener. */
  run(input: Input, listener: WorkListener<Progress>): Promise<Output>;
}

/** Why work was done in this thread where threads were asked for. */
export interface ExecutorProblem {
  readonly code: string;
  readonly severity: "warning";
  readonly message: string;
  readonly hint: string;
}

/** Hears of a piece of work in a thread. */
export interface WorkListener<Progress> {
  /** Called now and then while the part runs. */
  onProgress(progress: Progress): void;
  /** Aborting it tells the part to end. */
  readonly signal: Signal;
}
