import type { Influence } from "../summary/Influence.js";
import { warningLines } from "./fitFacts.js";
import { layoutOf, page, plural, type ReportOptions, section, type TableColumn, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds } from "./numbers.js";

/** What is told of the influence of rows or groups. */
export interface InfluenceReport {
  readonly label: string;
  readonly influence: Influence;
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const indent = 2;
/** Units that are shown, the most influential first. */
const SHOWN = 10;

/** The most influential rows or groups for a terminal: by their distance, with the parameter that each moves most. */
export function influenceTextReport(
  { label, influence, seconds }: InfluenceReport,
  options: ReportOptions = {},
): string {
  const { width, style } = layoutOf(options);
  const { units, cook, divergence, leverage, paretoK, group, method } = influence;
  const worth = (u: number) => (Number.isNaN(cook[u]) ? Number.NEGATIVE_INFINITY : cook[u]);
  const shown = [...units.keys()].sort((a, b) => worth(b) - worth(a)).slice(0, SHOWN);
  const decimals = (values: Float64Array, digits: number) =>
    shown.map((u) => (Number.isFinite(values[u]) ? values[u].toFixed(digits) : ""));
  const moved = shown.map((u) => mostMoved(influence, u));
  const columns: TableColumn[] = [
    { header: "Cook", cells: decimals(cook, 3) },
    { header: "KL", cells: decimals(divergence, 3), dropOrder: 2 },
    { header: "leverage", cells: decimals(leverage, 3), dropOrder: 3 },
    { header: "k", cells: decimals(paretoK, 2), dropOrder: 1 },
    { header: "shift", cells: moved.map(({ shift }) => (shift > 0 ? `+${shift.toFixed(2)}` : shift.toFixed(2))) },
    { header: "of", cells: moved.map(({ name }) => name) },
  ].filter(({ cells }) => cells.some((cell) => cell !== ""));
  const names = shown.map((u) => ({ name: group === null ? `row ${units[u]}` : String(units[u]) }));
  return page([
    section(label, wrap(how(influence), width, indent), style),
    namedTable(names, columns, width, style),
    wrap(
      `shift: of a parameter without the ${group === null ? "row" : "group"}, in ${method === "importance" ? "posterior sds" : "standard errors"}, the largest; Cook: of the coefficients together`,
      width,
    ),
    warningLines(influence.warnings, width, style),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function how({ units, group, method, engine }: Influence): string {
  const what = group === null ? plural(units.length, "row") : `${units.length} groups of ${group}`;
  const by =
    method === "importance"
      ? `by importance weights over the draws of ${engine}`
      : "by a Newton step from the estimates of ml";
  return `${what} left out one by one, ${by}; the most influential first`;
}

function mostMoved({ parameters, shifts }: Influence, u: number): { readonly name: string; readonly shift: number } {
  const size = (k: number) => (Number.isNaN(shifts[k][u]) ? -1 : Math.abs(shifts[k][u]));
  const most = parameters.reduce((best, _, k) => (size(k) > size(best) ? k : best), 0);
  return { name: parameters[most] ?? "", shift: shifts[most]?.[u] ?? 0 };
}
