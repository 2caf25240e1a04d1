import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { type Given, type OptionSchema, type OptionsOf, option } from "../engine/OptionSchema.js";
import { choice, listener, optional, seed, trueOrFalse, value, whole } from "../engine/optionTypes.js";
import { modelSchema } from "../fit/modelOptions.js";
import { schemaProblems } from "../fit/schemaProblems.js";
import { signalOption } from "../fit/signalOption.js";
import type { StageProgress } from "../math/steps.js";
import { simulatedEffects } from "../summary/Simulation.js";
import { isStated } from "./statedValues.js";

/** Stated values of parameters; on the command line the flag may be given again. */
export const statedType = {
  ...value('a text as "beta[x] = 0.5, sd[g] = 1", a list of such texts, or an object of numbers by names', isStated),
  argument: { kind: "repeated" } as const,
};

const commonSchema = {
  draws: option(whole(1, 1_000_000), {
    default: 100,
    sentence: "data sets to simulate",
    example: 1000,
  }),
  at: option(optional(statedType), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "values of parameters, by the names that results have; `beta`, `sd`, `sd[g]`, `cor` and `cor[g]` stand for all that begin so, but the intercept",
    example: "beta[x]=0.5, sd[g]=1",
    flag: "--at <values>",
  }),
  seed: option(seed(), { default: 1, sentence: "seed of the simulation, a number or a text", example: 7 }),
  signal: signalOption("an `AbortSignal` that ends the simulation, which then throws the signal's reason"),
  onProgress: option(optional(listener<(progress: StageProgress) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence: "called with how many data sets are done, at most every 100 ms",
    example: undefined,
    flag: null,
  }),
};

export const simulateSchema = {
  effects: option(choice(...simulatedEffects), {
    default: "conditional",
    sentence:
      "random effects of known levels as the fit has them and of new levels drawn (conditional), of all levels drawn anew, the same in all rows of a level (marginal), or zero",
    example: "marginal",
  }),
  ...commonSchema,
};

/** How to simulate from a fit. */
export interface SimulateOptions extends Given<typeof simulateSchema> {}

export const simulateModelSchema = {
  prior: option(trueOrFalse(), {
    default: false,
    sentence: "draws the parameters that `at` does not state from their priors",
    example: true,
  }),
  ...commonSchema,
  missing: modelSchema.missing,
  families: modelSchema.families,
  priors: modelSchema.priors,
  plugins: modelSchema.plugins,
};

/** How to simulate from a model. */
export interface SimulateModelOptions extends Given<typeof simulateModelSchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function checkedOptions<Schema extends OptionSchema>(schema: Schema, options: Given<Schema>): OptionsOf<Schema> {
  refuseProblems(schemaProblems(schema, options, () => null));
  return withDefaults(schema, options);
}
