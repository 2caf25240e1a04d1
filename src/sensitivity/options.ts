import { refuseProblems, withDefaults } from "../engine/checkOptions.js";
import { type Given, type OptionsOf, option } from "../engine/OptionSchema.js";
import {
  listener,
  number,
  type OptionType,
  optional,
  positive,
  probability,
  trueOrFalse,
  value,
  whole,
} from "../engine/optionTypes.js";
import { schemaProblems } from "../fit/schemaProblems.js";
import { signalOption } from "../fit/signalOption.js";
import type { StageProgress } from "../math/steps.js";
import type { Ensemble } from "../predict/Ensemble.js";
import { DEFAULT_LEVEL } from "../summary/Summary.js";
import { type AskedEstimand, isAskedEstimand } from "./AskedEstimand.js";

/**
 * A quantity to judge beside the parameters: the name of a parameter or random effect, or a weighted sum of them; all that another function tells of the fit, as
 * `{ means: { of: ["trt"], effects: "marginal" } }`; or a function of the draws.
 */
export type AskedQuantity = string | AskedEstimand | QuantityFunction;

/** A function of a fit's parameters and random effects. */
export interface QuantityFunction {
  readonly name: string;
  /** Its values at the S draws of a fit, in their order. */
  values(ensemble: Ensemble): Float64Array;
}

const asked: OptionType<readonly AskedQuantity[]> = {
  ...value<readonly AskedQuantity[]>(
    "a list of names, of { name, values } or of { means: options } and the like",
    isAsked,
  ),
  argument: { kind: "repeated" },
};

const quantities = option(asked, {
  default: [],
  sentence:
    "quantities beside the parameters: random effects, weighted sums as `beta[a] - beta[b]`, and what `means`, `contrast`, `slopes`, `solve`, `predict` or `population` tells, as in `means --of trt --effects marginal`",
  example: ["b[subject, 17, Intercept]"],
  flag: "--quantity <text>",
});

const onProgress = option(optional(listener<(progress: StageProgress) => void>()), {
  default: undefined,
  sentence: "called with the progress, at most every 100 ms",
  example: () => {},
  flag: null,
});

const workers = option(optional(whole(0, 1000)), {
  default: undefined,
  defaultInWords: "as many as there are processors",
  sentence: "worker threads of new fits, 0 for none; results do not depend on them",
  example: 2,
});

/** How to judge the influence of priors. */
export const sensitivitySchema = {
  quantities,
  threshold: option(positive(), {
    default: 0.05,
    sentence: "distance from which on a quantity is called sensitive",
    example: 0.1,
  }),
  powerStep: option(
    number("a number from 0.001 to 0.5", (given) => given >= 0.001 && given <= 0.5),
    {
      default: 0.01,
      sentence: "how far from 1 the powers are to which priors and likelihood are raised",
      example: 0.1,
    },
  ),
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress,
};

/** How to judge the influence of priors. */
export interface SensitivityOptions extends Given<typeof sensitivitySchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeSensitivityOptions(options: SensitivityOptions): OptionsOf<typeof sensitivitySchema> {
  refuseProblems(schemaProblems(sensitivitySchema, options, () => null));
  return withDefaults(sensitivitySchema, options);
}

/** How to vary priors. */
export const varySchema = {
  quantities,
  level: option(probability(), {
    default: DEFAULT_LEVEL,
    sentence: "probability of the intervals",
    example: 0.95,
  }),
  refit: option(trueOrFalse(), {
    default: false,
    sentence: "fits the model anew under all priors, also where weights over the fit's draws would do",
    example: true,
  }),
  workers,
  signal: signalOption("an `AbortSignal` that ends the computation, which then throws the signal's reason"),
  onProgress,
};

/** How to vary priors. */
export interface VaryOptions extends Given<typeof varySchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeVaryOptions(options: VaryOptions): OptionsOf<typeof varySchema> {
  refuseProblems(schemaProblems(varySchema, options, () => null));
  return withDefaults(varySchema, options);
}

/** How to look for where a conclusion changes. */
export const tippingSchema = {
  range: option(
    number("a number from 1.1 to 1000000", (given) => given >= 1.1 && given <= 1e6),
    {
      default: 100,
      sentence: "the largest factor on the scale of a prior; the smallest is one over it",
      example: 20,
    },
  ),
  workers,
  signal: signalOption("an `AbortSignal` that ends the search, which then throws the signal's reason"),
  onProgress,
};

/** How to look for where a conclusion changes. */
export interface TippingOptions extends Given<typeof tippingSchema> {}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeTippingOptions(options: TippingOptions): OptionsOf<typeof tippingSchema> {
  refuseProblems(schemaProblems(tippingSchema, options, () => null));
  return withDefaults(tippingSchema, options);
}

function isAsked(given: unknown): given is readonly AskedQuantity[] {
  return Array.isArray(given) && given.every((one) => typeof one === "string" || isAskedObject(one));
}

function isAskedObject(given: unknown): given is AskedEstimand | QuantityFunction {
  if (typeof given !== "object" || given === null) return false;
  if (isAskedEstimand(given)) return true;
  if (!("name" in given) || !("values" in given)) return false;
  return typeof given.name === "string" && typeof given.values === "function";
}
