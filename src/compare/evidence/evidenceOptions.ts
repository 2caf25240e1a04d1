import { refuseProblems, withDefaults } from "../../engine/checkOptions.js";
import { inlaSchema } from "../../engine/inla/options.js";
import { type Given, type OptionsOf, option } from "../../engine/OptionSchema.js";
import { someOf, trueOrFalse } from "../../engine/optionTypes.js";
import type { Signal } from "../../engine/Signal.js";
import type { ModelOptions } from "../../fit/modelOptions.js";
import { schemaProblems } from "../../fit/schemaProblems.js";
import { ofNoComparison, pairEngines, pairSchema } from "../models/options.js";

/** The engines that have a marginal likelihood. */
export const evidenceEngines: readonly string[] = ["inla", "laplace"];

/** Options of a comparison of two models by their marginal likelihoods, besides those of a model. */
const ownSchema = {
  commonRows: pairSchema.commonRows,
  engines: option(someOf(evidenceEngines, pairEngines), {
    default: ["inla"],
    sentence: "any of `inla` and `laplace`",
    example: ["inla", "laplace"],
  }),
  defaultPriors: option(trueOrFalse(), {
    default: false,
    sentence:
      "takes models whose priors are, in part, defaults: the Bayes factor then depends on how the data scale them",
    example: true,
  }),
  seed: inlaSchema.seed,
};

export const evidenceSchema = { ...pairSchema, ...ownSchema };

/** How to compare two models by their marginal likelihoods. */
export interface CompareEvidenceOptions extends Given<typeof evidenceSchema> {}

/** Options of `compareEvidence` with their defaults filled in. */
export interface CompleteEvidenceOptions extends OptionsOf<typeof ownSchema> {
  readonly shared: ModelOptions;
  readonly signal: Signal | undefined;
  readonly onProgress: CompareEvidenceOptions["onProgress"];
}

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeCompareEvidenceOptions(options: CompareEvidenceOptions): CompleteEvidenceOptions {
  refuseProblems(schemaProblems(evidenceSchema, options, ofNoComparison));
  const { missing, level, families, priors, plugins, signal, onProgress } = options;
  const complete = withDefaults(ownSchema, options);
  return {
    ...complete,
    engines: [...new Set(complete.engines)],
    signal,
    onProgress,
    shared: { missing, level, families, priors, plugins },
  };
}
