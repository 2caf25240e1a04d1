import type { Design } from "../../design/Design.js";
import { ComparisonError } from "../ComparisonError.js";
import { tableOrder } from "./tableOrder.js";

type Prepared = { readonly design: Design };

/** Likelihoods compare only where they are of the same responses. Throws ComparisonError where they are not. */
export function checkSameData({ design: a }: Prepared, { design: b }: Prepared): void {
  if (a.response.name !== b.response.name)
    throw new ComparisonError(
      `the models have different responses, ${a.response.name} and ${b.response.name}, so that their likelihoods do not compare; ` +
        "compare models of one response",
    );
  checkSameRows(a, b);
  checkSameWeights(a, b);
  const [trialsA, trialsB] = [trialsInTableOrder(a), trialsInTableOrder(b)];
  if (trialsA !== null && trialsB?.some((trials, i) => trials !== trialsA[i]))
    throw new ComparisonError(
      "the models have different numbers of trials, so that their likelihoods do not compare; give both the same size",
    );
}

function checkSameRows(a: Design, b: Design): void {
  const [rowsA, rowsB] = [new Set(a.rowIndex), new Set(b.rowIndex)];
  const [onlyA, onlyB] = [a.rowIndex.filter((row) => !rowsB.has(row)), b.rowIndex.filter((row) => !rowsA.has(row))];
  if (onlyA.length === 0 && onlyB.length === 0) return;
  const both = a.rows - onlyA.length;
  throw new ComparisonError(
    `the models use different rows, so that their likelihoods do not compare: A ${rowCounts(a)}, B ${rowCounts(b)}, ` +
      `${both} in common (${first(onlyA, onlyB)} that only one of them uses); --common-rows (commonRows) compares on the rows that both use`,
  );
}

function rowCounts({ rows, droppedRows }: Design): string {
  return `${rows} with ${droppedRows.length} dropped for missing values`;
}

/** Rows are counted from 1, as a table is read. */
function first(onlyA: Int32Array, onlyB: Int32Array): string {
  const row = Math.min(
    ...[onlyA, onlyB].flatMap((rows) => (rows.length === 0 ? [] : [rows.reduce((x, y) => Math.min(x, y))])),
  );
  return `row ${row + 1} is the first`;
}

/** Weights and known errors are part of the likelihood. */
function checkSameWeights(a: Design, b: Design): void {
  for (const [what, of] of [
    ["weights", (design: Design) => design.response.weights],
    ["known errors", (design: Design) => design.response.errors],
  ] as const) {
    const [own, others] = [a, b].map((design) => inTableOrder(design, of(design)));
    if (own === null && others === null) continue;
    if (own === null || others === null || own.some((value, i) => value !== others[i]))
      throw new ComparisonError(
        `the models have different ${what}, so that their likelihoods do not compare; give both the same ${what}`,
      );
  }
}

/** Null for a family without trials. */
function trialsInTableOrder(design: Design): Float64Array | null {
  return inTableOrder(design, design.response.trials);
}

function inTableOrder(design: Design, values: Float64Array | null): Float64Array | null {
  return values === null ? null : Float64Array.from(tableOrder(design), (k) => values[k]);
}
