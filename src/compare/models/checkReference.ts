import { ComparisonError } from "../ComparisonError.js";
import type { Relation } from "./Comparison.js";
import type { CompareOptions } from "./options.js";
import { type Known, type Nested, testedVariance } from "./testedVariance.js";

/** The relation of models whose test can be simulated. Throws ComparisonError where they have none. */
export function withTest(relation: Relation): Nested {
  if (relation.kind === "nested") return relation;
  const why =
    relation.kind === "equivalent"
      ? "the models are the same"
      : "neither model is found to be a special case of the other";
  throw new ComparisonError(`there is no likelihood-ratio test to simulate: ${why}; leave --reference (reference) out`);
}

/** Before models A and B are fitted: throws ComparisonError where their test has not the distribution that is asked for. */
export function checkReference(
  { reference }: CompareOptions,
  relation: Relation,
  [a, b]: readonly [Known, Known],
): void {
  if (reference === undefined || reference === "chi-square") return;
  const nested = withTest(relation);
  const [smaller, larger] = nested.smaller === "A" ? [a, b] : [b, a];
  if (reference === "exact") testedVariance(smaller, larger, nested);
}
