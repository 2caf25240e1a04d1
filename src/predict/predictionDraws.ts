import type { TableInput } from "../data/toTable.js";
import type { Steps } from "../math/steps.js";
import { askedRows } from "./askedRows.js";
import type { Fitted } from "./Fitted.js";
import type { PredictOptions } from "./options.js";
import type { QuantityDraws } from "./QuantityDraws.js";

/** What `predict` tells of each row, at each draw: `mean[row 3]`, rows counted from 1. Throws what `predict` throws. */
export function* predictionDraws(
  fit: Fitted,
  data: TableInput | null,
  options: Partial<PredictOptions>,
): Steps<QuantityDraws[]> {
  const { columns, rows, order, ensemble, values } = askedRows(fit, data, options);
  const draws: QuantityDraws[] = [];
  for (const [done, i] of order.entries()) {
    yield { stage: "predicting", done, total: rows.rows };
    const outs = columns.map(() => new Float64Array(ensemble.size));
    values.at(i, outs);
    draws.push(...columns.map(({ name }, k) => ({ name: `${name}[row ${rows.rowIndex[i] + 1}]`, values: outs[k] })));
  }
  return draws;
}
