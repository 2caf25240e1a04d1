import { withDefaults } from "../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../engine/OptionSchema.js";
import { choice, type OptionType, optional, text, trueOrFalse } from "../engine/optionTypes.js";
import { contrastSchemes } from "./contrastSchemes.js";
import { gridSchema, refuseWithoutVariables } from "./options.js";

/** A text, or several. */
const contrastTexts: OptionType<readonly string[]> = {
  allowed: `${contrastSchemes.join(", ")}, or contrasts as in "(a + b) / 2 - c"`,
  isOfType: (given): given is readonly string[] =>
    Array.isArray(given) && given.every((each) => typeof each === "string"),
  accepts: (given): given is readonly string[] =>
    Array.isArray(given) && given.length > 0 && given.every((each) => typeof each === "string" && each.trim() !== ""),
  argument: { kind: "repeated" },
};

/** Two numbers in order; on the command line with a comma between. */
export const ropeOption = option(
  optional<readonly [number, number]>({
    allowed: "two numbers in order, as in [-0.1, 0.1]",
    isOfType: Array.isArray,
    accepts: (given): given is readonly [number, number] =>
      Array.isArray(given) && given.length === 2 && given.every(Number.isFinite) && given[0] < given[1],
    argument: { kind: "interval" },
  }),
  {
    default: undefined,
    defaultInWords: "none",
    sentence: "region of practical equivalence, whose posterior probability is told",
    example: [-0.1, 0.1],
  },
);

const { weights, average, effects, level, signal, onProgress } = gridSchema;

export const contrastsSchema = {
  of: {
    ...gridSchema.of,
    defaultInWords: "none: at least one must be given",
    sentence: "variables whose levels are compared, with commas between them",
  },
  by: gridSchema.by,
  at: gridSchema.at,
  contrast: option(contrastTexts, {
    default: ["pairwise"],
    sentence:
      "`pairwise`, each with each; `reference`, each with the first or `reference`; `mean`, each with the mean of all; `consecutive`, each with the one before; `polynomial`; or a weighted sum of means by their levels; may be given again",
    example: ["(low + mid) / 2 - high"],
  }),
  reference: option(optional(text("the level of a mean")), {
    default: undefined,
    defaultInWords: "the first",
    sentence: "the level that others are compared with",
    example: "control",
  }),
  interaction: option(trueOrFalse(), {
    default: false,
    sentence: "contrasts of contrasts: the scheme in each of the variables, multiplied",
    example: true,
  }),
  scale: option(choice("link", "mean"), {
    default: "link",
    sentence: "compares linear predictors, or means of the response",
    example: "mean",
  }),
  as: option(choice("difference", "ratio", "odds-ratio"), {
    default: "difference",
    sentence:
      "as differences; as ratios, on the scale of the link exp of the difference; or as odds ratios, also of means that are probabilities",
    example: "ratio",
  }),
  adjust: option(choice("none", "tukey", "bonferroni", "holm"), {
    default: "none",
    sentence:
      "allows for there being several: `tukey` by the largest statistic, simulated from their joint distribution",
    example: "tukey",
  }),
  rope: ropeOption,
  weights,
  average,
  effects,
  level,
  signal,
  onProgress,
};

/** Which contrasts are taken, and how; `of` must be given. */
export interface ContrastsOptions extends Given<typeof contrastsSchema> {}

/** Options of contrasts with the defaults filled in. */
export type CompleteContrastsOptions = OptionsOf<typeof contrastsSchema>;

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong but what only a fit tells. */
export function completeContrastsOptions(options: ContrastsOptions): CompleteContrastsOptions {
  refuseWithoutVariables(contrastsSchema, options, "of must name the variables whose levels are compared");
  return withDefaults(contrastsSchema, options);
}
