import type { MlNote } from "../../engine/ml/Estimates.js";
import type { Relation } from "./Comparison.js";
import { dispersionOf, type FactorSpace, type ModelSpace } from "./ModelSpace.js";

/** Tells where what a smaller model of counts lacks is an effect a row, or a dispersion: variation beyond what its family allows. */
export function overdispersionNotes(spaces: readonly [ModelSpace, ModelSpace], relation: Relation): MlNote[] {
  if (relation.kind !== "nested") return [];
  const [smaller, larger] = relation.smaller === "A" ? spaces : [spaces[1], spaces[0]];
  if (smaller.family.isOverdispersible !== true) return [];
  const source = overdispersionIn(larger, smaller);
  if (source === null) return [];
  const message =
    `overdispersion is what ${relation.smaller} lacks: ${source}, so that counts with the same mean may vary more than the ` +
    `${smaller.family.name} family allows. Where they do, the standard errors of ${relation.smaller} are too small`;
  return [{ code: "overdispersion", message, advice: "" }];
}

function overdispersionIn(larger: ModelSpace, smaller: ModelSpace): string | null {
  const factor = larger.factors.find(hasLevelPerRow);
  if (factor !== undefined && !smaller.factors.some(hasLevelPerRow))
    return `${factor.name} has a level for every row, and its effects differ from row to row`;
  if (larger.family.limit !== smaller.family.name) return null;
  return `${dispersionOf(larger.family)} of the ${larger.family.name.replaceAll("_", " ")}`;
}

function hasLevelPerRow({ partition }: FactorSpace): boolean {
  return new Set(partition).size === partition.length;
}
