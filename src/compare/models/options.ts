import { acceptedOptions, refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { type MlOptions, mlOptionProblems, mlSchema } from "../../engine/ml/options.js";
import type { MlProgress } from "../../engine/ml/progress.js";
import { type Given, type OptionSchema, option } from "../../engine/OptionSchema.js";
import type { OptionProblem } from "../../engine/OptionsError.js";
import { choice, listener, optional, someOf, trueOrFalse, whole } from "../../engine/optionTypes.js";
import { fitSchemas } from "../../fit/engines.js";
import { modelSchema } from "../../fit/modelOptions.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { signalOption } from "../../fit/signalOption.js";
import { workersOption } from "../../fit/workersOption.js";
import type { StageProgress } from "../../math/steps.js";
import type { Label } from "./Comparison.js";

/** Options of every comparison of two models. */
export const pairSchema = {
  ...modelSchema,
  commonRows: option(trueOrFalse(), {
    default: false,
    sentence:
      "compares on the rows that both models use, where one of them misses values that the other does not read; else such models are an error",
    example: true,
  }),
  onProgress: option(optional(listener<(progress: MlProgress | StageProgress, model: Label) => void>()), {
    default: undefined,
    defaultInWords: "none",
    sentence:
      "called now and then with the progress of the fit that runs, as `fit` gives it, and the model's label, A or B",
    example: undefined,
  }),
  signal: signalOption("an `AbortSignal` that ends the comparison, which then throws the signal's reason"),
};

/** The engines that two models may be compared by, in words. */
export const pairEngines =
  '"ml", which compares the likelihoods of two models, or "inla", "laplace" or both, which compare their marginal likelihoods';

/** Options of a comparison of two models by their likelihoods. */
export const compareSchema = {
  ...pairSchema,
  engines: option(someOf(["ml"], pairEngines), {
    default: ["ml"],
    sentence: "only `ml`: see `compareEvidence` for inla and laplace",
    example: ["ml"],
  }),
  level: mlSchema.level,
  method: mlSchema.method,
  points: mlSchema.points,
  reml: mlSchema.reml,
  reference: option(choice("chi-square", "bootstrap", "exact"), {
    default: "chi-square",
    sentence:
      "what the likelihood-ratio statistic is referred to: its distribution in large samples, that of responses simulated from the smaller model and fitted by both (bootstrap), or the exact one of the test of one variance in linear mixed models (exact)",
    example: "bootstrap",
  }),
  replicates: option(optional(whole(1, 1_000_000)), {
    default: undefined,
    defaultInWords: "1000 of the bootstrap, 10000 of the exact distribution",
    sentence: "statistics that are simulated",
    example: 400,
  }),
  seed: option(optional(mlSchema.seed.type), {
    default: undefined,
    defaultInWords: "1",
    sentence: "seed of the simulated statistics",
    example: 7,
  }),
  workers: workersOption("worker threads of the bootstrap, 0 for none; results do not depend on them"),
};

/** How to compare; the method is the same for both models. */
export interface CompareOptions extends Given<typeof compareSchema> {}

/** Methods whose fits cannot be compared by their likelihoods, and why. */
const incomparable: Readonly<Record<string, string>> = {
  pql: "which has no likelihood to compare by",
  conditional: "whose likelihood is that given the totals of the strata, without the random effects",
};

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeCompareOptions(options: CompareOptions): MlOptions {
  const problems = schemaProblems(compareSchema, options, ofNoComparison);
  const { level, method, points, reml } = options;
  const complete = withDefaults(mlSchema, { level, method, points, reml });
  refuseProblems([
    ...problems,
    ...unusedProblems(acceptedOptions(compareSchema, options)),
    ...incomparableProblems(acceptedOptions(mlSchema, options).method),
    ...mlOptionProblems(complete).filter(({ code }) => code === "conflict"),
  ]);
  return complete;
}

/** Options of a simulated reference, beside one that is not simulated or takes no threads. */
function unusedProblems({ reference = "chi-square", ...given }: CompareOptions): OptionProblem[] {
  if (reference === "bootstrap") return [];
  const names = reference === "exact" ? (["workers"] as const) : (["replicates", "seed", "workers"] as const);
  return names.flatMap((name) => {
    const value = given[name];
    if (value === undefined) return [];
    const takers = name === "workers" ? '"bootstrap" takes' : '"bootstrap" and "exact" take';
    const message = `${name} is ${value}, but reference is "${reference}"; only ${takers} it`;
    return [{ option: name, code: "conflict", message }];
  });
}

function incomparableProblems(method: MlOptions["method"] = "auto"): OptionProblem[] {
  const why = incomparable[method];
  if (why === undefined) return [];
  const message = `method is "${method}", ${why}; allowed: "auto", "lmm", "aghq", "laplace" or "em"`;
  return [{ option: "method", code: "not-allowed", message }];
}

/** Why a comparison refuses an option that only a fit has; null for a name that no fit has either. */
export function ofNoComparison(name: string): string | null {
  const isOfFit = Object.values<OptionSchema>(fitSchemas).some((schema) => Object.hasOwn(schema, name));
  return isOfFit ? `${name} is no option of this comparison; leave it out` : null;
}
