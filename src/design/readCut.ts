import type { Expression } from "../language/ast.js";
import { errorAt } from "../language/ModelError.js";
import type { Censoring, Truncation } from "./Design.js";
import type { Evaluation } from "./Evaluation.js";
import { gather } from "./gather.js";
import { nameOf } from "./nameOf.js";
import type { Response } from "./response.js";
import { numericColumn, reportRows } from "./rowNumbers.js";

/** What is known of responses beside their values. */
export interface Cut {
  readonly censoring: Censoring | null;
  readonly truncation: Truncation | null;
}

/** The texts that say how a response is censored, as in brms. */
const kindsByText: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["right", 1],
  ["left", -1],
  ["interval", 2],
]);

const codesHint = "0 or none, 1 or right, -1 or left, 2 or interval";

/** Reads what cens() and trunc() say of the rows, and holds the responses to it; null if there is a problem. */
export function readCut(response: Response, values: Float64Array, evaluation: Evaluation): Cut | null {
  const { censoring: given, truncation: bounds } = response;
  const kinds = given && readKinds(given.codes, evaluation);
  const upper = given && kinds && readUpper(response, kinds, values, evaluation);
  const truncation = bounds && readBounds(bounds, evaluation);
  if ((given !== null && (kinds === null || upper === undefined)) || (bounds !== null && truncation === null))
    return null;
  const censoring = kinds && { kinds, upper: upper ?? null };
  const cut = { censoring: censoring?.kinds.some((kind) => kind !== 0) ? censoring : null, truncation };
  const isWell = isInside(cut, values, response, evaluation) && hasTwoSides(cut.censoring, response, evaluation);
  return isWell ? cut : null;
}

function readKinds(codes: Expression, evaluation: Evaluation): Int32Array | null {
  const column = codes.type === "name" ? evaluation.table.columns.get(codes.name) : undefined;
  if (column?.kind === "text") {
    const ofLevels = column.levels.map((level) => kindsByText.get(level) ?? NaN);
    return checkedKinds(
      codes,
      gather(column.codes, evaluation.rows).map((code) => ofLevels[code]),
      evaluation,
      (i) => JSON.stringify(column.levels[column.codes[evaluation.rows[i]]]),
    );
  }
  const numbers = numericColumn(codes, "codes of censoring", "text-column", evaluation);
  return numbers && checkedKinds(codes, numbers, evaluation, (i) => String(numbers[i]));
}

function checkedKinds(
  codes: Expression,
  numbers: Float64Array,
  { rows, problems }: Evaluation,
  written: (i: number) => string,
): Int32Array | null {
  const known = new Set(kindsByText.values());
  let first = -1;
  for (let i = 0; i < numbers.length; i++)
    if (!known.has(numbers[i]) && (first < 0 || rows[i] < rows[first])) first = i;
  if (first < 0) return Int32Array.from(numbers);
  const message = `${nameOf(codes)} is ${written(first)} in row ${rows[first] + 1}, which is no code of censoring`;
  problems.push(errorAt("censoring-code", codes.span, message, `the codes are ${codesHint}`));
  return null;
}

/** The upper ends of intervals; undefined if there is a problem. */
function readUpper(
  { censoring, statement: { expression } }: Response,
  kinds: Int32Array,
  values: Float64Array,
  evaluation: Evaluation,
): Float64Array | null | undefined {
  if (censoring === null || !kinds.includes(2)) return null;
  const { codes, upper } = censoring;
  const { problems, table, rows } = evaluation;
  if (upper === null) {
    const row = rows.filter((_, i) => kinds[i] === 2).reduce((a, b) => Math.min(a, b)) + 1;
    const message = `${nameOf(codes)} has an interval in row ${row}, and cens() has no column of upper ends`;
    problems.push(errorAt("no-upper-end", codes.span, message, `write cens(${nameOf(codes)}, upper)`));
    return undefined;
  }
  const column = upper.type === "name" ? table.columns.get(upper.name) : undefined;
  // Where there is no interval, the upper end may be missing.
  const ends =
    column?.kind === "number"
      ? gather(column.values, rows)
      : numericColumn(upper, "upper ends of intervals", "text-column", evaluation);
  if (ends === null) return undefined;
  const name = nameOf(expression);
  const check = (i: number) => {
    if (kinds[i] !== 2 || ends[i] > values[i]) return null;
    return Number.isNaN(ends[i]) ? "is missing for an interval" : `is not above ${name}, ${values[i]}`;
  };
  const what = `${nameOf(upper)} as the upper end`;
  return reportRows(what, ends, upper.span, "upper-end", check, evaluation)
    ? ends.map((end, i) => (kinds[i] === 2 ? end : NaN))
    : undefined;
}

function readBounds({ lower, upper }: NonNullable<Response["truncation"]>, evaluation: Evaluation): Truncation | null {
  const bound = (expression: Expression | null, none: number) =>
    expression === null
      ? new Float64Array(evaluation.rows.length).fill(none)
      : numericColumn(expression, "bounds of truncation", "text-column", evaluation);
  const [from, to] = [bound(lower, -Infinity), bound(upper, Infinity)];
  if (from === null || to === null) return null;
  const check = (i: number) => (from[i] < to[i] ? null : `is not below the upper bound, ${to[i]}`);
  const name = lower === null ? "" : `${nameOf(lower)} as the lower bound`;
  return reportRows(name, from, lower?.span, "bounds", check, evaluation) ? { lower: from, upper: to } : null;
}

/** Whether each response may be seen. */
function isInside(
  { censoring, truncation }: Cut,
  values: Float64Array,
  { statement: { expression } }: Response,
  evaluation: Evaluation,
): boolean {
  if (truncation === null) return true;
  const { lower, upper } = truncation;
  const check = (i: number) => {
    const kind = censoring?.kinds[i] ?? 0;
    const [y, end] = [values[i], kind === 2 ? (censoring?.upper?.[i] ?? NaN) : values[i]];
    if (kind === 0 ? y < lower[i] : (kind === -1 || kind === 2) && end <= lower[i])
      return `is below the bound ${lower[i]} of trunc(), under which no response is seen`;
    if (kind === 0 ? y > upper[i] : kind > 0 && y >= upper[i])
      return `is above the bound ${upper[i]} of trunc(), over which no response is seen`;
    return null;
  };
  return reportRows(nameOf(expression), values, expression.span, "outside-truncation", check, evaluation);
}

/** Of rows that are all censored on one side the likelihood has no maximum. */
function hasTwoSides(censoring: Censoring | null, { censoring: given }: Response, { problems }: Evaluation): boolean {
  const side = [1, -1].find((kind) => censoring?.kinds.every((own) => own === kind));
  if (side === undefined || given === null) return true;
  const [how, way] = side === 1 ? ["right", "larger"] : ["left", "smaller"];
  const message = `all ${censoring?.kinds.length} rows are ${how}-censored: the likelihood only says that responses are ${way}`;
  problems.push(errorAt("all-censored", given.codes.span, message, `look at ${nameOf(given.codes)}: ${codesHint}`));
  return false;
}
