import type { RowsAtDraws } from "../../density/rowsAtDraws.js";
import type { Steps } from "../../math/steps.js";
import type { JointDraws } from "../../posterior/jointDraws.js";

/** Log densities of some units, one array of length S each, at all draws. */
export type UnitLogDensities = (units: readonly number[]) => Steps<Float64Array[]>;

/** log p(y_i | draw), random effects as drawn, of the rows in the order of the design. */
export function rowLogDensities(rows: RowsAtDraws, draws: JointDraws): UnitLogDensities {
  const draw = new Float64Array(draws.length);
  const at = rows.drawnRows();
  const out = rows.derivatives();
  return function* (units) {
    const logs = units.map(() => new Float64Array(draws.count));
    for (let s = 0; s < draws.count; s++) {
      draws.copy(s, draw);
      rows.read(draw, at);
      for (let k = 0; k < units.length; k++) {
        const i = units[k];
        rows.evaluate(i, at, 0, out);
        logs[k][s] = out.value;
      }
      yield;
    }
    return logs;
  };
}
