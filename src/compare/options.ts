import type { MlOptions } from "../engine/ml/options.js";
import { OptionsError } from "../engine/OptionsError.js";
import { completeMlOptions } from "../fit/byMl.js";
import type { ModelOptions } from "../fit/prepare.js";

/** How to compare; see `MlOptions` for the method, which is the same for both models. */
export interface CompareOptions extends ModelOptions, Partial<Pick<MlOptions, "method" | "points" | "reml">> {
  /** Default and the only one: ["ml"]; by inla and laplace see `compareEvidence`. */
  readonly engines?: readonly string[];
  /** Compare on the rows that both models use, where one of them misses values that the other does not read. Default false: an error. */
  readonly commonRows?: boolean;
}

/** Methods whose fits cannot be compared by their likelihoods, and why. */
const incomparable: Readonly<Record<string, string>> = {
  pql: "which has no likelihood to compare by",
  conditional: "whose likelihood is that given the totals of the strata, without the random effects",
};

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeCompareOptions({ engines = ["ml"], commonRows, ...options }: CompareOptions): MlOptions {
  const problems = [...pairEngineProblems(engines, ["ml"]), ...commonRowsProblems(commonRows ?? false)];
  const why = incomparable[options.method ?? "auto"];
  if (why !== undefined)
    problems.push(`method is "${options.method}", ${why}; allowed: "auto", "lmm", "aghq", "laplace" or "em"`);
  if (problems.length > 0) throw new OptionsError(problems);
  return completeMlOptions({ ...options, engine: "ml" });
}

export function commonRowsProblems(commonRows: unknown): string[] {
  return typeof commonRows === "boolean" ? [] : [`commonRows is ${JSON.stringify(commonRows)}; allowed: true or false`];
}

/** What is wrong with the engines that two models are to be compared by. */
export function pairEngineProblems(engines: readonly string[], allowed: readonly string[]): string[] {
  if (engines.length > 0 && engines.every((engine) => allowed.includes(engine))) return [];
  const given = engines.length === 0 ? "[]" : engines.map((engine) => JSON.stringify(engine)).join(", ");
  return [
    `engines is ${given}; allowed for two models: "ml", which compares their likelihoods, or "inla", "laplace" or both, ` +
      "which compare their marginal likelihoods",
  ];
}
