import type { EngineContext } from "../engine/Engine.js";
import type { Work } from "../engine/Executor.js";
import type { OptionSchema, OptionsOf } from "../engine/OptionSchema.js";
import type { Posterior } from "../posterior/Posterior.js";
import type { FitEngine } from "./FitEngine.js";
import type { Fit } from "./fitted.js";
import type { PreparedModel } from "./PreparedModel.js";

/** An engine of one's own, which has a posterior. */
export interface EngineDefinition<Name extends string, Schema extends OptionSchema> {
  /** As reports call it. */
  readonly name: Name;
  /** What it does, in a sentence without a full stop. */
  readonly sentence: string;
  /** Its own options; those of every engine (`missing`, `level`, `families`, `priors`, `plugins`, `seed`, `signal`, `onProgress`) come besides. */
  readonly options: Schema;
  /** Its work that falls into parts, which `context.openExecutor` runs: in worker threads too where the engine is of a plugin. */
  readonly works?: readonly Work<PreparedModel, never, unknown, never>[];
  /** Why the engine cannot fit a model, with the way out; null where it can. Absent: it takes every model. */
  refuses?(model: PreparedModel, options: OptionsOf<Schema>): string | null;
  /**
   * The posterior of the parameters and random effects that the model names, in its order (`model.compiled.quantities`). `model.compiled` has the log
   * density with its gradient (`logDensity`) and the model as Gaussian effects under a likelihood (`latentGaussian`). Options have their defaults.
   */
  run(
    model: PreparedModel,
    options: OptionsOf<Schema>,
    context: EngineContext<PreparedModel>,
  ): Posterior | Promise<Posterior>;
}

/** A posterior by an engine of one's own. */
export interface DefinedFit<Name extends string> extends Fit {
  readonly engine: Name;
}

/** What `defineEngine` returns: the engine, and what it was made of, by which any copy of the library knows it. */
export interface DefinedEngine<
  Name extends string = string,
  Schema extends OptionSchema = OptionSchema,
  Own extends OptionSchema = OptionSchema,
> extends FitEngine<Name, Schema, DefinedFit<Name>> {
  readonly definition: EngineDefinition<Name, Own>;
}
