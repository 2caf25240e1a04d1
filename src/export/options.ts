import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../engine/OptionSchema.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { anyOf, listener, optional, seed } from "../engine/optionTypes.js";
import { schemaProblems } from "../fit/schemaProblems.js";
import { signalOption } from "../fit/signalOption.js";
import type { StageProgress } from "../math/steps.js";
import { type ExportFormat, formatNames } from "./formats.js";

/** What an export for ArviZ may hold besides draws, sampler statistics and data. */
export const extraGroups = ["log_likelihood", "posterior_predictive", "prior"] as const;

/** How to write a fit for other programs. */
export const exportSchema = {
  include: option(optional(anyOf(extraGroups, `some of ${extraGroups.map((name) => `"${name}"`).join(", ")}`)), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "what a file for ArviZ holds besides draws, sampler statistics and data: the log densities of the responses (`log_likelihood`), new responses (`posterior_predictive`), or parameters and responses drawn from the priors (`prior`)",
    example: ["log_likelihood"],
    flag: "--include <group>",
  }),
  seed: option(seed(), {
    default: 1,
    sentence: "seed of new responses, of draws from the priors, and of draws that are picked by weights",
    example: 7,
  }),
  signal: signalOption("an `AbortSignal` that ends the export, which then throws the signal's reason"),
  onProgress: option(optional(listener<(progress: StageProgress) => void>()), {
    default: undefined,
    sentence: "called with how many pieces are written, at most every 100 ms",
    example: () => {},
    flag: null,
  }),
};

/** How to write a fit for other programs. */
export interface ExportOptions extends Given<typeof exportSchema> {}

/** The options of an export with their defaults. */
export type CompleteExportOptions = OptionsOf<typeof exportSchema>;

/** Checks format and options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeExportOptions(to: ExportFormat, options: ExportOptions): CompleteExportOptions {
  refuseProblems([...formatProblems(to), ...schemaProblems(exportSchema, options, () => null)]);
  return withDefaults(exportSchema, options);
}

function formatProblems(to: ExportFormat): OptionProblem[] {
  if (formatNames.includes(to)) return [];
  const message = `to is ${JSON.stringify(to)}; allowed: ${formatNames.map((name) => JSON.stringify(name)).join(" or ")}`;
  return [{ option: "to", code: "not-allowed", message }];
}
