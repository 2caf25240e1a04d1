import { optionProblems, shown } from "../engine/checkOptions.js";
import type { OptionSchema } from "../engine/OptionSchema.js";
import { type OptionProblem, OptionsError } from "../engine/OptionsError.js";
import { families as builtInFamilies } from "../family/families.js";
import { didYouMean } from "../language/suggest.js";
import { priors as builtInPriors } from "../prior/priors.js";
import type { ModelOptions } from "./modelOptions.js";

/**
 * What is wrong with the options of a call. `elsewhere` says of a name that the schema does not have where it belongs; null where it is unknown.
 * Throws OptionsError for what is no object.
 */
export function schemaProblems(
  schema: OptionSchema,
  options: object,
  elsewhere: (name: string) => string | null,
): OptionProblem[] {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new OptionsError([
      { option: "options", code: "wrong-type", message: `options is ${shown(options)}; allowed: an object of options` },
    ]);
  const wrong = optionProblems(schema, options);
  const isList = (name: string) => !wrong.some(({ option }) => option === name);
  const { families, priors }: ModelOptions = options;
  const known = Object.keys(schema);
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  return [
    ...wrong,
    ...(isList("families") ? takenNames("families", families ?? [], builtInFamilies) : []),
    ...(isList("priors") ? takenNames("priors", priors ?? [], builtInPriors) : []),
    ...unknown.map((name): OptionProblem => {
      const place = elsewhere(name);
      if (place !== null) return { option: name, code: "other-engine", message: place };
      const message = `unknown option "${name}"; ${didYouMean(name, known, "options")}`;
      return { option: name, code: "unknown-option", message };
    }),
  ];
}

function takenNames(option: string, given: readonly Named[], builtIn: readonly Named[]): OptionProblem[] {
  const names = [...builtIn, ...given].map(({ name }) => name);
  const taken = new Set(names.filter((name, k) => names.indexOf(name) < k));
  return [...taken].map((name) => ({
    option,
    code: "name-taken",
    message: `${option} has "${name}", a name that is taken; allowed: names of their own`,
  }));
}

interface Named {
  readonly name: string;
}
