import { acceptedOptions } from "../engine/checkOptions.js";
import { option } from "../engine/OptionSchema.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { value } from "../engine/optionTypes.js";
import type { AnyEngine } from "./FitEngine.js";
import { schemaProblems } from "./schemaProblems.js";

/** What is wrong with the options of a fit by an engine; messages name the engines of a list, and options that are one of theirs. */
export function fitOptionProblems(engine: AnyEngine, options: object, engines: readonly AnyEngine[]): OptionProblem[] {
  const { name, options: schema } = engine;
  const isOfAnother = (given: string) => engines.some((other) => Object.hasOwn(other.options, given));
  const elsewhere = (given: string) =>
    isOfAnother(given) ? `${given} is no option of the engine "${name}"; leave it out, or choose another engine` : null;
  const problems = schemaProblems({ ...schema, engine: engineOption(engine, engines) }, options, elsewhere);
  return [...problems, ...(engine.conflicts?.(acceptedOptions(schema, { ...options })) ?? [])];
}

/** The option `engine` of a fit that runs this engine. */
function engineOption(engine: AnyEngine, engines: readonly AnyEngine[]) {
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
