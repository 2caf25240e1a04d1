import { sortRows } from "./sortRows.js";
import type { FactorValue } from "./Value.js";

/** Numbers as a factor: levels in numerical order, printed by String(). */
export function factorOfNumbers(values: Float64Array): FactorValue {
  const positions = new Map<number, number>();
  const codes = new Int32Array(values.length);
  values.forEach((value, i) => {
    const position = positions.get(value) ?? positions.size;
    if (position === positions.size) positions.set(value, position);
    codes[i] = position;
  });
  const sorted = Float64Array.from(positions.keys()).sort();
  const rank = new Int32Array(sorted.length);
  sorted.forEach((value, level) => {
    rank[positions.get(value) ?? 0] = level;
  });
  return { kind: "factor", codes: recoded(codes, rank), levels: Array.from(sorted, String), coding: "treatment" };
}

/** A text column's codes as a factor of the levels that occur. */
export function factorOfCodes(codes: Int32Array, levels: readonly string[]): FactorValue {
  const occurs = new Uint8Array(levels.length);
  for (const code of codes) occurs[code] = 1;
  const rank = new Int32Array(levels.length);
  const kept = levels.filter((_, level) => occurs[level] === 1);
  let next = 0;
  occurs.forEach((flag, level) => {
    rank[level] = flag === 1 ? next++ : -1;
  });
  return { kind: "factor", codes: recoded(codes, rank), levels: kept, coding: "treatment" };
}

/** The same factor with one level moved to the front. */
export function relevelled(factor: FactorValue, first: number): FactorValue {
  const rank = Int32Array.from(factor.levels, (_, level) => (level === first ? 0 : level < first ? level + 1 : level));
  const levels = [...factor.levels.slice(first, first + 1), ...factor.levels.filter((_, level) => level !== first)];
  return { ...factor, codes: recoded(factor.codes, rank), levels };
}

/** The same factor with its levels in this order, which has each of them once. */
export function inOrder(factor: FactorValue, levels: readonly string[]): FactorValue {
  const rank = Int32Array.from(factor.levels, (level) => levels.indexOf(level));
  return { ...factor, codes: recoded(factor.codes, rank), levels };
}

/** The factor of a product: the combinations that occur, "1:0", by the first factor's levels and then the next one's. */
export function crossedFactor(factors: readonly FactorValue[]): FactorValue {
  const [first, ...others] = factors;
  if (first === undefined || others.length === 0) return first ?? factorOfCodes(new Int32Array(0), []);
  const rows = first.codes.length;
  const order = sortRows(
    factors.map((factor) => ({ codes: factor.codes, size: factor.levels.length })),
    rows,
  );
  const codes = new Int32Array(rows);
  const levels: string[] = [];
  let previous = -1;
  for (const row of order) {
    if (previous < 0 || factors.some((factor) => factor.codes[row] !== factor.codes[previous])) {
      levels.push(factors.map((factor) => factor.levels[factor.codes[row]]).join(":"));
    }
    codes[row] = levels.length - 1;
    previous = row;
  }
  return { kind: "factor", codes, levels, coding: "treatment" };
}

function recoded(codes: Int32Array, rank: Int32Array): Int32Array {
  return codes.map((code) => rank[code]);
}
