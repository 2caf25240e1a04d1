import type { FixedTerm } from "./Design.js";

/**
 * The terms of a predictor some of whose coefficients are held at numbers, in the positions of the columns that are kept: a hypothesis has
 * the held coefficients at their values. A term that has an effect whatever the others are, or none, is left out: it has no test.
 */
export function heldHypotheses(
  terms: readonly FixedTerm[],
  held: ReadonlyMap<number, number>,
  kept: readonly number[],
): FixedTerm[] {
  const positions = new Map(kept.map((column, k) => [column, k]));
  return terms.flatMap((term) => {
    const own = Array.from({ length: term.columnCount }, (_, c) => term.firstColumn + c);
    const left = own.filter((column) => !held.has(column));
    const place = { name: term.name, firstColumn: positions.get(left[0]) ?? -1, columnCount: left.length };
    if (!(term.marginal?.columns ?? own).some((column) => held.has(column)))
      return [{ ...place, marginal: term.marginal && moved(term.marginal, positions) }];
    const marginal = conditioned(term.marginal ?? byThemselves(own), held);
    return marginal === null ? [] : [{ ...place, marginal: moved(marginal, positions) }];
  });
}

type Hypothesis = NonNullable<FixedTerm["marginal"]>;

function byThemselves(columns: readonly number[]): Hypothesis {
  const weights = columns.flatMap((row) => columns.map((column) => (row === column ? 1 : 0)));
  return { columns, weights: Float64Array.from(weights) };
}

/** With held coefficients at their values; null where nothing is left, or a sum of them alone is not zero. */
function conditioned(
  { columns, weights, constants }: Hypothesis,
  held: ReadonlyMap<number, number>,
): Hypothesis | null {
  const width = columns.length;
  const free = columns.flatMap((column, c) => (held.has(column) ? [] : [c]));
  const rows = Array.from({ length: weights.length / width }, (_, r) => {
    const row = weights.subarray(r * width, (r + 1) * width);
    const known = row.reduce((sum, weight, c) => sum + weight * (held.get(columns[c]) ?? 0), constants?.[r] ?? 0);
    return { weights: free.map((c) => row[c]), known };
  });
  const isFixed = ({ weights: own }: (typeof rows)[number]) => own.every((weight) => weight === 0);
  const open = rows.filter((row) => !isFixed(row));
  if (open.length === 0 || rows.some((row) => isFixed(row) && row.known !== 0)) return null;
  return {
    columns: free.map((c) => columns[c]),
    weights: Float64Array.from(open.flatMap((row) => row.weights)),
    constants: Float64Array.from(open, ({ known }) => known),
  };
}

function moved(hypothesis: Hypothesis, positions: ReadonlyMap<number, number>): Hypothesis {
  return { ...hypothesis, columns: hypothesis.columns.map((column) => positions.get(column) ?? -1) };
}
