import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../engine/OptionSchema.js";
import type { OptionProblem } from "../engine/OptionsError.js";
import { choice, optional, probability, seed, textOrTexts } from "../engine/optionTypes.js";
import { schemaProblems } from "../fit/schemaProblems.js";
import { signalOption, stageProgressOption } from "../fit/signalOption.js";
import { type EffectsChoice, effectsChoices, predictionScales } from "../summary/Prediction.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import { parseQuantities } from "./quantities/parseQuantities.js";

/** How to predict. */
export const predictSchema = {
  effects: option(optional(choice(...effectsChoices)), {
    default: undefined,
    defaultInWords: "none: it must be given",
    sentence:
      "what is made of the random effects: `conditional`, known levels with their own effects, new ones drawn; `marginal`, the mean over all levels that there might be; `zero`, effects of zero, which is a typical level and on a curved scale not the mean",
    example: "marginal",
  }),
  scale: option(choice(...predictionScales), {
    default: "mean",
    sentence: "the linear predictor, the mean of the response, or new responses",
    example: "response",
  }),
  quantity: option(optional(textOrTexts("quantities of a new response, or a list of them")), {
    default: undefined,
    defaultInWords: "none: what `scale` says",
    sentence:
      "numbers of the distribution of a new response: `mean`, `variance`, `sd`, `probability(y > 3)`, `quantile(0.9)`, with bars or commas between several",
    example: "variance | probability(y > 3)",
  }),
  level: option(optional(probability()), {
    default: undefined,
    defaultInWords: `${DEFAULT_LEVEL} of a posterior, 0.95 of maximum likelihood`,
    sentence: "probability of the intervals",
    example: 0.95,
  }),
  seed: option(seed(), {
    default: 1,
    sentence: "seed of new levels and new responses, a number or a text",
    example: 7,
  }),
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress: stageProgressOption,
};

/** How to predict; `effects` must be given. */
export interface PredictOptions extends Omit<Given<typeof predictSchema>, "effects"> {
  /**
   * What is made of the random effects: "conditional", known levels with their effects, new ones drawn from their distribution; "marginal", the mean over all levels that
   * there might be; "zero", effects of zero, which is a typical level and on a curved scale not the mean.
   */
  readonly effects: EffectsChoice;
}

/** Checks options and fills in the defaults; `engine` is that of the fit, null before there is one. Throws OptionsError with everything that is wrong, ModelError for quantities that cannot be read. */
export function completePredictOptions(
  options: Given<typeof predictSchema>,
  engine: string | null,
): OptionsOf<typeof predictSchema> & Pick<PredictOptions, "effects"> {
  const problems = schemaProblems(predictSchema, options);
  if (options.effects === undefined) problems.push(missingEffects);
  if (engine === "ml" && options.scale === "response") problems.push(noResponses);
  if (options.quantity !== undefined && options.scale !== undefined) problems.push(scaleBesideQuantity);
  refuseProblems(problems);
  parseQuantities(quantitiesOf(options), null);
  const { effects = "zero", ...others } = withDefaults(predictSchema, options);
  return { ...others, effects };
}

/** The texts of the option `quantity`; none where it is left out. */
export function quantitiesOf({ quantity = [] }: Pick<PredictOptions, "quantity">): readonly string[] {
  return typeof quantity === "string" ? [quantity] : quantity;
}

/** A scale is that of a mean. */
export const scaleBesideQuantity: OptionProblem = {
  option: "scale",
  code: "conflict",
  message: "scale does not go with quantity, which is of new responses; leave one of them out",
};

/** The three choices, each an answer to another question. */
export const missingEffects: OptionProblem = {
  option: "effects",
  code: "not-allowed",
  message:
    "effects says what is made of the random effects, and has no default: conditional (the levels of the rows with their own effects, new levels drawn),\n" +
    "  marginal (the mean over all levels that there might be), or zero (effects of zero: a typical level, on a curved scale not the mean)",
};

const noResponses: OptionProblem = {
  option: "scale",
  code: "conflict",
  message: "scale is response, of which maximum likelihood has no draws; take the mean, or an engine with a posterior",
};
