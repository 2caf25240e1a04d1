import type { NewRows } from "../../design/applyDesign.js";
import type { Ensemble } from "../Ensemble.js";
import type { Fitted } from "../Fitted.js";
import { refuseTruncatedShare, refuseVaryingBounds } from "../refuseVaryingBounds.js";
import { type AskedOfRows, type RowValues, rowValues } from "../rowValues.js";
import { rowQuantities } from "./rowQuantities.js";

const mean = { name: "mean", kind: "mean" } as const;

/** The values of rows, as `rowValues` has them; the mean of a family whose mean is not mu is E(y), integrated over the effects where they are "marginal". */
export function valuesOnScale(fit: Fitted, rows: NewRows, ensemble: Ensemble, asked: AskedOfRows): RowValues {
  const { compiled, design } = fit;
  const { effects, scale, seed } = asked;
  if (scale === "mean") {
    refuseVaryingBounds(fit);
    refuseTruncatedShare(fit);
  }
  if (scale !== "mean" || compiled.family.meanIsMu !== false) return rowValues(fit, rows, ensemble, asked);
  // A mean as a scale is that of a single trial.
  const trials = design.response.trials === null ? null : new Float64Array(rows.rows).fill(1);
  const { at, ...others } = rowQuantities(fit, { ...rows, trials }, ensemble, { effects, seed, quantities: [mean] });
  return { ...others, at: (i, out) => at(i, [out]) };
}
