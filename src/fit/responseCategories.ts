import type { ResponseCategories } from "../report/ResponseCategories.js";
import type { PreparedModel } from "./PreparedModel.js";

/** The categories of a model's response; null where it is none of several. */
export function responseCategories({
  design: { response },
  compiled: { family },
}: Pick<PreparedModel, "design" | "compiled">): ResponseCategories | null {
  if (response.categories === null) return null;
  return { names: response.categories, isOrdered: family.thresholds !== undefined };
}
