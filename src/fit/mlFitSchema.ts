import { mlSchema } from "../engine/ml/options.js";
import type { MlProgress } from "../engine/ml/progress.js";
import { option } from "../engine/OptionSchema.js";
import { listener, optional } from "../engine/optionTypes.js";
import { modelSchema } from "./modelOptions.js";
import { signalOption } from "./signalOption.js";
import { workersOption } from "./workersOption.js";

/** Options of the engine ml. */
export const mlFitSchema = {
  ...modelSchema,
  ...mlSchema,
  workers: workersOption("worker threads of the bootstrap, 0 for none; the intervals do not depend on them"),
  onProgress: option(optional(listener<(progress: MlProgress) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "called with every evaluation of the likelihood, in the middle of the search, and with how many responses of the bootstrap are fitted",
    example: undefined,
  }),
  signal: signalOption(
    "an `AbortSignal` that ends the search, which then throws the signal's reason; what the bootstrap has done is kept, marked as partial, where it is enough",
  ),
};
