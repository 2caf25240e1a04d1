import { type CellFormat, isMissingCell, labelReason, numberIn } from "./cells.js";
import { classifyText } from "./classifyText.js";
import { compareCodePoints } from "./compareCodePoints.js";
import { DataError, type DataPlace, quote } from "./DataError.js";
import type { Column, LevelledCells } from "./Table.js";

/** Takes the cells of one column from the top. */
export interface ColumnBuilder {
  /** Takes the next cell and returns the builder for those that follow. */
  add(cell: string): ColumnBuilder;
  /** The column, or null where the cells were not kept. */
  finish(): Column | null;
}

const initialCapacity = 1024;

/** Numbers, in an array that grows. */
export class GrowingNumbers {
  private values = new Float64Array(initialCapacity);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Float64Array(2 * this.length);
      longer.set(this.values);
      this.values = longer;
    }
    this.values[this.length++] = value;
  }

  finish(): Float64Array {
    return this.values.slice(0, this.length);
  }
}

/** A column of numbers until a cell is neither a finite number nor missing, or is a label. */
export class NumberBuilder implements ColumnBuilder {
  private readonly numbers = new GrowingNumbers();
  private readonly format: CellFormat;
  private hasNumber = false;

  constructor(format: CellFormat) {
    this.format = format;
  }

  add(cell: string): ColumnBuilder {
    const value = numberIn(cell, this.format.decimal);
    if (value === null) {
      if (!isMissingCell(cell, this.format)) return this.turnToText(cell);
      this.numbers.push(Number.NaN);
    } else if (this.format.missingNumbers?.has(value)) this.numbers.push(Number.NaN);
    else if (!Number.isFinite(value) || labelReason(cell, value) !== null) return this.turnToText(cell);
    else {
      this.hasNumber = true;
      this.numbers.push(value);
    }
    return this;
  }

  finish(): Column {
    return { kind: "number", values: this.numbers.finish() };
  }

  /** After numbers all cells have to be read once more, as text: "007" and "7" are one number and two levels. */
  private turnToText(cell: string): ColumnBuilder {
    return this.hasNumber ? passedOver : new TextBuilder(this.format, this.numbers.length).add(cell);
  }
}

/** Levels of text: every distinct one, in order of appearance until the end. */
export class LevelBuilder {
  private codes: Int32Array;
  private length: number;
  /** Level to code, in order of first appearance. */
  private readonly codeOf = new Map<string, number>();

  /** Starts with `missing` cells that are missing. */
  constructor(missing = 0) {
    this.codes = new Int32Array(Math.max(initialCapacity, 2 * missing)).fill(-1, 0, missing);
    this.length = missing;
  }

  has(level: string): boolean {
    return this.codeOf.has(level);
  }

  push(level: string | null): void {
    if (this.length === this.codes.length) {
      const longer = new Int32Array(2 * this.length);
      longer.set(this.codes);
      this.codes = longer;
    }
    this.codes[this.length++] = level === null ? -1 : this.code(level);
  }

  finish(): LevelledCells {
    const levels = [...this.codeOf.keys()].sort(compareCodePoints);
    const position = new Int32Array(levels.length);
    levels.forEach((level, i) => {
      position[this.code(level)] = i;
    });
    const codes = this.codes.slice(0, this.length).map((code) => (code < 0 ? -1 : position[code]));
    return { codes, levels };
  }

  private code(level: string): number {
    const known = this.codeOf.get(level);
    if (known !== undefined) return known;
    this.codeOf.set(level, this.codeOf.size);
    return this.codeOf.size - 1;
  }
}

/** A column of text that is judged at its end: it may be dates, labels or levels. */
export class TextBuilder implements ColumnBuilder {
  private readonly levels: LevelBuilder;
  private readonly format: CellFormat;
  private readonly isPlain: boolean;

  /** Starts with `missing` cells that are missing; a plain column is text whatever its cells look like. */
  constructor(format: CellFormat, missing = 0, isPlain = false) {
    this.levels = new LevelBuilder(missing);
    this.format = format;
    this.isPlain = isPlain;
  }

  add(cell: string): ColumnBuilder {
    // What is a level already is not missing.
    const { levels, format } = this;
    if (levels.has(cell) || !isMissingCell(cell, format)) levels.push(cell);
    else levels.push(null);
    return this;
  }

  finish(): Column {
    const cells = this.levels.finish();
    return this.isPlain ? { kind: "text", ...cells } : classifyText(cells, this.format);
  }
}

/** Takes cells and keeps nothing. */
export const passedOver: ColumnBuilder = { add: () => passedOver, finish: () => null };

/** Takes the cells of a column without a name, which must all be empty. */
export class UnnamedBuilder implements ColumnBuilder {
  private readonly place: DataPlace;

  /** The place of its header. */
  constructor(place: DataPlace) {
    this.place = place;
  }

  add(cell: string): ColumnBuilder {
    if (cell.trim() !== "") throw unnamedColumn(this.place);
    return this;
  }

  finish(): null {
    return null;
  }
}

function unnamedColumn(place: DataPlace): DataError {
  const hint = "name every column (from R, write.csv(..., row.names = FALSE) leaves the row names out)";
  return new DataError("unnamed-column", place, `column ${place.column} has no name`, hint);
}

/**
 * @param allowsUnnamed whether a column may lack a name
 * @throws DataError where a column has no name or two have the same one.
 */
export function checkColumnNames(names: readonly string[], place: DataPlace, allowsUnnamed = false): void {
  const first = new Map<string, number>();
  names.forEach((name, i) => {
    const column = i + 1;
    if (name === "") {
      if (allowsUnnamed) return;
      throw unnamedColumn({ ...place, column });
    }
    const before = first.get(name);
    if (before !== undefined) {
      const problem = `columns ${before} and ${column} have the same name ${quote(name)}`;
      throw new DataError("duplicate-column", { ...place, column, columnName: name }, problem, "rename one of them");
    }
    first.set(name, column);
  });
}
