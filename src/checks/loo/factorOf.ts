import { checkArgument } from "../../argument/checkArgument.js";
import type { DrawnFactor, RowsAtDraws } from "../../density/rowsAtDraws.js";
import { aPreparedModel } from "../../fit/aFit.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import { CheckError } from "../CheckError.js";

/** Before a model is fitted: whether its groups could be left out. Throws CheckError for a factor that it has not. */
export function checkGroup(model: PreparedModel, group: string): void {
  checkArgument(aPreparedModel, model, "checkGroup", "model");
  factorOf(model.compiled.rowsAtDraws(), group);
}

/** The grouping factor of that name. Throws CheckError for one that the model has not. */
export function factorOf(rows: RowsAtDraws, group: string): DrawnFactor {
  const factor = rows.factors.find(({ name }) => name === group);
  if (factor === undefined) throw new CheckError(unknownGroup(rows, group));
  return factor;
}

function unknownGroup({ factors }: RowsAtDraws, group: string): string {
  return factors.length === 0
    ? `group is "${group}", but the model has no grouping factor; leave the option out, and rows are left out`
    : `group is "${group}", which is no grouping factor of the model's mean; it has ${factors.map(({ name }) => name).join(", ")}`;
}
