import { labelled, layoutOf, page, plural, type ReportOptions, type Style, section, wrap } from "./layout.js";
import { categoryFacts, type ResponseCategories } from "./ResponseCategories.js";

/** What `marginalia check` tells of a model and its data, as plain data. */
export interface ModelCheck {
  /** The model in mathematics, a line each: the response, the linear predictors, the distributions of the random effects. */
  readonly response: string;
  readonly predictors: readonly string[];
  readonly randomEffects: readonly string[];
  /** Every prior as it would be used: "beta[post] ~ normal(0, 2.5)". */
  readonly priors: readonly string[];
  /** Rows used. */
  readonly rows: number;
  readonly droppedRows: number;
  /** Those of the response; null where it is none of several. */
  readonly categories: ResponseCategories | null;
  /** Design columns by parameter of the family. */
  readonly columns: readonly { readonly parameter: string; readonly names: readonly string[] }[];
  /** Factors among the fixed effects, the reference level first. */
  readonly factors: readonly FactorCheck[];
  readonly groups: readonly GroupCheck[];
  /** How each column of the table was read: "number, 0 to 20, 2 missing". */
  readonly table: readonly { readonly name: string; readonly read: string }[];
  /** What was recognised in the data, or taken one way of several. */
  readonly notes: readonly string[];
  readonly problems: readonly CheckProblem[];
}

export interface FactorCheck {
  readonly name: string;
  readonly levels: readonly string[];
  /** The first level, which has no column of its own; null where each level has one, as without an intercept. */
  readonly reference: string | null;
}

export interface GroupCheck {
  readonly name: string;
  readonly levels: number;
  /** Rows of the smallest and of the largest level. */
  readonly smallest: number;
  readonly largest: number;
  /** The closest factor that this one is nested in. */
  readonly nestedIn: string | null;
}

export interface CheckProblem {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint?: string;
  /** "epilepsy.glmm:2:18" */
  readonly place?: string;
}

const MAX_NAMES = 12;
/** Spaces before each line of a section; lines of the model keep their own spaces besides. */
export const checkIndent = 2;

/** The report of `marginalia check` for a terminal. */
export function checkReport(check: ModelCheck, options: ReportOptions = {}): string {
  const { width, style } = layoutOf(options);
  const indented = (lines: readonly string[]) =>
    lines.flatMap((line) => wrap(line, width, checkIndent + line.search(/\S|$/), 4));
  return page([
    section("Model", indented([check.response, ...check.predictors, ...check.randomEffects]), style),
    section("Priors", indented(check.priors), style),
    section("Data", labelled(facts(check), width, 2), style),
    section(
      "Columns",
      labelled(
        check.table.map(({ name, read }) => [name, read]),
        width,
        2,
      ),
      style,
    ),
    section(
      "Notes",
      check.notes.flatMap((note) => wrap(note, width, 2)),
      style,
    ),
    section("Problems", problemLines(check.problems, width, style), style),
  ]);
}

function facts(check: ModelCheck): [string, string][] {
  const dropped = check.droppedRows === 0 ? "" : ` (${check.droppedRows} dropped: missing values)`;
  return [
    ["rows", `${check.rows}${dropped}`],
    ...categoryFacts(check.categories),
    ...check.columns.map(({ parameter, names }): [string, string] => [
      `columns of ${parameter}`,
      names.length === 0 ? "none" : `${names.length}: ${listed(names)}`,
    ]),
    ...check.factors.map((factor): [string, string] => [`factor ${factor.name}`, factorLevels(factor)]),
    ...check.groups.map((group): [string, string] => [`group ${group.name}`, groupFacts(group)]),
    ...crossings(check.groups),
  ];
}

function factorLevels({ levels, reference }: FactorCheck): string {
  return listed(levels.map((level) => (level === reference ? `${level} (reference)` : level)));
}

function groupFacts({ levels, smallest, largest, nestedIn }: GroupCheck): string {
  const rows = smallest === largest ? plural(largest, "row") : `${smallest} to ${plural(largest, "row")}`;
  const nested = nestedIn === null ? "" : `, nested in ${nestedIn}`;
  return `${plural(levels, "level")} of ${rows}${nested}`;
}

/** Factors that are nested in nothing cross one another. */
function crossings(groups: readonly GroupCheck[]): [string, string][] {
  const names = groups.filter((group) => group.nestedIn === null).map((group) => group.name);
  return names.length < 2 ? [] : [["crossed", names.join(" x ")]];
}

function problemLines(problems: readonly CheckProblem[], width: number, style: Style): string[] {
  if (problems.length === 0) return ["  none found"];
  return problems.flatMap(({ severity, message, hint, place }) => [
    ...wrap(`${place === undefined ? "" : `${place}: `}${severity}: ${message}`, width, 2, 2).map((line) =>
      style.warn(line),
    ),
    ...(hint === undefined ? [] : wrap(hint, width, 4, 0)),
  ]);
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}
