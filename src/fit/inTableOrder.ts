import type { Criteria } from "../posterior/Criteria.js";

/** Criteria of a design's rows in the order of the table's, from which `rowIndex` (from 0) says where each row came. */
export function inTableOrder(criteria: Criteria, rowIndex: Int32Array): Criteria {
  const order = Int32Array.from(rowIndex, (_, i) => i).sort((i, j) => rowIndex[i] - rowIndex[j]);
  const sorted = (values: Float64Array) => Float64Array.from(order, (i) => values[i]);
  const { waic, cpo, pit } = criteria;
  const { elpd, pWaic, lppd } = waic.pointwise;
  return {
    ...criteria,
    rows: Int32Array.from(order, (i) => rowIndex[i] + 1),
    waic: { ...waic, pointwise: { elpd: sorted(elpd), pWaic: sorted(pWaic), lppd: sorted(lppd) } },
    cpo: { ...cpo, values: sorted(cpo.values), logValues: sorted(cpo.logValues), errors: sorted(cpo.errors) },
    pit: pit === null ? null : { ...pit, values: sorted(pit.values) },
  };
}
