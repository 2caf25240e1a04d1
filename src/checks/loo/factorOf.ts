import type { DrawnFactor, RowsAtDraws } from "../../density/rowsAtDraws.js";
import { CheckError } from "../CheckError.js";

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
