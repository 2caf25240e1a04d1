import type { Estimate } from "../summary/Estimate.js";
import type { Solution, Solutions } from "../summary/Solutions.js";
import { cellName, type EstimandReport, formatPercent, meanText, settingLines } from "./estimandSections.js";
import { type Layout, layoutOf, page, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds, formatSignificant, knownEstimate } from "./numbers.js";

/** Solutions for a terminal: how the mean was taken, a line a cell, and what is to be said of each in words. */
export function solveTextReport({ result, seconds }: EstimandReport<Solutions>, options: ReportOptions = {}): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { variable, target, response, engine, rows, differences, range } = result;
  const of = result.quantity ?? `the ${meanText(result, `mean of ${response}`)}`;
  const ofVariable = shownBy(result);
  const searched = `searched from ${ofVariable(range[0])} to ${ofVariable(range[1])}`;
  return page([
    section(
      `The ${variable} at which ${of} is ${short(target)}, by ${engine}`,
      [...wrap(searched, width, 2), ...settingLines(result, width, result.quantity)],
      style,
    ),
    [
      ...table(
        rows.map((row) => ({ ...row, name: cellName(row.levels) || "solution" })),
        result,
        layout,
        result.isDate,
      ),
    ],
    rows.flatMap((row) => sentences(row, result, layout)),
    section(
      "Differences",
      differences.length === 0
        ? []
        : table(
            differences.map((one) => ({ ...one, name: `${cellName(one.of)} less ${cellName(one.less)}` })),
            result,
            layout,
            false, // days
          ),
      style,
    ),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function table(
  rows: readonly (Estimate & { readonly name: string })[],
  { variable, engine, level }: Solutions,
  { width, style, digits }: Layout,
  hasDates: boolean,
): string[] {
  const shown = (value: number, field: keyof Estimate) =>
    hasDates && field !== "sd" && Number.isFinite(value) ? formatDay(value) : knownEstimate(value, digits);
  const column = (header: string, field: keyof Estimate): TableColumn => ({
    header,
    cells: rows.map((row) => shown(row[field], field)),
  });
  const columns = [
    column(variable, "estimate"),
    column(`${engine === "ml" ? "se" : "sd"}${hasDates ? ", days" : ""}`, "sd"),
    column(`${formatPercent(level)} from`, "lower"),
    column("to", "upper"),
  ];
  return namedTable(rows, columns, width, style);
}

function sentences(row: Solution, result: Solutions, { width }: Layout): string[] {
  const { levels, direction, reached, others, draws, set } = row;
  const { target } = result;
  const what = result.quantity ?? "the mean";
  const of = cellName(levels);
  const lines: string[] = [];
  if (direction === null)
    lines.push(`no solution: ${what} goes from ${short(reached[0])} to ${short(reached[1])} in this range`);
  if (direction === "mixed") lines.push(`${what} rises through the target in some draws, and falls in others`);
  else if (others.length > 0)
    lines.push(
      `${what} is ${short(target)} at ${others.map(shownBy(result)).join(" and ")} too; the table has the smallest solution`,
    );
  else if (direction === "rising") lines.push(`${what} is at or below ${short(target)} up to it, and above it beyond`);
  else if (direction === "falling") lines.push(`${what} is above ${short(target)} up to it, and at or below it beyond`);
  if (draws !== null && draws.above + draws.below > 0) {
    const side = (count: number, where: string) =>
      count === 0
        ? []
        : [`in ${short((100 * count) / draws.total)}% of the draws ${what} is ${where} the target all over the range`];
    lines.push(
      `${[...side(draws.above, "above"), ...side(draws.below, "below")].join(", ")}: the numbers are of the others`,
    );
  }
  if (draws !== null && draws.several > 0)
    lines.push(`${draws.several} of ${draws.total} draws have several solutions, of which the smallest counts`);
  if (set !== null) lines.push(...setLines(set, result, what));
  return lines.flatMap((line) => wrap(of === "" ? line : `${of}: ${line}`, width));
}

type Pieces = NonNullable<Solution["set"]>;

/** "95% confidence set (as Fieller's): 2.1 to 4.4", and of pieces outside the range what they are. */
function setLines(set: Pieces, result: Solutions, what: string): string[] {
  const { level, variable, target, range } = result;
  const pieces = (some: Pieces) => piecesText(some, variable, shownBy(result));
  const isInside = ([lower, upper]: Pieces[number]) => lower <= range[1] && upper >= range[0];
  const inside = set.filter(isInside);
  const outside = set.filter((piece) => !isInside(piece));
  const name = `${formatPercent(level)} confidence set (as Fieller's)`;
  const isUnbounded = inside.some((ends) => !ends.every(Number.isFinite));
  const about = [...(isUnbounded ? ["unbounded"] : []), ...(inside.length > 1 ? [`${inside.length} pieces`] : [])];
  const own = `${name}${about.length === 0 ? "" : `, ${about.join(", in ")}`}: ${inside.length === 0 ? "empty" : pieces(inside)}`;
  if (outside.length === 0) return [own];
  return [
    own,
    `outside the range searched, ${what} is so uncertain that ${short(target)} is not excluded either: ${pieces(outside)}`,
  ];
}

function piecesText(pieces: Pieces, variable: string, shown: (value: number) => string): string {
  const texts = pieces.map(([lower, upper]) => {
    if (lower === Number.NEGATIVE_INFINITY && upper === Number.POSITIVE_INFINITY) return `every ${variable}`;
    if (lower === Number.NEGATIVE_INFINITY) return `all up to ${shown(upper)}`;
    if (upper === Number.POSITIVE_INFINITY) return `all from ${shown(lower)} on`;
    return `${shown(lower)} to ${shown(upper)}`;
  });
  return texts.join("; and ");
}

/** How values of the variable are written. */
function shownBy({ isDate }: Solutions): (value: number) => string {
  return isDate ? formatDay : short;
}

/** The day in UTC of a number of days since 1970-01-01; beyond the calendar of the platform the number. */
function formatDay(days: number): string {
  const date = new Date(Math.floor(days) * 86_400_000);
  return Number.isNaN(date.getTime()) ? `day ${short(days)}` : date.toISOString().slice(0, 10);
}

function short(value: number): string {
  return String(Number(formatSignificant(value, 5)));
}
