import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { type Given, type OptionSchema, type OptionsOf, option } from "../engine/OptionSchema.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { choice, names, optional, probability, value } from "../engine/optionTypes.js";
import type { ModelToFit } from "../fit/ModelToFit.js";
import { schemaProblems } from "../fit/schemaProblems.js";
import { signalOption, stageProgressOption } from "../fit/signalOption.js";
import { defaultLevelOf, isOnLinearPredictor } from "../predict/Fitted.js";
import { missingEffects } from "../predict/options.js";
import { effectsChoices } from "../summary/Prediction.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import type { GivenLevels } from "./givenLevels.js";

const isLevel = (given: unknown) => typeof given === "string" || typeof given === "number";

/** Whether a value is one that the option `at` takes. */
function isGivenLevels(given: unknown): given is GivenLevels {
  if (Array.isArray(given)) return given.every((each) => typeof each === "string");
  if (typeof given !== "object" || given === null) return false;
  return Object.values(given).every((each) => isLevel(each) || (Array.isArray(each) && each.every(isLevel)));
}

/** What every command takes that is about means. */
export const gridSchema = {
  of: option(names("names of variables"), {
    default: [],
    defaultInWords: "none: one mean over all",
    sentence: "variables at whose levels means are taken, with commas between them",
    example: ["trt"],
  }),
  by: option(names("names of variables"), {
    default: [],
    defaultInWords: "none",
    sentence:
      "variables in each of whose levels means and their contrasts are taken; over the rows of the data, each level has its own rows",
    example: ["sex"],
  }),
  at: option(
    {
      ...value<GivenLevels>('values of variables, as in { age: [40, 50] } or ["age=40,50"]', isGivenLevels),
      argument: { kind: "repeated" },
    },
    {
      default: [],
      defaultInWords: "factors over their levels, numbers with two values over these, other numbers at their means",
      sentence:
        "values of variables, as in `age=40,50`; those with several have means of their own; may be given again",
      example: ["age=40,50"],
    },
  ),
  weights: option(choice("equal", "observed"), {
    default: "equal",
    sentence: "how levels count that are averaged over: alike, or as often as the data have them",
    example: "observed",
  }),
  average: option(choice("link", "mean", "rows"), {
    default: "link",
    sentence:
      "what is averaged: `link`, linear predictors over the reference grid, and their average is transformed; `mean`, means over the grid; `rows`, means over the rows of the data",
    example: "rows",
  }),
  effects: option(optional(choice(...effectsChoices)), {
    default: undefined,
    defaultInWords: "none: it must be given where it makes a difference, for means on a curved scale",
    sentence:
      "what is made of the random effects: `conditional`, those of known levels; `marginal`, the mean over all levels that there might be; `zero`, effects of zero, a typical level",
    example: "marginal",
  }),
  level: option(optional(probability()), {
    default: undefined,
    defaultInWords: `${DEFAULT_LEVEL} of a posterior, 0.95 of maximum likelihood`,
    sentence: "probability of the intervals",
    example: 0.95,
  }),
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress: stageProgressOption,
};

const scale = option(choice("link", "mean"), {
  default: "mean",
  sentence: "the linear predictor, or the mean of the response",
  example: "link",
});

export const meansSchema = { ...gridSchema, scale };

/** Which means are taken, and how. */
export interface MeansOptions extends Given<typeof meansSchema> {}

/** Options of means with the defaults filled in. */
export type CompleteMeansOptions = OptionsOf<typeof meansSchema>;

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong but what only a fit tells. */
export function completeMeansOptions(options: MeansOptions): CompleteMeansOptions {
  refuseProblems(schemaProblems(meansSchema, options));
  return withDefaults(meansSchema, options);
}

/** Refuses options that do not go with a schema, and those that name no variables in `of`, for which there is no default; `message` says what it must name. */
export function refuseWithoutVariables(
  schema: OptionSchema,
  options: { readonly of?: readonly string[] | undefined },
  message: string,
): void {
  const problems = schemaProblems(schema, options);
  if (problems.length === 0 && (options.of ?? []).length === 0)
    problems.push({ option: "of", code: "not-allowed", message });
  refuseProblems(problems);
}

/** What is made of the random effects, and on which level, once the fit is known. */
export interface SettledEffects {
  readonly effects: "conditional" | "marginal" | "zero";
  /** Whether zero and marginal effects are the same. */
  readonly isFree: boolean;
  readonly level: number;
}

/** On the scale of the link, and where that is the identity, effects of zero are the mean over effects. Problems go to the list. */
export function settledEffects(
  fit: ModelToFit,
  { effects, scale, level }: Pick<CompleteMeansOptions, "effects" | "scale" | "level">,
  problems: OptionProblem[],
  isOfResponses = false,
): SettledEffects {
  const { predictors } = fit.design;
  const [mean] = predictors;
  const isOfAll = isOfResponses || fit.compiled.family.meanIsMu === false;
  const isFree =
    (!isOfResponses && isOnLinearPredictor(fit, scale)) ||
    (isOfAll ? predictors : [mean]).every(({ randomTerms }) => randomTerms.length === 0);
  const of = { isFree, level: level ?? defaultLevelOf(fit) };
  if (effects === "conditional" && fit.engine === "ml")
    problems.push({
      option: "effects",
      code: "conflict",
      message:
        "effects is conditional, and maximum likelihood has means over single levels of grouping factors row by row alone: take predict, which has their standard errors; or marginal or zero; or an engine with a posterior",
    });
  if (effects !== undefined) return { ...of, effects: isFree && effects !== "conditional" ? "zero" : effects };
  if (!isFree) problems.push(missingEffects);
  return { ...of, effects: "zero" };
}
