import { defaultsOf } from "../checkOptions.js";
import { type OptionsOf, option } from "../OptionSchema.js";
import { seed, whole } from "../optionTypes.js";

/** Fewer weights leave no tail to judge them by. */
const LEAST_DRAWS = 100;

export const laplaceSchema = {
  draws: option(whole(LEAST_DRAWS, 1e7), {
    default: 4000,
    sentence: "draws of the posterior, weighted and resampled",
    example: 20000,
  }),
  seed: option(seed(), { default: 1, sentence: "seed of the random streams, a number or a text", example: 7 }),
};

/** Options of the engine laplace: plain JSON. */
export type LaplaceOptions = OptionsOf<typeof laplaceSchema>;

export const defaultLaplaceOptions: LaplaceOptions = defaultsOf(laplaceSchema);
