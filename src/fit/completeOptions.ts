import { acceptedOptions, refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { type InlaOptions, inlaSchema } from "../engine/inla/options.js";
import { type LaplaceOptions, laplaceSchema } from "../engine/laplace/options.js";
import { type MlOptions, mlSchema } from "../engine/ml/options.js";
import { option } from "../engine/OptionSchema.js";
import { value } from "../engine/optionTypes.js";
import { type InlaFitOptions, inlaEngine, type LaplaceFitOptions, laplaceEngine } from "./approximationEngines.js";
import { engines } from "./engines.js";
import type { AnyEngine } from "./FitEngine.js";
import { type MlFitOptions, mlEngine } from "./mlEngine.js";
import { nutsEngine } from "./nutsEngine.js";
import { type CompleteFitOptions, completeRun, type NutsFitOptions } from "./nutsOptions.js";
import { schemaProblems } from "./schemaProblems.js";

/** Throws OptionsError with everything that is wrong with the options of a fit by an engine. */
export function checkFitOptions(engine: AnyEngine, options: object): void {
  const { name, options: schema } = engine;
  const isOfAnother = (given: string) => engines.some((other) => Object.hasOwn(other.options, given));
  const elsewhere = (given: string) =>
    isOfAnother(given) ? `${given} is no option of the engine "${name}"; leave it out, or choose another engine` : null;
  const problems = schemaProblems({ ...schema, engine: engineOption(engine) }, options, elsewhere);
  refuseProblems([...problems, ...(engine.conflicts?.(acceptedOptions(schema, { ...options })) ?? [])]);
}

/** The option `engine` of a fit that runs this engine. */
function engineOption(engine: AnyEngine) {
  const names = engines.map(({ name }) => JSON.stringify(name)).join(" or ");
  const isThis = (given: unknown): given is unknown => given === engine.name || isSameEngine(given, engine);
  const type = { ...value(`${names}, or an engine made by defineEngine`, isThis), isOfType: isText };
  return option<unknown>(type, { default: engine.name, sentence: "the engine", example: engine.name });
}

/** An engine that is made anew from its definition is the same engine. */
function isSameEngine(given: unknown, engine: AnyEngine): boolean {
  if (given === engine) return true;
  const definition = "definition" in engine ? engine.definition : null;
  return typeof given === "object" && given !== null && "definition" in given && given.definition === definition;
}

const isText = (given: unknown) => typeof given === "string";

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
