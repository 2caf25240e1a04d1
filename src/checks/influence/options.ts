import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../../engine/OptionSchema.js";
import { optional, text } from "../../engine/optionTypes.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { signalOption, stageProgressOption } from "../../fit/signalOption.js";

/** Options of influence. */
export const influenceSchema = {
  group: option(optional(text("the name of a grouping factor")), {
    default: undefined,
    defaultInWords: "rows one by one",
    sentence: "leaves out the groups of this grouping factor one by one, their random effects integrated out",
    example: "subject",
  }),
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress: stageProgressOption,
};

/** Whose influence is told: that of rows, or of the levels of a grouping factor. */
export interface InfluenceOptions extends Given<typeof influenceSchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeInfluenceOptions(options: InfluenceOptions): OptionsOf<typeof influenceSchema> {
  refuseProblems(schemaProblems(influenceSchema, options));
  return withDefaults(influenceSchema, options);
}
