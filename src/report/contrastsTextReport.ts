import type { Contrasts } from "../summary/Estimands.js";
import { cellName, type EstimandReport, effectColumns, estimateColumns, settingLines } from "./estimandSections.js";
import { labelled, layoutOf, page, type ReportOptions, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds } from "./numbers.js";

/** Contrasts for a terminal: how the means were taken, and a table of contrasts. */
export function contrastsTextReport(
  { result, seconds }: EstimandReport<Contrasts>,
  options: ReportOptions = {},
): string {
  const { width, style, digits } = layoutOf(options);
  const rows = result.rows.map((row) => ({
    ...row,
    name: [row.contrast, cellName(row.levels)].filter(Boolean).join(" | "),
  }));
  const title = `Contrasts of ${result.of.join(" and ")} in ${result.response}, by ${result.engine}`;
  return page([
    section(title, [...settingLines(result, width), ...labelled(adjustment(result), width, 2)], style),
    namedTable(
      rows,
      [...estimateColumns(rows, result, digits, result.quantity), ...effectColumns(rows, result)],
      width,
      style,
    ),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function adjustment({ adjust, engine }: Contrasts): [string, string][] {
  const isMl = engine === "ml";
  const texts = {
    none: "",
    bonferroni: isMl ? "Bonferroni: p values and intervals" : "Bonferroni: intervals hold at once",
    holm: "Holm: p values; intervals by Bonferroni",
    tukey: isMl
      ? "by the largest statistic, simulated from the joint distribution (100000 draws)"
      : "intervals hold at once, by the largest distance among the draws",
  };
  return texts[adjust] === "" ? [] : [["adjusted", texts[adjust]]];
}
