import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../../engine/OptionSchema.js";
import { listener, optional, probability } from "../../engine/optionTypes.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { signalOption } from "../../fit/signalOption.js";
import type { StageProgress } from "../../math/steps.js";

/** How to average over the population. */
export const populationSchema = {
  level: option(optional(probability()), {
    default: undefined,
    defaultInWords: "0.9 of a posterior, 0.95 of maximum likelihood",
    sentence: "probability of the intervals",
    example: 0.95,
  }),
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress: option(optional(listener<(progress: StageProgress) => void>()), {
    default: undefined,
    sentence: "called with the progress, at most every 100 ms",
    example: () => {},
    flag: null,
  }),
};

/** How to average over the population. */
export interface PopulationOptions extends Given<typeof populationSchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completePopulationOptions(options: PopulationOptions): OptionsOf<typeof populationSchema> {
  refuseProblems(schemaProblems(populationSchema, options, () => null));
  return withDefaults(populationSchema, options);
}
