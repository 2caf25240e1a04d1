import { csvLine } from "./csvLine.js";
import type { PredictionReport } from "./PredictionReport.js";

/** Predictions as a CSV file: the row of the table, the columns that the model reads, and what is predicted. */
export function* predictionCsv({
  prediction,
  columns,
}: Pick<PredictionReport, "prediction" | "columns">): Generator<string, void> {
  const { row, estimate, sd, lower, upper, isNew } = prediction;
  yield csvLine(["row", ...columns.map(({ name }) => name), "estimate", "sd", "lower", "upper", "new_level"]);
  for (const [i, ofTable] of row.entries()) {
    const cells = columns.map((column) => column.cell(ofTable));
    yield csvLine([ofTable + 1, ...cells, estimate[i], sd[i], lower[i], upper[i], isNew[i]]);
  }
}
