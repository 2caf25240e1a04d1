import { withDefaults } from "../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../engine/OptionSchema.js";
import { choice } from "../engine/optionTypes.js";
import { ropeOption } from "./contrastsOptions.js";
import { gridSchema, refuseWithoutVariables } from "./options.js";

const { by, at, weights, average, effects, level, signal, onProgress } = gridSchema;

export const slopesSchema = {
  of: {
    ...gridSchema.of,
    defaultInWords: "none: at least one must be given",
    sentence:
      "variables whose slopes are taken, with commas between them; of a factor, differences from the first level",
    example: ["age"],
  },
  by,
  at,
  scale: option(choice("link", "mean"), {
    default: "link",
    sentence: "slopes of the linear predictor, or of the mean of the response",
    example: "mean",
  }),
  rope: ropeOption,
  weights,
  average,
  effects,
  level,
  signal,
  onProgress,
};

/** Which slopes are taken, and how; `of` must be given. */
export interface SlopesOptions extends Given<typeof slopesSchema> {}

/** Options of slopes with the defaults filled in. */
export type CompleteSlopesOptions = OptionsOf<typeof slopesSchema>;

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong but what only a fit tells. */
export function completeSlopesOptions(options: SlopesOptions): CompleteSlopesOptions {
  refuseWithoutVariables(slopesSchema, options, "of must name the variables whose slopes are taken");
  return withDefaults(slopesSchema, options);
}
