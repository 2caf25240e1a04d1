import type { TableInput } from "../data/toTable.js";
import type { EngineContext } from "../engine/Engine.js";
import { EngineError } from "../engine/EngineError.js";
import type { Given, OptionSchema } from "../engine/OptionSchema.js";
import type { ModelAst } from "../language/ast.js";
import { createStream } from "../math/random/createStream.js";
import { throwIfAborted } from "../math/steps.js";
import { checkFitOptions } from "./completeOptions.js";
import { isDefinedEngine } from "./definedEngines.js";
import { type BuiltInEngine, type EngineName, engines } from "./engines.js";
import type { AnyEngine, FitEngine } from "./FitEngine.js";
import type { InlaFit, LaplaceFit, NutsFit } from "./fitted.js";
import { asForeseen, foreseen } from "./foreseen.js";
import type { MlFit } from "./MlFit.js";
import { isSignal } from "./nutsSchema.js";
import { prepare } from "./prepare.js";
import { inThisThread } from "./thisThread.js";

/** What each engine returns. */
export interface FitsByEngine {
  readonly nuts: NutsFit;
  readonly laplace: LaplaceFit;
  readonly inla: InlaFit;
  readonly ml: MlFit;
}

/** What `fit` returns by the engine E; a union where E is one. */
export type FitOf<E extends EngineName> = FitsByEngine[E];

/** The options of `fit` by the engine E; a union where E is one. */
export type FitOptionsOf<E extends EngineName> = E extends EngineName
  ? (E extends "nuts" ? { readonly engine?: E | undefined } : { readonly engine: E }) &
      Given<Extract<BuiltInEngine, { readonly name: E }>["options"]>
  : never;

/** The options of `fit` by any engine. */
export type FitOptions = FitOptionsOf<EngineName>;

/** By an engine made by `defineEngine`. */
export async function fit<Schema extends OptionSchema, Result>(
  model: ModelAst | string,
  data: TableInput,
  options: { readonly engine: FitEngine<string, Schema, Result> } & Given<NoInfer<Schema>>,
): Promise<Result>;
/**
 * FitsByEngine a model to data: text or AST, and anything with named columns.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, ChainError where sampling fails,
 * EngineError where an engine does not serve the model or the likelihood cannot be maximised, ApproximationFailure where there is nothing to
 * approximate from, EngineDefect (an EngineError) for what an engine does not foresee.
 */
export async function fit<E extends EngineName = "nuts">(
  model: ModelAst | string,
  data: TableInput,
  options?: { readonly engine?: E | undefined; readonly escalate?: false | undefined } & FitOptionsOf<NoInfer<E>>,
): Promise<FitOf<E>>;
/** With `escalate` the fit may be one of nuts. */
export async function fit<E extends EngineName>(
  model: ModelAst | string,
  data: TableInput,
  options: { readonly engine?: E | undefined } & FitOptionsOf<NoInfer<E>>,
): Promise<FitOf<E | "nuts">>;
export async function fit(model: ModelAst | string, data: TableInput, options: object = {}): Promise<unknown> {
  return fitBy(engineOf(options), model, data, options);
}

/** FitsByEngine by an engine, which its options need not name. */
export async function fitBy<Schema extends OptionSchema, Result>(
  engine: FitEngine<string, Schema, Result>,
  model: ModelAst | string,
  data: TableInput,
  options: Given<Schema>,
): Promise<Result> {
  checkFitOptions(engine, options);
  const context = contextOf(options);
  throwIfAborted(context.signal);
  const prepared = prepare(model, data, { ...options }, (problem) => engine.judge(problem, options));
  const refusal = foreseen(engine.name, prepared, () => engine.refuses(prepared, options));
  if (refusal !== null) throw new EngineError(refusal);
  try {
    return await engine.run(prepared, options, context);
  } catch (error) {
    if (context.signal?.aborted && error === context.signal.reason) throw error;
    throw asForeseen(engine.name, prepared.design, error);
  }
}

/** The engine that options ask for: by its name, or the record itself; where they ask for none that there is, the check of the options says so. */
function engineOf(options: object): AnyEngine {
  const [byDefault] = engines;
  const given: unknown = typeof options === "object" && options !== null ? Reflect.get(options, "engine") : undefined;
  if (isDefinedEngine(given)) return given;
  return engines.find(({ name }) => name === given) ?? byDefault;
}

/** What an engine gets of the platform and of options that have been checked. */
function contextOf(options: object): EngineContext {
  const [seed, signal, listener] = ["seed", "signal", "onProgress"].map((name): unknown => Reflect.get(options, name));
  const known = typeof seed === "string" || typeof seed === "number" ? seed : 1;
  const { now, giveWay } = inThisThread({});
  return {
    now,
    giveWay,
    signal: isSignal(signal) ? signal : undefined,
    stream: (k) => createStream(known, k),
    onProgress(progress) {
      if (typeof listener === "function") Reflect.apply(listener, undefined, [progress]);
    },
    start: now(),
  };
}
