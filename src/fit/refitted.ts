import { EngineError } from "../engine/EngineError.js";
import type { Signal } from "../engine/Signal.js";
import { throwIfAborted } from "../math/steps.js";
import { checkPosterior } from "../posterior/checkPosterior.js";
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

/**
 * A changed model fitted by the engine of a fit with the options that it used. Throws EngineError for the engine of a plugin, the signal's reason, and what fits
 * throw.
 */
export async function refitted(
  fit: Fit,
  changed: Pick<PreparedModel, "ast" | "design" | "compiled">,
  { signal, workers }: RefitOptions,
): Promise<Fit> {
  const engine: AnyEngine | undefined = engines.find(({ name }) => name === fit.engine);
  if (engine === undefined)
    throw new EngineError(
      `${fit.engine} is the engine of a plugin, which is not run again here; fit with nuts, laplace or inla`,
    );
  const threads = engine.name === "nuts" && workers !== undefined ? { workers } : {};
  const options = { ...optionsAsUsed(fit.posterior, engine), ...threads, signal };
  const { ast, design, compiled } = changed;
  const model: PreparedModel = { ...fit, ast, design, compiled, problems: [], notes: [] };
  const result = await engine.run(model, options, engineContext(model, options, performance.now()));
  throwIfAborted(signal);
  const { level } = fit.summary();
  return fitted(model, posteriorIn(result), { compile: 0, sampling: 0 }, { level });
}

/** Those of the engine's own that the record has; null stands there for one that was left out. */
function optionsAsUsed({ record }: Posterior, engine: AnyEngine): Readonly<Record<string, unknown>> {
  const isGiven = ([name, value]: [string, unknown]) => value !== null && Object.hasOwn(engine.options, name);
  return Object.fromEntries(Object.entries(record.options).filter(isGiven));
}

function posteriorIn(result: unknown): Posterior {
  if (typeof result === "object" && result !== null && "posterior" in result) {
    const { posterior } = result;
    checkPosterior(posterior);
    return posterior;
  }
  throw new RangeError("an engine with draws returns a posterior");
}
