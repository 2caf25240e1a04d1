import { samplerSchema } from "../engine/hmc/options.js";
import { option } from "../engine/OptionSchema.js";
import { choice, optional, positive, whole } from "../engine/optionTypes.js";
import { modelSchema } from "./modelOptions.js";
import { runSchema } from "./runSchema.js";

/** Options of the engine nuts: the sampler's own, and those of the run. */
export const nutsSchema = {
  ...modelSchema,
  chains: option(whole(1, 1000), {
    default: 4,
    sentence: "chains, each with a random stream of its own",
    example: 2,
  }),
  ...samplerSchema,
  parametrization: option(choice("transported", "noncentred", "centred"), {
    default: "transported",
    sentence:
      "what the sampler moves: coordinates in which the posterior is nearly N(0, I), standardised effects, or the effects themselves; `transported` takes a linear " +
      "mixed model `integrated`, over the sds and sigma alone, where it can, and falls back to `noncentred`, saying why, where it must",
    example: "noncentred",
  }),
  targetEss: option(optional(positive()), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "ends the run when every parameter and random effect has this bulk ESS and an R-hat below 1.01; `draws` are then the most",
    example: 1000,
  }),
  timeLimitSeconds: option(optional(positive()), {
    default: undefined,
    defaultInWords: "none",
    unit: "seconds",
    sentence: "ends the run after this time of sampling with what has been drawn, marked as partial",
    example: 60,
    flag: "--time-limit <seconds>",
  }),
  ...runSchema,
};
