import type { MlOptions } from "../engine/ml/options.js";
import { OptionsError } from "../engine/nuts/options.js";
import { completeMlOptions } from "../fit/byMl.js";
import type { ModelOptions } from "../fit/prepare.js";

/** How to compare; see `MlOptions` for the method, which is the same for both models. */
export interface CompareOptions extends ModelOptions, Partial<Pick<MlOptions, "method" | "points" | "reml">> {
  /** Default and, as yet, the only one: ["ml"]. */
  readonly engines?: readonly string[];
}

/** Methods whose fits cannot be compared by their likelihoods, and why. */
const incomparable: Readonly<Record<string, string>> = {
  pql: "which has no likelihood to compare by",
  conditional: "whose likelihood is that given the totals of the strata, without the random effects",
};

/** Checks options and fills in the defaults. Throws OptionsError with everything that is wrong. */
export function completeCompareOptions({ engines = ["ml"], ...options }: CompareOptions): MlOptions {
  const problems = engineProblems(engines);
  const why = incomparable[options.method ?? "auto"];
  if (why !== undefined)
    problems.push(`method is "${options.method}", ${why}; allowed: "auto", "lmm", "aghq", "laplace" or "em"`);
  if (problems.length > 0) throw new OptionsError(problems);
  return completeMlOptions({ ...options, engine: "ml" });
}

function engineProblems(engines: readonly string[]): string[] {
  const others = engines.filter((engine) => engine !== "ml");
  if (others.length === 0 && engines.length > 0) return [];
  const given = others.length === 0 ? "[]" : others.map((engine) => JSON.stringify(engine)).join(", ");
  return [`engines is ${given}; allowed: "ml", the only engine as yet that compares two models`];
}
