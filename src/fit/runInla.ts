import type { LatentGaussian } from "../density/LatentGaussian.js";
import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import type { EngineContext } from "../engine/Engine.js";
import { inla } from "../engine/inla/inla.js";
import type { LinearCombination } from "../engine/inla/LinearCombination.js";
import { inlaSchema } from "../engine/inla/options.js";
import type { Given } from "../engine/OptionSchema.js";
import { approximated, escalated, mustEscalate } from "./approximated.js";
import type { inlaFitSchema } from "./approximationSchemas.js";
import { fitted, type InlaFit, type NutsFit } from "./fitted.js";
import { combinedDraws, parseCombination } from "./linearCombination.js";
import type { ModelOptions } from "./modelOptions.js";
import type { PreparedModel } from "./prepare.js";

/** Approximates the posterior as a fit of the engine inla; of nuts where the options say so and the guard does not trust it. */
export async function runInla(
  model: PreparedModel,
  options: Given<typeof inlaFitSchema>,
  context: EngineContext<PreparedModel>,
): Promise<InlaFit | NutsFit> {
  const complete = withDefaults(inlaSchema, options);
  const { lincomb = [] } = options;
  const found = await approximated(model, options, context, (view) =>
    inla(view, complete, combinationsOf(lincomb, view)),
  );
  const { fit, approximation } = found;
  const { criteria = null, linearCombinations = [] } = fit.posterior;
  if (!mustEscalate(options, approximation))
    return { ...fit, engine: "inla", approximation, criteria, linearCombinations };
  const sampled = await escalated("inla", approximation.guard.verdict, model, options, context);
  return options.lincomb === undefined ? sampled : withCombinations(sampled, lincomb, options);
}

/** Throws OptionsError with everything that is wrong. */
function combinationsOf(texts: readonly string[], { quantities, parameterKinds }: LatentGaussian): LinearCombination[] {
  const parsed = texts.map((text) => parseCombination(text, quantities, parameterKinds));
  const problems = parsed.filter((one) => typeof one === "string");
  refuseProblems(problems.map((message) => ({ option: "lincomb", code: "not-allowed", message })));
  return parsed.filter((one) => typeof one !== "string");
}

/** A fit by draws with those of combinations, which can be read: the approximation before it had them. */
function withCombinations(sampled: NutsFit, texts: readonly string[], options: ModelOptions): NutsFit {
  const latent = sampled.compiled.latentGaussian();
  if ("refusal" in latent) return sampled;
  const linearCombinations = combinationsOf(texts, latent.view).map((one) => combinedDraws(one, sampled.posterior));
  const posterior = { ...sampled.posterior, linearCombinations };
  return { ...fitted(sampled, posterior, sampled.seconds, options), engine: "nuts" };
}
