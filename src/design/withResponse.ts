import { runSync } from "../math/steps.js";
import type { Design } from "./Design.js";
import type { FamilySignature } from "./FamilySignature.js";
import { findSeparation } from "./recession.js";
import { outcomesOf } from "./separation.js";

/** The design with another response of its rows, length n, and what that separates. */
export function withResponse(design: Design, family: FamilySignature, values: Float64Array): Design {
  const { predictors, response, rows } = design;
  const [mean] = predictors;
  const outcomes = outcomesOf(family, { ...response, values }, mean.link);
  const dependent = new Set(mean.dependent?.columns.map(({ column }) => column));
  const kept = mean.columns.flatMap((_, j) => (dependent.has(j) ? [] : [j]));
  const coded = { rows, matrix: mean.X, columns: mean.columns, interceptColumn: mean.interceptColumn, terms: [] };
  const found = outcomes === null ? null : runSync(findSeparation(coded, kept, outcomes.sides));
  return { ...design, response: { ...response, values }, separation: found === "unchecked" ? null : found };
}
