import { withDefaults } from "../engine/checkOptions.js";
import type { EngineContext } from "../engine/Engine.js";
import { laplace } from "../engine/laplace/laplace.js";
import { laplaceSchema } from "../engine/laplace/options.js";
import type { Given } from "../engine/OptionSchema.js";
import { approximated, escalated, mustEscalate } from "./approximated.js";
import type { laplaceFitSchema } from "./approximationSchemas.js";
import type { LaplaceFit, NutsFit } from "./fitted.js";
import type { PreparedModel } from "./prepare.js";

/** Approximates the posterior as a fit of the engine laplace; of nuts where the options say so and the guard does not trust it. */
export async function runLaplace(
  model: PreparedModel,
  options: Given<typeof laplaceFitSchema>,
  context: EngineContext<PreparedModel>,
): Promise<LaplaceFit | NutsFit> {
  const complete = withDefaults(laplaceSchema, options);
  const found = await approximated(model, options, context, (view) => laplace(view, complete));
  const { fit, approximation } = found;
  return mustEscalate(options, approximation)
    ? escalated("laplace", approximation.guard.verdict, model, options, context)
    : { ...fit, engine: "laplace", approximation };
}
