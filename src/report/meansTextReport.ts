import type { Means } from "../summary/Estimands.js";
import { cellName, type EstimandReport, estimateColumns, meanText, settingLines } from "./estimandSections.js";
import { layoutOf, page, type ReportOptions, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds } from "./numbers.js";

/** Estimated marginal means for a terminal: how they were taken, and a table of them. */
export function meansTextReport({ result, seconds }: EstimandReport<Means>, options: ReportOptions = {}): string {
  const { width, style, digits } = layoutOf(options);
  const rows = result.rows.map((row) => ({ ...row, name: cellName(row.levels) || "overall" }));
  return page([
    section(`Means of ${result.response}, by ${result.engine}`, settingLines(result, width), style),
    namedTable(rows, estimateColumns(rows, result, digits, meanText(result)), width, style),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}
