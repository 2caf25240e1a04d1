import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../engine/OptionSchema.js";
import { choice, trueOrFalse } from "../engine/optionTypes.js";
import { schemaProblems } from "../fit/schemaProblems.js";
import { ropeOption } from "./contrastsOptions.js";
import { gridSchema } from "./options.js";

const { level, signal, onProgress } = gridSchema;

export const testSchema = {
  joint: option(trueOrFalse(), {
    default: false,
    sentence: "tests besides that all of the hypotheses hold",
    example: true,
  }),
  by: option(choice("wald", "likelihood-ratio"), {
    default: "wald",
    sentence:
      "how maximum likelihood tests: by the covariance of its estimates, or by a refit under the restriction, which must be an equation of sums of coefficients",
    example: "likelihood-ratio",
  }),
  rope: ropeOption,
  level,
  signal,
  onProgress,
};

/** How hypotheses are tested. */
export interface TestOptions extends Given<typeof testSchema> {}

/** Options of tests with the defaults filled in. */
export type CompleteTestOptions = OptionsOf<typeof testSchema>;

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong but what only a fit tells. */
export function completeTestOptions(options: TestOptions): CompleteTestOptions {
  refuseProblems(schemaProblems(testSchema, options));
  return withDefaults(testSchema, options);
}
