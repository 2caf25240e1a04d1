import type { RandomStream } from "../math/random/RandomStream.js";
import type { StageProgress } from "../math/steps.js";
import type { Executor, Work } from "./Executor.js";
import type { Given, OptionSchema } from "./OptionSchema.js";
import type { OptionProblem } from "./OptionsError.js";
import type { Signal } from "./Signal.js";

/** What an engine is: a record in the list of engines, built in or made by `defineEngine`. */
export interface Engine<Name extends string, Schema extends OptionSchema, Model, Result> {
  /** As the option `engine` names it. */
  readonly name: Name;
  /** What it does, in a sentence without a full stop. */
  readonly sentence: string;
  readonly options: Schema;
  /** What is wrong with options that are allowed each by itself. */
  conflicts?(options: Given<Schema>): readonly OptionProblem[];
  /** Options of further ways to run the engine, by their names in a comparison: `ml:reml`. */
  readonly variants?: Readonly<Record<string, Given<Schema>>>;
  /** Why the engine cannot fit a model, with the way out; null where it can. */
  refuses(model: Model, options: Given<Schema>): string | null;
  /** Fits a model that it does not refuse; the options have been checked. */
  run(model: Model, options: Given<Schema>, context: EngineContext<Model>): Promise<Result>;
}

/** What an engine needs of the process that it runs in. */
export interface EngineContext<Model = unknown> {
  /** The random stream number k, from 1, of the option `seed`; the same numbers on every platform. */
  stream(k: number): RandomStream;
  /** Milliseconds since any fixed time. */
  now(): number;
  /** Resolves when timers, input and other work that was waiting have had their turn; to be awaited every 50 ms of work, or more often. */
  giveWay(): Promise<void>;
  /** Once it is aborted, the engine ends with what it has, or throws its reason. */
  readonly signal: Signal | undefined;
  /** Tells how far the engine has come. */
  onProgress(progress: StageProgress): void;
  /** `now()` when the fit began. */
  readonly start: number;
  /**
   * Opens what runs parts of the engine's work: so many at a time in worker threads, as far as there are processors, or in this thread where `threads` is
   * 0, where no thread can be started, and where threads do not know the work, whose engine then is of no plugin. The outputs are the same.
   */
  openExecutor<Input, Output, Progress>(
    work: Work<Model, Input, Output, Progress>,
    threads: number,
  ): Promise<Executor<Input, Output, Progress>>;
}
