import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../../engine/OptionSchema.js";
import { choice, optional, seed, text, whole } from "../../engine/optionTypes.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { signalOption, stageProgressOption } from "../../fit/signalOption.js";
import { replicatedEffects } from "../replication/replicates.js";

/** How to compute residuals, and test them. */
export const residualsSchema = {
  effects: option(choice(...replicatedEffects), {
    default: "marginal",
    sentence:
      "the random effects of the predictive distributions: those of new groups (marginal), or those of the fit's own groups (conditional)",
    example: "conditional",
  }),
  group: option(optional(text("the name of a grouping factor or column of the model")), {
    default: undefined,
    defaultInWords: "all rows together alone",
    sentence: "tests the rows of each group of this grouping factor or column too",
    example: "subject",
  }),
  simulations: option(optional(whole(20, 1_000_000)), {
    default: undefined,
    defaultInWords: "1000, of more than 33,000 rows fewer, 100 at the least",
    sentence: "data sets simulated, with which tests compare the data",
    example: 250,
  }),
  seed: option(seed(), { default: 1, sentence: "seed of simulated data and of randomised residuals", example: 42 }),
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress: stageProgressOption,
};

/** How to compute residuals, and test them. */
export interface ResidualsOptions extends Given<typeof residualsSchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeResidualsOptions(options: ResidualsOptions): OptionsOf<typeof residualsSchema> {
  refuseProblems(schemaProblems(residualsSchema, options));
  return withDefaults(residualsSchema, options);
}
