import type { LatentGaussian } from "../../density/LatentGaussian.js";
import type { LatentValues } from "../../density/LatentValues.js";
import type { RowTable } from "../../density/RowTable.js";
import { effectsVectors } from "../../marginal/factorisations/BlockCholesky.js";

/** What a view's linear predictors are made of, for methods that need single rows of it: eta = offset + X beta + Z b. */
export interface DesignColumns {
  /** n x p, column-major, in the coordinates of the view's beta. */
  readonly X: Float64Array;
  /** Length n; zero where the model has none. */
  readonly offset: Float64Array;
  /** Per column of psi n x r, column-major: its derivatives in the r parameters that psi is made of. */
  readonly D: readonly Float64Array[];
}

/** Columns are read off the predictors at unit vectors, exactly but for the rounding of an offset. */
export function designColumns(view: LatentGaussian): DesignColumns {
  const at0 = unitTable(view, "beta", null);
  return {
    X: columnsOf(view, "beta", ({ eta }) => eta),
    offset: at0.eta,
    D: at0.psi.map((_, c) => columnsOf(view, "dispersion", ({ psi }) => psi[c])),
  };
}

function columnsOf(
  view: LatentGaussian,
  part: "beta" | "dispersion",
  predictor: (table: RowTable) => Float64Array,
): Float64Array {
  const n = view.rows;
  const zero = predictor(unitTable(view, part, null));
  const columns = new Float64Array(n * view.sizes[part]);
  for (let k = 0; k < view.sizes[part]; k++) {
    const unit = predictor(unitTable(view, part, k));
    for (let i = 0; i < n; i++) columns[k * n + i] = unit[i] - zero[i];
  }
  return columns;
}

/** The predictors with one parameter at 1 and all else at 0; the likelihood there may be anything. */
function unitTable(view: LatentGaussian, part: "beta" | "dispersion", k: number | null): RowTable {
  const values: LatentValues = view.values();
  if (k !== null) values[part][k] = 1;
  const table = view.rowTable();
  view.evaluateRows(values, effectsVectors(view), 0, table);
  return table;
}
