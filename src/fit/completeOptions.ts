import { checkArgument } from "../argument/checkArgument.js";
import { objectWith } from "../argument/kinds.js";
import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { type InlaOptions, inlaSchema } from "../engine/inla/options.js";
import { type LaplaceOptions, laplaceSchema } from "../engine/laplace/options.js";
import { type MlOptions, mlSchema } from "../engine/ml/options.js";
import { type InlaFitOptions, inlaEngine, type LaplaceFitOptions, laplaceEngine } from "./approximationEngines.js";
import { engines } from "./engines.js";
import type { AnyEngine } from "./FitEngine.js";
import { fitOptionProblems } from "./fitOptionProblems.js";
import { type MlFitOptions, mlEngine } from "./mlEngine.js";
import { nutsEngine } from "./nutsEngine.js";
import { type CompleteFitOptions, completeRun, type NutsFitOptions } from "./nutsOptions.js";

/** Throws OptionsError with everything that is wrong with the options of a fit by an engine. */
export function checkFitOptions(engine: AnyEngine, options: object): void {
  checkArgument(anEngine, engine, "checkFitOptions", "engine");
  refuseProblems(fitOptionProblems(engine, options, engines));
}

/** Checks the options of the engine nuts and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeFitOptions(options: NutsFitOptions): CompleteFitOptions {
  checkFitOptions(nutsEngine, options);
  return completeRun(options);
}

/** Checks the options of `engine: "laplace"` and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeLaplaceOptions(options: LaplaceFitOptions): LaplaceOptions {
  checkFitOptions(laplaceEngine, options);
  return withDefaults(laplaceSchema, options);
}

/** Checks the options of `engine: "inla"` and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeInlaOptions(options: InlaFitOptions): InlaOptions {
  checkFitOptions(inlaEngine, options);
  return withDefaults(inlaSchema, options);
}

/** Checks the options of `engine: "ml"` and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeMlOptions(options: MlFitOptions): MlOptions {
  checkFitOptions(mlEngine, options);
  return withDefaults(mlSchema, options);
}

const anEngine = objectWith("not-an-engine", "an engine, one of engines or what defineEngine made", {
  name: "text",
  options: "object",
});
