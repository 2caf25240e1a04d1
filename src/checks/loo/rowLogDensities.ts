import { rowDerivatives } from "../../density/plainLikelihood.js";
import type { DrawnRows, RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Steps } from "../../math/steps.js";
import type { JointDraws } from "../../posterior/jointDraws.js";

/** Log densities of some units, one array of length S each, at all draws. */
export type UnitLogDensities = (units: readonly number[]) => Steps<Float64Array[]>;

/** Zeroed buffers for a model's rows. */
export function drawnRows({ rows }: RowsAtDraws): DrawnRows {
  return { eta: new Float64Array(rows), dispersion: new Float64Array(rows) };
}

/** log p(y_i | draw), random effects as drawn, of the rows in the order of the design. */
export function rowLogDensities(rows: RowsAtDraws, draws: JointDraws): UnitLogDensities {
  const draw = new Float64Array(draws.length);
  const at = drawnRows(rows);
  const out = rowDerivatives();
  return function* (units) {
    const logs = units.map(() => new Float64Array(draws.count));
    for (let s = 0; s < draws.count; s++) {
      draws.copy(s, draw);
      rows.read(draw, at);
      for (let k = 0; k < units.length; k++) {
        const i = units[k];
        rows.evaluate(i, at.eta[i], at.dispersion[i], 0, out);
        logs[k][s] = out.value;
      }
      yield;
    }
    return logs;
  };
}
