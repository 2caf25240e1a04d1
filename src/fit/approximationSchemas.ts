import type { ChainProgress } from "../engine/hmc/chain.js";
import { inlaSchema } from "../engine/inla/options.js";
import { laplaceSchema } from "../engine/laplace/options.js";
import { option } from "../engine/OptionSchema.js";
import { listener, optional, texts, trueOrFalse } from "../engine/optionTypes.js";
import type { StageProgress } from "../math/steps.js";
import { modelSchema } from "./modelOptions.js";
import { runSchema } from "./runSchema.js";
import { signalOption } from "./signalOption.js";

/** What to do where an approximation's guard says that it cannot be trusted. */
const escalationSchema = {
  escalate: option(trueOrFalse(), {
    default: false,
    sentence:
      "goes on to the engine nuts where the guard does not trust the approximation, and returns the fit of nuts, which starts from the approximation's mode",
    example: true,
  }),
  ...runSchema,
  onProgress: option(optional(listener<(progress: StageProgress | ChainProgress) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "called now and then, at most every 100 ms: with the stage of the approximation, and with a chain's progress where nuts runs in its place",
    example: undefined,
  }),
  signal: signalOption(
    "an `AbortSignal` that ends the approximation, which then throws the signal's reason; where nuts runs in its place, what was drawn is returned, marked as partial",
  ),
};

/** Options of the engine laplace. */
export const laplaceFitSchema = { ...modelSchema, ...laplaceSchema, ...escalationSchema };

/** Options of the engine inla. */
export const inlaFitSchema = {
  ...modelSchema,
  ...inlaSchema,
  lincomb: option(texts("a list of sums, as in beta[x] + 2 * beta[z]"), {
    default: [],
    sentence: "sums of coefficients and random effects whose marginals are wanted",
    example: ["beta[post] + 0.5 * b[subject, 17, Intercept]"],
  }),
  ...escalationSchema,
};
