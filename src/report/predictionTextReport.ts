import type { PredictedQuantity, Prediction } from "../summary/Prediction.js";
import { layoutOf, page, plural, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds, knownEstimate } from "./numbers.js";
import type { CellColumn, PredictionReport } from "./PredictionReport.js";

/** Rows that a terminal is shown. */
const SHOWN = 40;
const indent = 2;

/** Predictions for a terminal: what they are of, and a line a row. */
export function predictionTextReport(report: PredictionReport, options: ReportOptions = {}): string {
  const { width, style, digits } = layoutOf(options);
  const { prediction, columns, engine, seconds } = report;
  const { row, level, isNew, notes, quantities } = prediction;
  const shown = Array.from(row.subarray(0, Math.ceil(SHOWN / quantities.length))).flatMap((ofTable, i) =>
    quantities.map((quantity) => ({ ofTable, i, quantity })),
  );
  const number = (
    header: string,
    of: (quantity: PredictedQuantity) => Float64Array,
    dropOrder?: number,
  ): TableColumn => ({
    header,
    cells: shown.map(({ i, quantity }) => knownEstimate(of(quantity)[i], digits)),
    ...(dropOrder !== undefined && { dropOrder }),
  });
  const percent = `${Number((100 * level).toPrecision(6))}%`;
  const ofTable = shown.map((line) => line.ofTable);
  const names = { header: "", cells: shown.map(({ quantity }) => quantity.name) };
  const numbers = [
    ...columns.map((column, k) => cellColumn(column, ofTable, columns.length - k + 1)),
    ...(prediction.scale === null ? [names] : []),
    number("estimate", ({ estimate }) => estimate),
    number("sd", ({ sd }) => sd, 1),
    number(`lower ${percent}`, ({ lower }) => lower),
    number(`upper ${percent}`, ({ upper }) => upper),
  ];
  const rows = shown.map((line) => ({ name: `row ${line.ofTable + 1}${isNew[line.i] === 1 ? " *" : ""}` }));
  const news = isNew.includes(1) ? ["* has a level that the fit has not, whose effects are drawn"] : [];
  const left = row.length - shown.length / quantities.length;
  const rest =
    left > 0 ? [`and ${plural(left, "row")} more: --out FILE.csv writes all of them, --json prints them`] : [];
  return page([
    section("Predictions", wrap(headline(prediction, engine), width, indent), style),
    [
      ...namedTable(rows, numbers, width, style).map((line) => line.trimEnd()),
      ...[...news, ...rest].flatMap((line) => wrap(line, width)),
    ],
    notes.flatMap((note) => wrap(`note: ${note}`, width)),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function cellColumn({ name, cell }: CellColumn, rows: readonly number[], dropOrder: number): TableColumn {
  const cells = rows.map((row) => cell(row) ?? "NA");
  return { header: name, cells: cells.map(String), dropOrder };
}

const scales = { link: "linear predictor", mean: "mean response", response: "new responses" } as const;
const ofEffects = {
  conditional: "given the effects of the levels in the rows",
  marginal: "over all levels that there might be",
  zero: "with random effects of zero",
} as const;

function headline({ scale, effects, row }: Prediction, engine: string): string {
  const numbers =
    engine === "ml"
      ? "values at the estimates, standard errors by the delta method"
      : scale === "response"
        ? "means and equal-tailed intervals"
        : "posterior medians and equal-tailed intervals";
  const what = scale === null ? "distribution of a new response" : scales[scale];
  return `${what} of ${plural(row.length, "row")}, ${ofEffects[effects]}; ${numbers} (${engine})`;
}
