import { compareCodePoints } from "./compareCodePoints.js";
import { DataError, type DataPlace, quote } from "./DataError.js";
import type { Column } from "./Table.js";

/** Takes the cells of one column from the top. */
export interface ColumnBuilder {
  /** Takes the next cell and returns the builder for those that follow. */
  add(cell: string): ColumnBuilder;
  /** The column, or null where the cells were not kept. */
  finish(): Column | null;
}

const numberLiteral = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const missingLiterals: ReadonlySet<string> = new Set(["", "NA", "NaN"]);
const initialCapacity = 1024;

/** A column of numbers until a cell is neither a finite number nor missing. */
export class NumberBuilder implements ColumnBuilder {
  private values = new Float64Array(initialCapacity);
  private length = 0;
  private hasNumber = false;

  add(cell: string): ColumnBuilder {
    if (numberLiteral.test(cell)) {
      const value = Number(cell);
      if (!Number.isFinite(value)) return this.turnToText(cell);
      this.hasNumber = true;
      this.push(value);
      return this;
    }
    if (!isMissing(cell)) return this.turnToText(cell);
    this.push(Number.NaN);
    return this;
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Float64Array(2 * this.length);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.length++] = value;
  }

  finish(): Column {
    return { kind: "number", values: this.values.slice(0, this.length) };
  }

  /** After numbers all cells have to be read once more, as text: "007" and "7" are one number and two levels. */
  private turnToText(cell: string): ColumnBuilder {
    return this.hasNumber ? passedOver : new TextBuilder(this.length).add(cell);
  }
}

/** A column of text: every distinct cell is a level. */
export class TextBuilder implements ColumnBuilder {
  private codes: Int32Array;
  private length: number;
  /** Level to code, in order of first appearance. */
  private readonly codeOf = new Map<string, number>();

  /** Starts with `missing` cells that are missing. */
  constructor(missing = 0) {
    this.codes = new Int32Array(Math.max(initialCapacity, 2 * missing)).fill(-1, 0, missing);
    this.length = missing;
  }

  add(cell: string): ColumnBuilder {
    this.push(isMissing(cell) ? null : cell);
    return this;
  }

  push(level: string | null): void {
    if (this.length === this.codes.length) {
      const longer = new Int32Array(2 * this.length);
      longer.set(this.codes);
      this.codes = longer;
    }
    this.codes[this.length++] = level === null ? -1 : this.code(level);
  }

  finish(): Column {
    const levels = [...this.codeOf.keys()].sort(compareCodePoints);
    const position = new Int32Array(levels.length);
    levels.forEach((level, i) => {
      position[this.code(level)] = i;
    });
    const codes = this.codes.slice(0, this.length).map((code) => (code < 0 ? -1 : position[code]));
    return { kind: "text", codes, levels };
  }

  private code(level: string): number {
    const known = this.codeOf.get(level);
    if (known !== undefined) return known;
    this.codeOf.set(level, this.codeOf.size);
    return this.codeOf.size - 1;
  }
}

/** Takes cells and keeps nothing. */
export const passedOver: ColumnBuilder = { add: () => passedOver, finish: () => null };

function isMissing(cell: string): boolean {
  return missingLiterals.has(cell) || missingLiterals.has(cell.trim());
}

/** @throws DataError where a column has no name or two have the same one. */
export function checkColumnNames(names: readonly string[], place: DataPlace): void {
  const first = new Map<string, number>();
  names.forEach((name, i) => {
    const column = i + 1;
    if (name === "") {
      const hint = "name every column (from R, write.csv(..., row.names = FALSE) leaves the row names out)";
      throw new DataError("unnamed-column", { ...place, column }, `column ${column} has no name`, hint);
    }
    const before = first.get(name);
    if (before !== undefined) {
      const problem = `columns ${before} and ${column} have the same name ${quote(name)}`;
      throw new DataError("duplicate-column", { ...place, column, columnName: name }, problem, "rename one of them");
    }
    first.set(name, column);
  });
}
