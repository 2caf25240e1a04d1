import type { ComparedLoo, Loo, LooComparison, LooEstimate } from "../summary/CrossValidation.js";
import { warningLines } from "./fitFacts.js";
import { type Layout, labelled, layoutOf, page, plural, type ReportOptions, section, wrap } from "./layout.js";
import { namedTable } from "./namedTable.js";
import { formatSeconds } from "./numbers.js";

/** What is told of the cross-validations of one model or several, as plain data. */
export interface LooReport {
  readonly models: readonly { readonly label: string; readonly loo: Loo }[];
  /** Null of one model. */
  readonly comparison: LooComparison | null;
  /** Wall-clock seconds. */
  readonly seconds: { readonly read: number; readonly total: number };
}

const DECIMALS = 1;
const indent = 2;
/** A difference of fewer standard errors says little (Sivula, Magnusson & Vehtari 2020), and one below `SMALL` is small whatever its error. */
const FEW_ERRORS = 2;
const SMALL = 4;

/** Cross-validations for a terminal: what is expected of new data, how far the weights can be relied on, and which model predicts better. */
export function looTextReport({ models, comparison, seconds }: LooReport, options: ReportOptions = {}): string {
  const layout = layoutOf(options);
  const { width, style } = layout;
  return page([
    ...models.flatMap(({ label, loo }) => modelSections(label, loo, layout)),
    comparison === null ? [] : section("Comparison", comparisonLines(comparison, layout), style),
    ...models.map(({ loo }) => warningLines(loo.warnings, width, style)),
    wrap(`time: read ${formatSeconds(seconds.read)}, total ${formatSeconds(seconds.total)}`, width),
  ]);
}

function modelSections(label: string, loo: Loo, { width, style }: Layout): string[][] {
  const units = loo.group === null ? plural(loo.pointwise.units.length, "row") : unitsOf(loo);
  const how =
    loo.folds === null
      ? `${units} left out one by one, by importance weights over ${plural(loo.draws, "draw")} of ${loo.engine}`
      : `${units} left out in ${loo.folds} folds, ${loo.engine} fitted anew without each`;
  const rows = [
    { name: "elpd", ...loo.elpd },
    { name: "p_loo", ...loo.pLoo },
    { name: "looic", ...loo.looic },
    ...(loo.waic === null ? [] : [{ name: "waic", ...loo.waic.waic }]),
  ];
  const columns = [
    { header: "estimate", cells: rows.map(({ estimate }) => estimate.toFixed(DECIMALS)) },
    { header: "se", cells: rows.map(({ standardError }) => standardError.toFixed(DECIMALS)) },
  ];
  return [
    section(label, wrap(how, width, indent), style),
    namedTable(rows, columns, width, style),
    labelled(reliability(loo), width),
  ];
}

function unitsOf({ pointwise, group }: Loo): string {
  return `${pointwise.units.length} groups of ${group ?? ""}`;
}

/** What k means, in words. */
function reliability(loo: Loo): [string, string][] {
  const { pointwise, largestReliableK: limit, unreliable, doubtful } = loo;
  if (loo.folds !== null) return [];
  const largest = pointwise.paretoK.reduce((a, b) => (Number.isNaN(b) ? a : Math.max(a, b)), Number.NEGATIVE_INFINITY);
  const integrated = loo.group === null ? count(loo, "integrated") : 0;
  const refitted = count(loo, "refit");
  const others = [
    ...(integrated > 0
      ? [
          `${plural(integrated, loo.group === null ? "row" : "group")} with the random effects of the group integrated out`,
        ]
      : []),
    ...(refitted > 0 ? [`${refitted} by fitting anew without`] : []),
  ];
  const verdict =
    unreliable === 0
      ? `all at most ${limit.toFixed(2)}: the weights can be relied on`
      : `${unreliable} of ${pointwise.paretoK.length} above ${limit.toFixed(2)}: these cannot be relied on`;
  return [
    ["Pareto k", `${verdict} (largest ${largest.toFixed(2)})`],
    ...(doubtful > 0 ? [["near the limit", nearTheLimit(loo)] as [string, string]] : []),
    ...(others.length === 0 ? [] : [["computed anew", others.join(", ")] as [string, string]]),
  ];
}

function nearTheLimit({ doubtful, group }: Loo): string {
  const what = plural(doubtful, group === null ? "row" : "group");
  return `${what} less than the standard error of k below it, whose elpd may be too high; --refit fits anew without ${doubtful === 1 ? "it" : "them"}, too`;
}

function count({ pointwise }: Loo, wanted: string): number {
  return pointwise.methods.filter((method) => method === wanted).length;
}

function comparisonLines({ models }: LooComparison, { width, style }: Layout): string[] {
  const rows = models.map((model) => ({ ...model, name: model.label }));
  const column = (header: string, cell: (model: ComparedLoo) => string, dropOrder?: number) => ({
    header,
    cells: models.map(cell),
    ...(dropOrder === undefined ? {} : { dropOrder }),
  });
  const columns = [
    column("elpd", ({ elpd }) => elpd.estimate.toFixed(DECIMALS), 2),
    column("difference", ({ difference }) => difference.estimate.toFixed(DECIMALS)),
    column("se", ({ difference }) => difference.standardError.toFixed(DECIMALS)),
    column("stacking", ({ stackingWeight }) => stackingWeight.toFixed(2), 1),
    column("pseudo-BMA+", ({ pseudoBmaPlusWeight }) => pseudoBmaPlusWeight.toFixed(2), 1),
  ];
  return [...namedTable(rows, columns, width, style), ...wrap(looVerdict(models), width, 0, 0)];
}

/** Which model predicts best, in words. */
export function looVerdict([best, second]: LooComparison["models"]): string {
  const { estimate, standardError } = second.difference;
  if (isSmall(second.difference))
    return `${best.label} and ${second.label} predict about equally well: their elpd differ by ${(-estimate).toFixed(DECIMALS)}, with a standard error of ${standardError.toFixed(DECIMALS)}`;
  return `${best.label} predicts best: its elpd is larger than that of ${second.label} by ${(-estimate / standardError).toFixed(DECIMALS)} standard errors of the difference`;
}

function isSmall({ estimate, standardError }: LooEstimate): boolean {
  return -estimate < SMALL || -estimate < FEW_ERRORS * standardError;
}
