import type { Table } from "../../data/Table.js";
import { EngineDefect } from "../../engine/EngineError.js";
import type { ChainProgress } from "../../engine/hmc/chain.js";
import type { MlProgress } from "../../engine/ml/progress.js";
import type { Given } from "../../engine/OptionSchema.js";
import type { DefinedEngine } from "../../fit/EngineDefinition.js";
import { engines } from "../../fit/engines.js";
import type { AnyEngine } from "../../fit/FitEngine.js";
import { fitBy } from "../../fit/fit.js";
import type { Fit } from "../../fit/fitted.js";
import { asForeseen } from "../../fit/foreseen.js";
import type { MlFit } from "../../fit/MlFit.js";
import type { ModelOptions } from "../../fit/modelOptions.js";
import type { nutsSchema } from "../../fit/nutsSchema.js";
import type { PreparedModel } from "../../fit/prepare.js";
import type { ModelAst } from "../../language/ast.js";
import { ModelError } from "../../language/ModelError.js";
import type { StageProgress } from "../../math/steps.js";
import type { RefusedEngine } from "../../summary/Agreement.js";
import type { Measured } from "./agreement.js";
import type { MlMeasured } from "./measureMl.js";

/** What engines are given of the options of a comparison. */
export interface EngineOptions {
  /** Engines besides the built-in ones. */
  readonly defined: readonly DefinedEngine[];
  readonly shared: ModelOptions & { readonly level: number };
  readonly sampling: SamplingOptions;
}

/** Options of nuts that a comparison of engines takes. */
export interface SamplingOptions
  extends Given<Pick<typeof nutsSchema, "seed" | "chains" | "draws" | "workers" | "workerUrl" | "signal">> {
  /** Told of the engine that runs, by the name that it is asked for. */
  readonly onProgress?: ((progress: EngineProgress, engine: string) => void) | undefined;
}

/** What engines tell of how far they have come: chains, stages of an approximation, searches for a maximum. */
export type EngineProgress = ChainProgress | StageProgress | MlProgress;

type Run = (model: ModelAst, data: Table, options: EngineOptions) => Promise<Measured | MlMeasured>;

/** The built-in engines and their variants, and the engines given, by the names that they are asked for. */
function runsOfAll(defined: readonly AnyEngine[]): ReadonlyMap<string, Run> {
  return new Map([...engines, ...defined].flatMap(runsOf));
}

function runsOf(engine: AnyEngine): [string, Run][] {
  const run =
    (name: string, variant: object): Run =>
    async (model, data, options) =>
      measured(name, await fitBy(engine, model, data, { ...optionsOf(engine, name, options), ...variant }), options);
  const variants = Object.entries(engine.variants ?? {}).map(([name, variant]): [string, Run] => {
    const full = `${engine.name}:${name}`;
    return [full, run(full, variant)];
  });
  return [[engine.name, run(engine.name, {})], ...variants];
}

/** What an engine takes of the options of a comparison, whose chains and draws are those of an engine with chains; one of the user's takes those that it declares. */
function optionsOf(engine: AnyEngine, name: string, { shared, sampling }: EngineOptions): object {
  const { options } = engine;
  const onProgress = (progress: EngineProgress) => sampling.onProgress?.(progress, name);
  const given = { ...shared, ...sampling, onProgress };
  if ("definition" in engine) return Object.fromEntries(Object.entries(given).filter(([key]) => key in options));
  const { seed, signal } = sampling;
  return "chains" in options ? given : { ...shared, seed, signal, onProgress };
}

function isMlFit(fit: unknown): fit is MlFit {
  return typeof fit === "object" && fit !== null && "ml" in fit;
}

function isFit(fit: unknown): fit is Fit {
  return typeof fit === "object" && fit !== null && "posterior" in fit;
}

async function measured(name: string, fit: unknown, { sampling }: EngineOptions): Promise<Measured | MlMeasured> {
  if (isMlFit(fit)) return (await import("./measureMl.js")).measureMl(name, fit);
  if (isFit(fit)) return (await import("./measurePosterior.js")).measurePosterior(fit, sampling.signal);
  throw new TypeError(`${name} returned no fit`);
}

/** The built-in engines and their variants. */
export const comparedEngines: readonly string[] = [...runsOfAll([]).keys()];
/** Those with a posterior, and maximum likelihood by the method that suits the model. */
export const defaultComparedEngines: readonly string[] = comparedEngines.filter((name) => !name.includes(":"));
/** Methods whose maxima outside estimates may turn out to be. */
export const otherOptima: readonly string[] = ["ml:laplace", "ml:pql", "ml:pql-free", "ml:reml"];

/** What an engine makes of a model, or why it has no result: whatever it throws, the others go on. */
export async function runEngine(
  engine: string,
  { ast, design }: PreparedModel,
  data: Table,
  options: EngineOptions,
): Promise<Measured | MlMeasured | RefusedEngine> {
  try {
    const run = runsOfAll(options.defined).get(engine);
    if (run === undefined) throw new RangeError(`there is no engine "${engine}"`);
    return await run(ast, data, options);
  } catch (thrown) {
    const error = asForeseen(engine, design, thrown);
    return { engine, reason: reasonOf(error), isDefect: error instanceof EngineDefect };
  }
}

function reasonOf(error: Error): string {
  const problem = error instanceof ModelError ? error.problems.find(({ severity }) => severity === "error") : undefined;
  return problem === undefined ? error.message : `${problem.message}; ${problem.hint ?? ""}`;
}
