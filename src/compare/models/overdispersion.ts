import type { Note } from "../../engine/ml/MaximumLikelihood.js";
import type { Relation } from "./Comparison.js";
import type { FactorSpace, ModelSpace } from "./ModelSpace.js";

/** Families whose variance the mean gives, so that counts may vary more than they allow. */
const fixedVariance: readonly string[] = ["poisson", "binomial"];

/** Tells where what a smaller model of counts lacks is an effect a row, or a dispersion: variation beyond what its family allows. */
export function overdispersionNotes(spaces: readonly [ModelSpace, ModelSpace], relation: Relation): Note[] {
  if (relation.kind !== "nested") return [];
  const [smaller, larger] = relation.smaller === "A" ? spaces : [spaces[1], spaces[0]];
  if (!fixedVariance.includes(smaller.family)) return [];
  const source = overdispersionIn(larger, smaller);
  if (source === null) return [];
  const message =
    `overdispersion is what ${relation.smaller} lacks: ${source}, so that counts with the same mean may vary more than the ` +
    `${smaller.family} family allows. Where they do, the standard errors of ${relation.smaller} are too small`;
  return [{ code: "overdispersion", message, advice: "" }];
}

function overdispersionIn(larger: ModelSpace, smaller: ModelSpace): string | null {
  const factor = larger.factors.find(hasLevelPerRow);
  if (factor !== undefined && !smaller.factors.some(hasLevelPerRow))
    return `${factor.name} has a level for every row, and its effects differ from row to row`;
  return larger.family === "negative_binomial" ? "phi of the negative binomial" : null;
}

function hasLevelPerRow({ partition }: FactorSpace): boolean {
  return new Set(partition).size === partition.length;
}
