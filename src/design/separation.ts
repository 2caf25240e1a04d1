import type { Span } from "../language/ast.js";
import type { Problem } from "../language/ModelError.js";
import type { Steps } from "../math/steps.js";
import type { CodedMatrix, CodedTerm } from "./codedMatrix.js";
import type { Separation } from "./Design.js";
import type { FamilySignature } from "./FamilySignature.js";
import { counted, warningAt } from "./problems.js";
import { findSeparation, type Sides } from "./recession.js";
import { isBinomial, isCount, type ResponseValues } from "./responseValues.js";

const hint = "maximum likelihood has no finite estimate; a proper prior gives one";
/** Findings of one term that are told one by one. */
const MOST_FINDINGS = 5;

/** How the rows of a family go to the ends of the mean's range. */
export interface Outcomes {
  readonly sides: Sides;
  /** What a row of side 1 or -1 lacks. */
  readonly absent: { readonly above: string; readonly below: string };
  /** Of a response that goes to one end as a whole. */
  readonly whole: { readonly above: string; readonly below: string };
}

/** Null where no row of such a response has an outcome at an end of the mean's range, or the link's ends are not at infinity. */
export function outcomesOf(
  family: FamilySignature,
  values: Pick<ResponseValues, "values" | "trials" | "censoring" | "truncation">,
  link: string,
): Outcomes | null {
  // A response that is seen or known in part says something else at the ends.
  if (values.censoring !== null || values.truncation !== null) return null;
  if (isBinomial(family)) return binomialOutcomes(values, link);
  return isCount(family) ? countOutcomes(values, link) : null;
}

/** A row of several trials may have both outcomes. Null under a link whose ends are not at infinity. */
function binomialOutcomes(
  { values, trials }: Pick<ResponseValues, "values" | "trials">,
  link: string,
): Outcomes | null {
  // Under log, a probability of 1 is at eta = 0; under identity both ends are finite.
  if (link === "identity") return null;
  const hasUpperEnd = link !== "log";
  const sides = new Int8Array(values.length);
  for (let i = 0; i < sides.length; i++) {
    if (values[i] === 0) sides[i] = -1;
    else if (hasUpperEnd && values[i] === (trials === null ? 1 : trials[i])) sides[i] = 1;
  }
  return {
    sides,
    absent: { above: "no failures", below: "no successes" },
    whole: { above: "the response has no failures", below: "the response has no successes" },
  };
}

/** Under a log link the mean of a row with a count of 0 runs to 0. */
function countOutcomes({ values }: Pick<ResponseValues, "values">, link: string): Outcomes | null {
  if (link !== "log") return null;
  const sides = new Int8Array(values.length);
  for (let i = 0; i < sides.length; i++) if (values[i] === 0) sides[i] = -1;
  return {
    sides,
    absent: { above: "", below: "no count but 0" },
    whole: { above: "", below: "the response is 0 in every row" },
  };
}

/**
 * Looks for a separation of the rows by the fixed effects in `kept`, which are linearly independent, and warns of it: by the levels and
 * cells of factors that do it, by single numbers that do, or else by the columns that do it together.
 */
export function* checkSeparation(
  coded: CodedMatrix,
  kept: readonly number[],
  outcomes: Outcomes,
  place: Span | undefined,
  problems: Problem[],
): Steps<Separation | null> {
  const found = yield* findSeparation(coded, kept, outcomes.sides);
  if (found === "unchecked") {
    const message = `${counted(kept.length, "column")}: too many to be checked for separation of the responses`;
    problems.push(warningAt("separation-unchecked", place, message, hint));
    return null;
  }
  if (found === null) return null;
  const whole = wholeSide(outcomes);
  if (whole !== null) problems.push(warningAt("one-outcome", place, whole, hint));
  else problems.push(...explained(coded, outcomes, found, place));
  return found;
}

function wholeSide({ sides, whole }: Outcomes): string | null {
  if (sides.every((side) => side === 1)) return whole.above;
  return sides.every((side) => side === -1) ? whole.below : null;
}

/** Warnings that between them name a cause of every row that is separated. */
function explained(coded: CodedMatrix, outcomes: Outcomes, found: Separation, place: Span | undefined): Problem[] {
  const isSeparated = new Uint8Array(coded.rows).fill(1);
  for (const row of found.freeRows) isSeparated[row] = 0;
  const isOpen = isSeparated.slice();
  const problems: Problem[] = [];
  for (const term of coded.terms) {
    const findings = term.parts.every(({ factor }) => factor !== null)
      ? separatedCells(term, outcomes, isSeparated, isOpen)
      : separatingColumns(coded, term, outcomes, isSeparated, isOpen);
    const more = findings.length - MOST_FINDINGS;
    for (const finding of findings.slice(0, MOST_FINDINGS))
      problems.push(warningAt("separation", term.span, finding, hint));
    if (more > 0) problems.push(warningAt("separation", term.span, `and so ${more} more of ${term.name}`, hint));
  }
  if (!isOpen.includes(1)) return problems;
  const names = found.notEstimable.map(({ name }) => name);
  const several = names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} more`] : names;
  const rows = counted(isSeparated.filter((value) => value === 1).length, "row");
  const message = `together ${several.join(", ")} separate the responses: ${rows} of ${coded.rows} fitted without error in the limit`;
  return [...problems, warningAt("separation", place, message, hint)];
}

/** The levels of a factor, or cells of several, whose rows are all separated to one side, where no lower term has said so. */
function separatedCells(
  term: CodedTerm,
  { sides, absent }: Outcomes,
  isSeparated: Uint8Array,
  isOpen: Uint8Array,
): string[] {
  const factors = term.parts.flatMap(({ factor }, v) =>
    factor === null ? [] : [{ ...factor.value, name: term.variables[v] }],
  );
  const cells = new Map<string, number[]>();
  for (let i = 0; i < sides.length; i++) {
    const key = factors.map(({ codes }) => codes[i]).join();
    const rows = cells.get(key);
    if (rows === undefined) cells.set(key, [i]);
    else rows.push(i);
  }
  const separated = [...cells.values()].filter(
    (rows) =>
      rows.every((i) => isSeparated[i] === 1 && sides[i] === sides[rows[0]]) && rows.some((i) => isOpen[i] === 1),
  );
  return separated
    .sort((a, b) => factors.reduceRight((order, { codes }) => order || codes[a[0]] - codes[b[0]], 0))
    .map((rows) => {
      for (const i of rows) isOpen[i] = 0;
      const names = factors.map(({ name, codes, levels }) => `${name}.${levels[codes[rows[0]]]}`);
      return `${names.join(":")} has ${sides[rows[0]] === 1 ? absent.above : absent.below}`;
    });
}

/** Single columns of a term that separate rows which nothing before has explained. */
function separatingColumns(
  { matrix, rows, columns }: CodedMatrix,
  { firstColumn, columnCount }: CodedTerm,
  outcomes: Outcomes,
  isSeparated: Uint8Array,
  isOpen: Uint8Array,
): string[] {
  return Array.from({ length: columnCount }, (_, c) => firstColumn + c).flatMap((j) => {
    const column = matrix.subarray(j * rows, (j + 1) * rows);
    const split = splitOf(column, outcomes);
    if (split === null || !isOpen.some((open, i) => open === 1 && column[i] !== split.boundary)) return [];
    for (let i = 0; i < rows; i++) if (column[i] !== split.boundary && isSeparated[i] === 1) isOpen[i] = 0;
    return [`${columns[j]} separates the responses: ${split.description}`];
  });
}

interface Split {
  readonly description: string;
  /** The value at which rows may be of any kind; NaN where there is none. */
  readonly boundary: number;
}

/** A threshold with one outcome absent below it and the other above; rows at the threshold itself may be of either kind. */
function splitOf(column: Float64Array, { sides, absent }: Outcomes): Split | null {
  const successes = rangeOf(column, (row) => sides[row] !== -1);
  const failures = rangeOf(column, (row) => sides[row] !== 1);
  const isBinary = new Set(column).size === 2;
  if (failures.high <= successes.low) return describe(absent.below, failures, absent.above, successes, isBinary);
  if (successes.high <= failures.low) return describe(absent.above, successes, absent.below, failures, isBinary);
  return null;
}

/** `below` is the range of the rows that do not lack what those above lack, and so on; null where the column is constant. */
function describe(lackBelow: string, below: Range, lackAbove: string, above: Range, isBinary: boolean): Split | null {
  const where = (value: number, otherwise: string) => (isBinary ? `where it is ${value}` : otherwise);
  if (below.high < above.low) {
    const ends = [where(below.high, `up to ${below.high}`), where(above.low, `from ${above.low}`)];
    return { description: `${lackBelow} ${ends[0]}, ${lackAbove} ${ends[1]}`, boundary: Number.NaN };
  }
  const boundary = below.high;
  const parts = [
    ...(below.low < boundary ? [`${lackBelow} ${where(below.low, `below ${boundary}`)}`] : []),
    ...(above.high > boundary ? [`${lackAbove} ${where(above.high, `above ${boundary}`)}`] : []),
  ];
  return parts.length === 0 ? null : { description: parts.join(", "), boundary };
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
