import type { Span } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import type { CodedMatrix } from "./codedMatrix.js";
import { warningAt } from "./problems.js";
import type { ResponseValues } from "./responseValues.js";
import type { FactorValue } from "./Value.js";

const hint = "maximum likelihood has no finite estimate; a proper prior gives one";

/**
 * Warns where a level of a factor, or one column alone, separates successes from failures, so that the likelihood has no
 * maximum (Albert & Anderson, 1984). A row of several trials is both where it has both. Combinations of columns are not searched.
 */
export function checkSeparation(
  coded: CodedMatrix,
  response: ResponseValues,
  place: Span | undefined,
  problems: Problem[],
): void {
  const rows: Outcomes = {
    hasSuccess: (i) => response.values[i] > 0,
    hasFailure: (i) => response.values[i] < (response.trials?.[i] ?? 1),
  };
  const overall = absentOutcome(coded.rows, rows);
  if (overall !== null) problems.push(warningAt("one-outcome", place, `the response has no ${overall}`, hint));
  else
    warnOfTerms(
      coded,
      (name, value) => separatedLevels(name, value, rows),
      (name, column) => splitOf(name, column, rows),
      problems,
    );
}

/**
 * The same for counts under a log link: where all of a level are 0, or all off an end of a column that has the others, their mean runs
 * to 0.
 */
export function checkZeroCounts(
  coded: CodedMatrix,
  { values }: ResponseValues,
  place: Span | undefined,
  problems: Problem[],
): void {
  const isPositive = (i: number) => values[i] > 0;
  // Without an intercept a column multiplies a mean of 1, which the other rows hold where it is not 0.
  const hasIntercept = coded.interceptColumn >= 0 || coded.terms.some(({ factor }) => factor?.spansLevels);
  if (!values.some((count) => count > 0))
    problems.push(warningAt("one-outcome", place, "the response is 0 in every row", hint));
  else
    warnOfTerms(
      coded,
      (name, { codes, levels }) => {
        const positive = new Set(codes.filter((_, i) => isPositive(i)));
        return levels.filter((_, code) => !positive.has(code)).map((level) => `${name}.${level} has no count but 0`);
      },
      (name, column) => {
        const positive = rangeOf(column, isPositive);
        return hasIntercept || positive.low === 0
          ? zerosOffEnd(
              name,
              positive,
              rangeOf(column, () => true),
            )
          : null;
      },
      problems,
    );
}

function zerosOffEnd(name: string, positive: Range, all: Range): string | null {
  const isInside = positive.low > all.low && positive.high < all.high;
  if (positive.low < positive.high || isInside || all.low === all.high) return null;
  const side = positive.high < all.high ? "above" : "below";
  return `${name} separates the responses: no count but 0 ${side} ${positive.low}`;
}

/** A warning for each finding in a main effect of a factor, by its levels, and in any other column. */
function warnOfTerms(
  coded: CodedMatrix,
  ofLevels: (name: string, value: FactorValue) => readonly string[],
  ofColumn: (name: string, column: Float64Array) => string | null,
  problems: Problem[],
): void {
  for (const { factor, firstColumn, columnCount, span } of coded.terms) {
    const names = coded.columns.slice(firstColumn, firstColumn + columnCount);
    const findings =
      factor !== null
        ? ofLevels(factor.name, factor.value)
        : names.flatMap((name, k) => {
            const start = (firstColumn + k) * coded.rows;
            return ofColumn(name, coded.matrix.subarray(start, start + coded.rows)) ?? [];
          });
    for (const finding of findings) problems.push(warningAt("separation", span, finding, hint));
  }
}

interface Outcomes {
  hasSuccess(row: number): boolean;
  hasFailure(row: number): boolean;
}

function absentOutcome(count: number, rows: Outcomes): "successes" | "failures" | null {
  let [success, failure] = [false, false];
  for (let i = 0; i < count; i++) {
    success ||= rows.hasSuccess(i);
    failure ||= rows.hasFailure(i);
  }
  return success ? (failure ? null : "failures") : "successes";
}

function separatedLevels(name: string, { codes, levels }: FactorValue, rows: Outcomes): string[] {
  const success = new Uint8Array(levels.length);
  const failure = new Uint8Array(levels.length);
  codes.forEach((code, i) => {
    if (rows.hasSuccess(i)) success[code] = 1;
    if (rows.hasFailure(i)) failure[code] = 1;
  });
  return levels.flatMap((level, code) => {
    const absent = success[code] === 0 ? "successes" : failure[code] === 0 ? "failures" : null;
    return absent === null ? [] : [`${name}.${level} has no ${absent}`];
  });
}

/** A threshold with no successes on one side and no failures on the other; rows at the threshold itself may be of either kind. */
function splitOf(name: string, column: Float64Array, rows: Outcomes): string | null {
  const successes = rangeOf(column, rows.hasSuccess);
  const failures = rangeOf(column, rows.hasFailure);
  if (failures.high <= successes.low) return describe(name, "successes", failures, "failures", successes);
  if (successes.high <= failures.low) return describe(name, "failures", successes, "successes", failures);
  return null;
}

/** `below` is the range of the rows without `absentBelow`, and so on; null where the column is constant. */
function describe(name: string, absentBelow: string, below: Range, absentAbove: string, above: Range): string | null {
  if (below.high < above.low) {
    return `${name} separates the responses: no ${absentBelow} up to ${below.high}, no ${absentAbove} from ${above.low}`;
  }
  const parts = [
    ...(below.low < below.high ? [`no ${absentBelow} below ${below.high}`] : []),
    ...(above.high > above.low ? [`no ${absentAbove} above ${above.low}`] : []),
  ];
  return parts.length === 0 ? null : `${name} separates the responses: ${parts.join(", ")}`;
}

interface Range {
  readonly low: number;
  readonly high: number;
}

function rangeOf(column: Float64Array, includes: (row: number) => boolean): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < column.length; i++) {
    if (!includes(i)) continue;
    if (column[i] < low) low = column[i];
    if (column[i] > high) high = column[i];
  }
  return { low, high };
}
