import { checkArgument } from "../argument/checkArgument.js";
import type { Warning } from "../diagnostics/warnings.js";
import { aFit } from "../fit/aFit.js";
import type { Fit } from "../fit/fitted.js";
import type { MlFit } from "../fit/MlFit.js";
import { inThisThread } from "../fit/thisThread.js";
import { largestReliableK } from "../math/psis.js";
import { runSteps, type Steps } from "../math/steps.js";
import type { ScaledComponent, Sensitivity } from "../summary/Sensitivity.js";
import { componentsAtDraws, statementsAtDraws } from "./components.js";
import { derivatives } from "./derivatives.js";
import { completeSensitivityOptions, type SensitivityOptions } from "./options.js";
import { posteriorDrawsOf, refuseMl } from "./posteriorDraws.js";
import { powerScaling } from "./powerScaling.js";
import { drawnQuantities } from "./quantities.js";

/**
 * How far each prior statement, all priors and the likelihood decide the posterior of every parameter, and of further quantities: power-scaling by
 * importance weights over a fit's draws (Kallioinen, Paananen, Buerkner & Vehtari 2024), and the derivative of every posterior mean in every number of
 * the priors. The distribution of random effects given their sds is part of the model, no prior. Nothing is fitted anew. Throws SensitivityError for maximum
 * likelihood and for unknown names, OptionsError for options, CheckError or ResultError where draws were not kept.
 */
export async function sensitivity(fit: Fit | MlFit, options: SensitivityOptions = {}): Promise<Sensitivity> {
  checkArgument(aFit, fit, "sensitivity", "fit");
  const complete = completeSensitivityOptions(options);
  refuseMl(fit);
  return runSteps(sensitivitySteps(fit, complete), inThisThread(complete));
}

function* sensitivitySteps(
  fit: Fit,
  { quantities: asked, threshold, powerStep }: ReturnType<typeof completeSensitivityOptions>,
): Steps<Sensitivity> {
  const draws = posteriorDrawsOf(fit);
  const { joint, shares, read } = draws;
  const quantities = yield* drawnQuantities(fit, asked, draws);
  const statements = statementsAtDraws(fit.compiled.priorsAtDraws(), read);
  const components = yield* componentsAtDraws(statements, fit.compiled.rowsAtDraws(), joint);
  yield;
  const powers = [1 - powerStep, 1 + powerStep] as const;
  const scaling = powerScaling(components, quantities, shares, { powers, threshold });
  yield;
  const hyperparameters = yield* derivatives(statements, quantities, joint, shares);
  const limit = largestReliableK(joint.count);
  return {
    kind: "sensitivity",
    engine: fit.engine,
    draws: joint.count,
    powers,
    threshold,
    largestReliableK: limit,
    ...scaling,
    hyperparameters,
    warnings: scaling.components.flatMap((component) => unreliable(component, limit)),
  };
}

function unreliable({ name, paretoK }: ScaledComponent, limit: number): Warning[] {
  if (paretoK <= limit) return [];
  return [
    {
      code: "high-pareto-k",
      message: `the weights of ${name} have a Pareto k of ${paretoK.toFixed(2)}, above ${limit.toFixed(2)}: its distances cannot be relied on`,
      advice: "take more draws, or powers nearer 1",
    },
  ];
}
