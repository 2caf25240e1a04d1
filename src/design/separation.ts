import type { Span } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import type { CodedMatrix } from "./codedMatrix.js";
import { warningAt } from "./problems.js";
import type { ResponseValues } from "./responseValues.js";
import type { FactorValue } from "./Value.js";

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
  const warn = (message: string, span = place) => {
    const hint = "maximum likelihood has no finite estimate; a proper prior gives one";
    problems.push(warningAt("separation", span, message, hint));
  };
  const overall = absentOutcome(coded.rows, rows);
  if (overall !== null) {
    warn(`the response has no ${overall}s`);
    return;
  }
  for (const { factor, firstColumn, columnCount, span } of coded.terms) {
    if (factor !== null) for (const finding of separatedLevels(factor.name, factor.value, rows)) warn(finding, span);
    else {
      for (let j = firstColumn; j < firstColumn + columnCount; j++) {
        const column = coded.matrix.subarray(j * coded.rows, (j + 1) * coded.rows);
        const finding = splitOf(coded.columns[j], column, rows);
        if (finding !== null) warn(finding, span);
      }
    }
  }
}

interface Outcomes {
  hasSuccess(row: number): boolean;
  hasFailure(row: number): boolean;
}

function absentOutcome(count: number, rows: Outcomes): "success" | "failure" | null {
  let [success, failure] = [false, false];
  for (let i = 0; i < count; i++) {
    success ||= rows.hasSuccess(i);
    failure ||= rows.hasFailure(i);
  }
  return success ? (failure ? null : "failure") : "success";
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
