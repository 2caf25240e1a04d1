import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { ModelToFit } from "../../fit/ModelToFit.js";
import { CheckError } from "../CheckError.js";
import { groupingNamed } from "./grouping.js";

/** Before a model is fitted: whether data can be replicated from it, in the groups of a factor or column. Throws CheckError as `ppc` and `residuals` do once it is fitted. */
export function checkReplication(model: ModelToFit, { group }: { readonly group?: string | undefined } = {}): void {
  replicableRows(model);
  if (group !== undefined) groupingNamed(model, group, Int32Array.from(model.design.rowIndex.keys()));
}

/** The rows of a model, each of which stands for itself. Throws CheckError for likelihood weights. */
export function replicableRows({ compiled }: Pick<ModelToFit, "compiled">): RowsAtDraws {
  const reader = compiled.rowsAtDraws();
  if (reader.hasLikelihoodWeights)
    throw new CheckError(
      "rows with likelihood weights stand for several rows, or for parts of one, which cannot be replicated; fit without the weights, or write the rows out as often as they count",
    );
  return reader;
}
