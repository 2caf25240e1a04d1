import type { Estimate } from "../summary/Estimate.js";
import type { Solution, Solutions } from "../summary/Solutions.js";
import { cellName, type EstimandReport, formatPercent, settingLines } from "./estimandSections.js";
import { type Layout, layoutOf, page, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds, formatSignificant, knownEstimate } from "./numbers.js";

/** Solutions for a terminal: how the mean was taken, a line a cell, and what is to be said of each in words. */
export function solveTextReport({ result, seconds }: EstimandReport<Solutions>, options: ReportOptions = {}): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  const { variable, target, response, engine, rows, differences, range } = result;
  const isOnLink = result.scale === "link" && result.link !== "identity";
  const of = result.quantity ?? `the ${isOnLink ? `${result.link}(mean of ${response})` : `mean of ${response}`}`;
  const searched = `searched from ${short(range[0])} to ${short(range[1])}`;
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
): string[] {
  const column = (header: string, field: keyof Estimate): TableColumn => ({
    header,
    cells: rows.map((row) => knownEstimate(row[field], digits)),
  });
  const columns = [
    column(variable, "estimate"),
    column(engine === "ml" ? "se" : "sd", "sd"),
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
      `${what} is ${short(target)} at ${others.map(short).join(" and ")} too; the table has the smallest solution`,
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
function setLines(set: Pieces, { level, variable, target, range }: Solutions, what: string): string[] {
  const isInside = ([lower, upper]: Pieces[number]) => lower <= range[1] && upper >= range[0];
  const inside = set.filter(isInside);
  const outside = set.filter((piece) => !isInside(piece));
  const name = `${formatPercent(level)} confidence set (as Fieller's)`;
  const isUnbounded = inside.some((ends) => !ends.every(Number.isFinite));
  const about = [...(isUnbounded ? ["unbounded"] : []), ...(inside.length > 1 ? [`${inside.length} pieces`] : [])];
  const own = `${name}${about.length === 0 ? "" : `, ${about.join(", in ")}`}: ${inside.length === 0 ? "empty" : piecesText(inside, variable)}`;
  if (outside.length === 0) return [own];
  return [
    own,
    `outside the range searched, ${what} is so uncertain that ${short(target)} is not excluded either: ${piecesText(outside, variable)}`,
  ];
}

function piecesText(pieces: Pieces, variable: string): string {
  const texts = pieces.map(([lower, upper]) => {
    if (lower === Number.NEGATIVE_INFINITY && upper === Number.POSITIVE_INFINITY) return `every ${variable}`;
    if (lower === Number.NEGATIVE_INFINITY) return `all up to ${short(upper)}`;
    if (upper === Number.POSITIVE_INFINITY) return `all from ${short(lower)} on`;
    return `${short(lower)} to ${short(upper)}`;
  });
  return texts.join("; and ");
}

function short(value: number): string {
  return String(Number(formatSignificant(value, 5)));
}
