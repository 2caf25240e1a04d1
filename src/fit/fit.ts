import type { TableInput } from "../data/toTable.js";
import { EngineError } from "../engine/EngineError.js";
import type { Given, OptionSchema } from "../engine/OptionSchema.js";
import type { ModelAst } from "../language/ast.js";
import { runSteps, throwIfAborted } from "../math/steps.js";
import { definitionOf } from "./definedEngines.js";
import type { DefinedFit } from "./EngineDefinition.js";
import { type ContextOptions, engineContext } from "./engineContext.js";
import type { BuiltInEngine, EngineName } from "./engines.js";
import type { AnyEngine, FitEngine } from "./FitEngine.js";
import { fitOptionProblems } from "./fitOptionProblems.js";
import type { InlaFit, LaplaceFit, NutsFit } from "./fitted.js";
import { asForeseen, foreseen } from "./foreseen.js";
import { loadEngine } from "./loadEngine.js";
import { withPlugins } from "./loadPlugin.js";
import type { MlFit } from "./MlFit.js";
import { isListOfPlugins, isPlugin, type PluginInput } from "./Plugin.js";
import { prepareSteps } from "./prepare.js";
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

/** The options that every engine has, for a call whose engine is a type parameter. */
export type CommonFitOptions = Pick<FitOptions, Exclude<keyof FitOptions, "engine" | "onProgress">>;

/** By an engine made by `defineEngine`. */
export async function fit<Schema extends OptionSchema, Result>(
  model: ModelAst | string,
  data: TableInput,
  options: { readonly engine: FitEngine<string, Schema, Result> } & Given<NoInfer<Schema>>,
): Promise<Result>;
/**
 * Fits a model to data: text or AST, and anything with named columns.
 * Throws ModelError or DataError for what is wrong with the input, OptionsError for options, PluginError for plugins, ChainError where sampling fails,
 * EngineError where an engine does not serve the model or the likelihood cannot be maximised, ApproximationFailure where there is nothing to
 * approximate from, EngineDefect (an EngineError) for what an engine does not foresee.
 * What a listener of the caller throws ends the fit, and is what it rejects with.
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
/** By any engine, as in a generic function, with the options that all have. */
export async function fit<E extends EngineName>(
  model: ModelAst | string,
  data: TableInput,
  options: { readonly engine: E } & CommonFitOptions,
): Promise<FitOf<E>>;
/** By the engine of a plugin, named. */
export async function fit<Name extends string>(
  model: ModelAst | string,
  data: TableInput,
  options: {
    readonly engine: Name extends EngineName ? never : Name;
    readonly plugins: readonly PluginInput[];
  } & Readonly<Record<string, unknown>>,
): Promise<DefinedFit<Name>>;
export async function fit(model: ModelAst | string, data: TableInput, options: object = {}): Promise<unknown> {
  const loaded = await withPlugins(options);
  return fitBy(await engineOf(loaded), model, data, loaded);
}

/** Fits by an engine, which its options need not name. */
export async function fitBy<Schema extends OptionSchema, Result>(
  engine: FitEngine<string, Schema, Result>,
  model: ModelAst | string,
  data: TableInput,
  given: Given<Schema>,
): Promise<Result> {
  const checked = await withPlugins(given);
  await refuseWrongOptions(engine, checked);
  const { options, thrown } = withWatchedListeners(checked);
  const [start, { signal }] = [performance.now(), contextOptions(options)];
  throwIfAborted(signal);
  const preparing = prepareSteps(model, data, { ...options }, (problem) => engine.judge(problem, options));
  const prepared = await runSteps(preparing, inThisThread({ signal }));
  const refusal = foreseen(engine.name, prepared, () => engine.refuses(prepared, options));
  if (refusal !== null) throw new EngineError(refusal);
  try {
    return await engine.run(prepared, options, engineContext(prepared, contextOptions(options), start));
  } catch (error) {
    for (const ofListener of thrown) throw ofListener;
    if (signal?.aborted && error === signal.reason) throw error;
    throw asForeseen(engine.name, prepared.design, error);
  }
}

/** What is wrong is said where the other engines are known, whose options a message may name. */
async function refuseWrongOptions(engine: AnyEngine, options: object): Promise<void> {
  if (fitOptionProblems(engine, options, []).length === 0) return;
  (await import("./completeOptions.js")).checkFitOptions(engine, options);
}

type Listener = (progress: never) => unknown;

/** The options with listeners that keep what they throw in `thrown`: it ends a fit, and is no error of an engine. */
function withWatchedListeners<Options extends object>(options: Options) {
  const thrown: unknown[] = [];
  const watched = (listener: Listener) => (progress: unknown) => {
    try {
      return Reflect.apply(listener, undefined, [progress]);
    } catch (error) {
      thrown.push(error);
      throw error;
    }
  };
  const isListener = (entry: [string, unknown]): entry is [string, Listener] =>
    /^on[A-Z]/.test(entry[0]) && typeof entry[1] === "function";
  const listeners = Object.entries(options).filter(isListener);
  const kept = Object.fromEntries(listeners.map(([name, listener]) => [name, watched(listener)]));
  return { options: { ...options, ...kept }, thrown };
}

/** The engine that options ask for: by its name, also of one in a plugin, or the record itself; where they ask for none that there is, the check of the options says so. */
async function engineOf(options: object): Promise<AnyEngine> {
  const { engine: given, plugins }: { readonly engine?: unknown; readonly plugins?: unknown } = Object(options);
  const definition = definitionOf(given);
  if (definition !== null) return (await import("./defineEngine.js")).defineEngine(definition);
  const ofPlugins = isListOfPlugins(plugins) ? plugins.filter(isPlugin).flatMap((plugin) => plugin.engines) : [];
  return ofPlugins.find(({ name }) => name === given) ?? loadEngine(given);
}

/** The options of any engine, which have been checked, as the context reads them. */
function contextOptions(options: object): ContextOptions {
  return options;
}
