import type { Slopes } from "../summary/Estimands.js";
import {
  cellName,
  type EstimandReport,
  effectColumns,
  estimateColumns,
  meanText,
  settingLines,
} from "./estimandSections.js";
import { layoutOf, page, type ReportOptions, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds } from "./numbers.js";

/** Slopes for a terminal: how they were taken, and a table of them. */
export function slopesTextReport({ result, seconds }: EstimandReport<Slopes>, options: ReportOptions = {}): string {
  const { width, style, digits } = layoutOf(options);
  const rows = result.rows.map((row) => {
    const variable = row.contrast === null ? row.variable : `${row.variable}: ${row.contrast}`;
    return { ...row, name: [variable, cellName(row.levels)].filter(Boolean).join(" | ") };
  });
  const isOfMean = result.scale === "mean" || (result.scaleName === null && result.link === "identity");
  const of = `${isOfMean ? "the " : ""}${meanText(result, `mean of ${result.response}`)}`;
  const named = result.scale === "link" && result.scaleName !== null ? `${of} of ${result.response}` : of;
  const title = `Slopes of ${named}, by ${result.engine}`;
  return page([
    section(title, settingLines(result, width), style),
    namedTable(
      rows,
      [...estimateColumns(rows, result, digits, "slope"), ...effectColumns(rows, { ...result, null: 0 })],
      width,
      style,
    ),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}
