import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../../engine/OptionSchema.js";
import { optional, seed, text, trueOrFalse, whole } from "../../engine/optionTypes.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { signalOption, stageProgressOption } from "../../fit/signalOption.js";

/** How to leave rows or groups out. */
export const looSchema = {
  group: option(optional(text("the name of a grouping factor")), {
    default: undefined,
    defaultInWords: "rows are left out one by one",
    sentence: "leaves out the groups of this grouping factor one by one, their random effects integrated out",
    example: "subject",
  }),
  asDrawn: option(trueOrFalse(), {
    default: false,
    sentence:
      "takes random effects as they were drawn for all rows; else rows whose Pareto k is too large are computed anew with the effects of their group integrated out",
    example: true,
  }),
  folds: option(optional(whole(2, 10_000)), {
    default: undefined,
    defaultInWords: "each row or group by itself, by weights",
    sentence:
      "deals the rows, or the groups of `group`, at random into so many folds and fits the model anew without each",
    example: 10,
  }),
  refit: option(trueOrFalse(), {
    default: false,
    sentence:
      "fits the model anew without each row or group whose Pareto k is too large in the end, or may be: less than its standard error below the limit",
    example: true,
  }),
  seed: option(seed(), {
    default: 1,
    sentence: "seed by which rows or groups are dealt into folds; on the command line that of a fit too",
    example: 42,
  }),
  workers: option(optional(whole(0, 1000)), {
    default: undefined,
    defaultInWords: "as many as there are processors",
    sentence: "worker threads that fit anew, 0 for none; results do not depend on them",
    example: 2,
  }),
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress: stageProgressOption,
};

/** How to leave rows or groups out. */
export interface LooOptions extends Given<typeof looSchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeLooOptions(options: LooOptions): OptionsOf<typeof looSchema> {
  refuseProblems(schemaProblems(looSchema, options));
  return withDefaults(looSchema, options);
}
