import { EngineError } from "../engine/EngineError.js";
import { defaultNutsOptions } from "../engine/hmc/options.js";
import type { Signal } from "../engine/Signal.js";
import { throwIfAborted } from "../math/steps.js";
import { checkPosterior } from "../posterior/aPosterior.js";
import type { Posterior } from "../posterior/Posterior.js";
import { engineContext } from "./engineContext.js";
import { engines } from "./engines.js";
import type { AnyEngine } from "./FitEngine.js";
import { type Fit, fitted } from "./fitted.js";
import type { PreparedModel } from "./PreparedModel.js";

/** How a model is fitted anew. */
export interface RefitOptions {
  readonly signal?: Signal | undefined;
  /** Worker threads of chains: those of threads compile the model from its text, so that this must say all. Default: as the engine has it. */
  readonly workers?: number | undefined;
}

/** A built-in engine, with the options that a fit used of it. */
export interface EngineAsUsed {
  readonly engine: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * A changed model fitted by the engine of a fit with the options that it used. Throws EngineError for the engine of a plugin, the signal's reason, and what fits
 * throw.
 */
export async function refitted(
  fit: Fit,
  changed: Pick<PreparedModel, "ast" | "design" | "compiled">,
  options: RefitOptions,
): Promise<Fit> {
  const { ast, design, compiled } = changed;
  const model: PreparedModel = { ...fit, ast, design, compiled, problems: [], notes: [] };
  const posterior = await posteriorAnew(model, engineAsUsed(fit), options);
  const { level } = fit.summary();
  return fitted(model, posterior, { compile: 0, sampling: 0 }, { level });
}

/** The engine of a fit with the options that give the fit again. Throws EngineError for the engine of a plugin. */
export function engineAsUsed({ engine, posterior: { record } }: Pick<Fit, "engine" | "posterior">): EngineAsUsed {
  const { options } = engineOf(engine);
  // Null stands in the record for an option that was left out.
  const isGiven = ([name, value]: [string, unknown]) => value !== null && Object.hasOwn(options, name);
  const used = Object.fromEntries(Object.entries(record.options).filter(isGiven));
  return { engine, options: engine === "nuts" ? asAsked(used) : used };
}

/** Options of nuts from those that a run ended up with: its coordinates are chosen again, and it is extended again unless its length was stated. */
function asAsked({ draws, parametrization, metric, ...others }: Readonly<Record<string, unknown>>) {
  const isChosen = parametrization === "transported" || parametrization === "integrated";
  const isDefault = draws === defaultNutsOptions.draws && others.targetEss === undefined;
  return {
    ...others,
    ...(isDefault ? {} : { draws }),
    ...(isChosen ? {} : { parametrization, metric }),
  };
}

/** The posterior of a model by a built-in engine. Throws the signal's reason, and what fits throw. */
export async function posteriorAnew(
  model: PreparedModel,
  { engine: name, options }: EngineAsUsed,
  { signal, workers }: RefitOptions,
): Promise<Posterior> {
  const engine = engineOf(name);
  const threads = Object.hasOwn(engine.options, "workers") && workers !== undefined ? { workers } : {};
  const asked = { ...options, ...threads, signal };
  const result = await engine.run(model, asked, engineContext(model, asked, performance.now()));
  throwIfAborted(signal);
  return posteriorIn(result);
}

function engineOf(name: string): AnyEngine {
  const engine = engines.find((one) => one.name === name);
  if (engine !== undefined) return engine;
  throw new EngineError(
    `${name} is the engine of a plugin, which is not run again here; fit with nuts, laplace or inla`,
  );
}

function posteriorIn(result: unknown): Posterior {
  if (typeof result === "object" && result !== null && "posterior" in result) {
    const { posterior } = result;
    checkPosterior(posterior, "the engine");
    return posterior;
  }
  throw new RangeError("an engine with draws returns a posterior");
}
