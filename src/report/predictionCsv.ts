import { csvLine } from "./csvLine.js";
import type { PredictionReport } from "./PredictionReport.js";

/** Predictions as a CSV file, a line a row and quantity: the row of the table, the columns that the model reads, and what is predicted. */
export function* predictionCsv({
  prediction,
  columns,
}: Pick<PredictionReport, "prediction" | "columns">): Generator<string, void> {
  const { row, quantities, isNew } = prediction;
  const ofTable = columns.map(({ name }) => name);
  yield csvLine(["row", ...ofTable, "quantity", "estimate", "sd", "lower", "upper", "new_level"]);
  for (const [i, at] of row.entries()) {
    const cells = [at + 1, ...columns.map((column) => column.cell(at))];
    for (const { name, estimate, sd, lower, upper } of quantities)
      yield csvLine([...cells, name, estimate[i], sd[i], lower[i], upper[i], isNew[i]]);
  }
}
