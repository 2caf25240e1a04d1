import { optionProblems, shown } from "../engine/checkOptions.js";
import type { OptionSchema } from "../engine/OptionSchema.js";
import { type OptionProblem, OptionsError } from "../engine/OptionsError.js";
import { families as builtInFamilies } from "../family/families.js";
import { didYouMean } from "../language/suggest.js";
import { priors as builtInPriors } from "../prior/priors.js";
import type { ModelOptions } from "./modelOptions.js";
import { isPlugin } from "./Plugin.js";

/**
 * What is wrong with the options of a call. `elsewhere` says of a name that the schema does not have where it belongs; null where it is unknown.
 * Throws OptionsError for what is no object.
 */
export function schemaProblems(
  schema: OptionSchema,
  options: object,
  elsewhere: (name: string) => string | null = () => null,
): OptionProblem[] {
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new OptionsError([
      { option: "options", code: "wrong-type", message: `options is ${shown(options)}; allowed: an object of options` },
    ]);
  const wrong = optionProblems(schema, options);
  const isList = (name: string) => !wrong.some(({ option }) => option === name);
  const { families = [], priors = [], plugins = [] }: ModelOptions = options;
  const loaded = isList("plugins") ? plugins.filter(isPlugin) : [];
  const ofPlugins = (kind: "families" | "priors" | "engines") =>
    loaded.flatMap((plugin) => plugin[kind].map((record) => ({ record, owner: `the plugin "${plugin.name}"` })));
  const given = (option: "families" | "priors", records: readonly Named[]) =>
    isList(option) ? records.map((record) => ({ record, owner: option })) : [];
  const known = Object.keys(schema);
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  return [
    ...wrong,
    ...takenNames("families", [...given("families", families), ...ofPlugins("families")], builtInFamilies),
    ...takenNames("priors", [...given("priors", priors), ...ofPlugins("priors")], builtInPriors),
    ...takenNames("plugins", ofPlugins("engines"), []),
    ...unknown.map((name): OptionProblem => {
      const place = elsewhere(name);
      if (place !== null) return { option: name, code: "other-engine", message: place };
      const message = `unknown option "${name}"; ${didYouMean(name, known, "options")}`;
      return { option: name, code: "unknown-option", message };
    }),
  ];
}

/** Names that two records have; one that is given twice is one record. */
function takenNames(option: string, given: readonly Owned[], builtIn: readonly Named[]): OptionProblem[] {
  const others = new Map<string, Named>(builtIn.map((record) => [record.name, record]));
  return given.flatMap(({ record, owner }): OptionProblem[] => {
    const { name } = record;
    const other = others.get(name);
    others.set(name, record);
    if (other === undefined || other === record) return [];
    return [
      {
        option: owner === option ? option : "plugins",
        code: "name-taken",
        message: `${owner === option ? option : "plugins"} has "${name}"${owner === option ? "" : ` of ${owner}`}, a name that is taken; allowed: names of their own`,
      },
    ];
  });
}

interface Owned {
  readonly record: Named;
  /** Where it comes from. */
  readonly owner: string;
}

interface Named {
  readonly name: string;
}
