import { mlSchema } from "../engine/ml/options.js";
import type { MlProgress } from "../engine/ml/progress.js";
import { option } from "../engine/OptionSchema.js";
import { listener, optional } from "../engine/optionTypes.js";
import { modelSchema } from "./modelOptions.js";
import { signalOption } from "./signalOption.js";

/** Options of the engine ml. */
export const mlFitSchema = {
  ...modelSchema,
  ...mlSchema,
  onProgress: option(optional(listener<(progress: MlProgress) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence: "called with every evaluation of the likelihood, in the middle of the search",
    example: undefined,
  }),
  signal: signalOption("an `AbortSignal` that ends the search, which then throws the signal's reason"),
};
