import { type Given, option } from "../engine/OptionSchema.js";
import { choice, probability, seed } from "../engine/optionTypes.js";
import type { Signal } from "../engine/Signal.js";
import type { StageProgress } from "../math/steps.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";

/** What predictions make of the random effects; there is no default, for each answers another question. */
export const effectsChoices = ["conditional", "marginal", "zero"] as const;

export const predictSchema = {
  scale: option(choice("link", "mean", "response"), {
    default: "mean",
    sentence: "the linear predictor, the mean of the response, or new responses",
    example: "response",
  }),
  level: option(probability(), {
    default: DEFAULT_LEVEL,
    defaultInWords: "0.9 of a posterior, 0.95 of maximum likelihood",
    sentence: "probability of the intervals",
    example: 0.95,
  }),
  seed: option(seed(), {
    default: 1,
    sentence: "seed of new levels and new responses, a number or a text",
    example: 7,
  }),
};

/** How to predict. */
export interface PredictOptions extends Given<typeof predictSchema> {
  /**
   * What is made of the random effects: "conditional", known levels with their effects, new ones drawn from their distribution; "marginal", the mean over all levels that
   * there might be; "zero", effects of zero, which is a typical level and on a curved scale not the mean.
   */
  readonly effects: (typeof effectsChoices)[number];
  /** Ends the work. */
  readonly signal?: Signal | undefined;
  /** Called with how many rows are done, at most every 100 ms. */
  readonly onProgress?: ((progress: StageProgress) => void) | undefined;
}
