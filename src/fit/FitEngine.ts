import type { Engine, EngineContext } from "../engine/Engine.js";
import type { Given, OptionSchema } from "../engine/OptionSchema.js";
import type { Problem } from "../language/ModelError.js";
import type { PreparedModel } from "./PreparedModel.js";

/** An engine as `fit` runs it, on a model met with its data. */
export interface FitEngine<Name extends string, Schema extends OptionSchema, Result>
  extends Engine<Name, Schema, PreparedModel, Result> {
  /** What a problem of the model or its data means to the engine: the problem, with a severity and a hint that suit it; null where it means nothing. */
  judge(problem: Problem, options: Given<Schema>): Problem | null;
  run(model: PreparedModel, options: Given<Schema>, context: EngineContext<PreparedModel>): Promise<Result>;
}

/** An engine whose own options and result are not known. */
export type AnyEngine = FitEngine<string, OptionSchema, unknown>;

/** An engine with priors refuses a model that has no posterior. */
export function judgeForPosterior(problem: Problem): Problem {
  return problem.code === "improper-posterior" ? { ...problem, severity: "error" } : problem;
}
