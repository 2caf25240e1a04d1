import type { Table } from "../data/Table.js";
import { EngineDefect } from "../engine/EngineError.js";
import type { MlOptions } from "../engine/ml/options.js";
import { fitByInla, fitByLaplace } from "../fit/byApproximation.js";
import { fitByMl } from "../fit/byMl.js";
import { fitByNuts } from "../fit/byNuts.js";
import { asForeseen } from "../fit/foreseen.js";
import type { ModelOptions } from "../fit/modelOptions.js";
import type { FitOptions } from "../fit/nutsOptions.js";
import type { PreparedModel } from "../fit/prepare.js";
import type { ModelAst } from "../language/ast.js";
import { ModelError } from "../language/ModelError.js";
import type { RefusedEngine } from "../summary/Agreement.js";
import type { Measured } from "./agreement.js";
import { type MlMeasured, measureMl } from "./measureMl.js";
import { measurePosterior } from "./measurePosterior.js";

/** What engines are given of the options of a comparison. */
export interface EngineOptions {
  readonly shared: ModelOptions & { readonly level: number };
  readonly sampling: SamplingOptions;
}

export type SamplingOptions = Pick<
  FitOptions,
  "seed" | "chains" | "draws" | "workers" | "workerUrl" | "onProgress" | "signal"
>;

type Run = (model: ModelAst, data: Table, options: EngineOptions) => Promise<Measured | MlMeasured>;

/** Every engine that compares, by the name it is asked for: one line each. */
const engines: Readonly<Record<string, Run>> = {
  nuts: byNuts,
  laplace: byLaplace,
  inla: byInla,
  ml: byMl("ml", {}),
  "ml:lmm": byMl("ml:lmm", { method: "lmm" }),
  "ml:reml": byMl("ml:reml", { method: "lmm", reml: true }),
  "ml:aghq": byMl("ml:aghq", { method: "aghq" }),
  "ml:laplace": byMl("ml:laplace", { method: "laplace" }),
  "ml:pql": byMl("ml:pql", { method: "pql" }),
  "ml:pql-free": byMl("ml:pql-free", { method: "pql", scale: "free" }),
  "ml:em": byMl("ml:em", { method: "em" }),
  "ml:conditional": byMl("ml:conditional", { method: "conditional" }),
};

export const comparedEngines: readonly string[] = Object.keys(engines);
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
    return await engines[engine](ast, data, options);
  } catch (thrown) {
    const error = asForeseen(engine, design, thrown);
    return { engine, reason: reasonOf(error), isDefect: error instanceof EngineDefect };
  }
}

function reasonOf(error: Error): string {
  const problem = error instanceof ModelError ? error.problems.find(({ severity }) => severity === "error") : undefined;
  return problem === undefined ? error.message : `${problem.message}; ${problem.hint ?? ""}`;
}

async function byNuts(model: ModelAst, data: Table, { shared, sampling }: EngineOptions): Promise<Measured> {
  return measurePosterior(await fitByNuts(model, data, { ...shared, ...sampling }), sampling.signal);
}

async function byLaplace(model: ModelAst, data: Table, { shared, sampling }: EngineOptions) {
  const { seed = 1, signal } = sampling;
  const fit = await fitByLaplace(model, data, { ...shared, signal, seed, engine: "laplace" });
  return measurePosterior(fit, signal);
}

async function byInla(model: ModelAst, data: Table, { shared, sampling }: EngineOptions) {
  const { seed = 1, signal } = sampling;
  const fit = await fitByInla(model, data, { ...shared, signal, seed, engine: "inla" });
  return measurePosterior(fit, signal);
}

function byMl(engine: string, method: Partial<MlOptions>): Run {
  return async (model, data, { shared, sampling: { signal } }) =>
    measureMl(engine, await fitByMl(model, data, { ...shared, ...method, signal, engine: "ml" }));
}
