import type { Signal } from "../../engine/Signal.js";
import { engineContext } from "../../fit/engineContext.js";
import { engines } from "../../fit/engines.js";
import type { AnyEngine } from "../../fit/FitEngine.js";
import type { Fit } from "../../fit/fitted.js";
import { throwIfAborted } from "../../math/steps.js";
import { checkPosterior } from "../../posterior/checkPosterior.js";
import type { Posterior } from "../../posterior/Posterior.js";
import { CheckError } from "../CheckError.js";
import { type JointDraws, jointDrawsOf } from "../JointDraws.js";

/**
 * Joint draws of a fit's model given only some of its rows (of the design), by the same engine with the same options and under the same priors. Levels that
 * are left without rows keep their place, with effects from their distribution.
 */
export async function refitDraws(fit: Fit, rows: Int32Array, signal: Signal | undefined): Promise<JointDraws> {
  const engine: AnyEngine | undefined = engines.find(({ name }) => name === fit.engine);
  if (engine === undefined)
    throw new CheckError(
      `${fit.engine} is the engine of a plugin, which is not run again here; fit with nuts, laplace or inla`,
    );
  // In this thread: others would compile the model with default priors of the rows that are left.
  const options = { ...optionsAsUsed(fit.posterior, engine), ...(engine.name === "nuts" && { workers: 0 }), signal };
  const model = { ...fit, ...fit.compiled.withRows(rows) };
  const refitted = await engine.run(model, options, engineContext(model, options, performance.now()));
  throwIfAborted(signal);
  return jointDrawsOf(posteriorIn(refitted));
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
