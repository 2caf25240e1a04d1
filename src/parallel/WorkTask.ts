import type { CompiledModel } from "../density/CompiledModel.js";
import type { Design } from "../design/Design.js";
import type { ModelAst } from "../language/ast.js";

/** What work is done on: a model met with its data. */
export interface WorkModel extends ModelFacts {
  readonly compiled: CompiledModel;
}

/** All of a model that can be sent to a thread, which compiles it. */
export interface ModelFacts {
  readonly ast: ModelAst;
  readonly design: Design;
  /** The plugins whose families and priors the model may name: each thread imports them. */
  readonly plugins: readonly { readonly url: string }[];
}

/** One part of an engine's work as plain data: it goes to a thread as it is. */
export interface WorkTask {
  readonly model: ModelFacts;
  /** The work by its name, and the URL of the plugin whose engine does it; null for a built-in one. */
  readonly work: { readonly plugin: string | null; readonly name: string };
  /** Of the random streams. */
  readonly seed: number | string;
  readonly input: unknown;
}
