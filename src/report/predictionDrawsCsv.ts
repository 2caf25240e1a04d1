import type { RowDraws } from "../summary/Prediction.js";
import { csvLine } from "./csvLine.js";

/** Draws of predictions as a CSV file, a line a row and draw, both counted from 1: the weight of the draw where draws have weights, and each quantity. */
export async function* predictionDrawsCsv(drawn: AsyncIterable<RowDraws>): AsyncGenerator<string, void> {
  let isFirst = true;
  for await (const { row, quantities, weights } of drawn) {
    const names = quantities.map(({ name }) => name);
    if (isFirst) yield csvLine(["row", "draw", ...(weights === null ? [] : ["weight"]), ...names]);
    isFirst = false;
    const [{ values: first }] = quantities;
    const lines = Array.from(first, (_, s) =>
      csvLine([
        row + 1,
        s + 1,
        ...(weights === null ? [] : [weights[s]]),
        ...quantities.map(({ values }) => values[s]),
      ]),
    );
    yield lines.join("");
  }
}
