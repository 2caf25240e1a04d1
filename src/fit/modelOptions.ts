import { type Given, option } from "../engine/OptionSchema.js";
import { choice, probability, value } from "../engine/optionTypes.js";
import type { Family } from "../family/Family.js";
import type { PriorDistribution } from "../prior/Prior.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import { isListOfPlugins } from "./Plugin.js";

const repeated = { kind: "repeated" } as const;

/** Options that every engine takes. */
export const modelSchema = {
  missing: option(choice("drop", "error"), {
    default: "drop",
    sentence: "rows with a missing value are dropped and counted, or are an error",
    example: "error",
  }),
  level: option(probability(), {
    default: DEFAULT_LEVEL,
    defaultInWords: "0.9 of a posterior, 0.95 of maximum likelihood",
    sentence: "probability of the intervals",
    example: 0.95,
  }),
  families: option(value("a list of families made by defineFamily", isListOf<Family>("rowLikelihood")), {
    default: [],
    sentence: "families besides the built-in ones, made by `defineFamily`; chains then run in this thread",
    example: [],
  }),
  priors: option(value("a list of priors made by definePrior", isListOf<PriorDistribution>("make")), {
    default: [],
    sentence: "priors besides the built-in ones, made by `definePrior`; chains then run in this thread",
    example: [],
  }),
  plugins: option(
    { ...value("a list of URLs of modules, or of plugins made by loadPlugin", isListOfPlugins), argument: repeated },
    {
      default: [],
      sentence:
        "modules that export families, priors and engines, by their URLs or as `loadPlugin` returns them; worker threads import them too",
      example: ["file:///home/me/geometric.js"],
      flag: "--plugin <module>",
    },
  ),
};

/** Options of every engine that concern the model and its data. */
export type ModelOptions = Given<typeof modelSchema>;

/** A guard of lists whose records have a name and this function. */
function isListOf<T extends { readonly name: string }>(method: string) {
  return (given: unknown): given is readonly T[] =>
    Array.isArray(given) &&
    given.every(
      (record: unknown) =>
        typeof record === "object" &&
        record !== null &&
        "name" in record &&
        typeof record.name === "string" &&
        typeof Reflect.get(record, method) === "function",
    );
}
