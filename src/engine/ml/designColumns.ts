import type { LatentGaussian } from "../../density/LatentGaussian.js";

/** The fixed part of a view's linear predictor, eta = offset + X beta. */
export interface FixedPart {
  /** n x p, column-major, in the coordinates of the view's beta. */
  readonly X: Float64Array;
  /** Length n; zero where the model has none. */
  readonly offset: Float64Array;
}

/** X is read off the linear predictor at unit vectors, exactly but for the rounding of an offset. */
export function fixedPart(view: LatentGaussian): FixedPart {
  const { rows, sizes } = view;
  const table = view.rowTable();
  const values = view.values();
  const b = view.factors.map(({ levels, effects }) => new Float64Array(levels * effects));
  view.evaluateRows(values, b, 0, table);
  const offset = table.eta.slice();
  const X = new Float64Array(rows * sizes.beta);
  for (let k = 0; k < sizes.beta; k++) {
    values.beta.fill(0);
    values.beta[k] = 1;
    view.evaluateRows(values, b, 0, table);
    for (let i = 0; i < rows; i++) X[k * rows + i] = table.eta[i] - offset[i];
  }
  return { X, offset };
}
