import { expect } from "vitest";
import { DataError } from "../../src/data/DataError.js";
import type { Column, Table } from "../../src/data/Table.js";

/** The cells of a column: numbers, strings, null where missing. */
export function cells(column: Column | undefined): (number | string | null)[] {
  if (column === undefined) throw new Error("no such column");
  if (column.kind === "number") return [...column.values].map((value) => (Number.isNaN(value) ? null : value));
  if (column.kind === "unusable") throw new Error(column.problem);
  return [...column.codes].map((code) => (code < 0 ? null : (column.levels[code] ?? null)));
}

export function contents(table: Table): Record<string, (number | string | null)[]> {
  return Object.fromEntries([...table.columns].map(([name, column]) => [name, cells(column)]));
}

/** The kinds of the columns, in order: `count:number trt:text`. */
export function kinds(table: Table): string {
  return [...table.columns].map(([name, column]) => `${name}:${column.kind}`).join(" ");
}

/** What holds of every table: columns of one length, numbers finite or missing, levels distinct, used and in order. */
export function expectSound(table: Table): void {
  expect(table.rows).toBeGreaterThan(0);
  for (const column of table.columns.values()) {
    if (column.kind === "number") {
      expect(column.values.length).toBe(table.rows);
      expect([...column.values].some((value) => Math.abs(value) === Number.POSITIVE_INFINITY)).toBe(false);
      continue;
    }
    if (column.kind === "unusable") continue;
    expect(column.codes.length).toBe(table.rows);
    expect([...new Set(column.codes)].filter((code) => code >= 0).sort((a, b) => a - b)).toEqual(
      column.levels.map((_, i) => i),
    );
    expect([...column.levels].sort(byCodePoints)).toEqual(column.levels);
    expect(new Set(column.levels).size).toBe(column.levels.length);
  }
}

/** Code-point order, spelled out. */
export function byCodePoints(a: string, b: string): number {
  const x = [...a].map((character) => character.codePointAt(0) ?? 0);
  const y = [...b].map((character) => character.codePointAt(0) ?? 0);
  const at = x.findIndex((code, i) => code !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] ?? -1) - (y[at] ?? -1);
}

/** The DataError that a call ends in; anything else it does is a failure. */
export function dataError(call: () => unknown): DataError {
  try {
    call();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error("no error was thrown");
}
