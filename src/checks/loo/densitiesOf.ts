import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { PreparedModel } from "../../fit/PreparedModel.js";
import { CheckError } from "../CheckError.js";

/** The rows of a model, whose log densities are those of responses. Throws CheckError for likelihood weights. */
export function densitiesOf({ compiled }: Pick<PreparedModel, "compiled">): RowsAtDraws {
  const rows = compiled.rowsAtDraws();
  if (rows.hasLikelihoodWeights)
    throw new CheckError(
      "rows with likelihood weights have no densities of their own to leave out; fit without the weights, or write the rows out as often as they count",
    );
  return rows;
}
