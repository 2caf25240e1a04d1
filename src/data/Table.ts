/** A column of numbers; NaN is missing. */
export interface NumberColumn {
  readonly kind: "number";
  readonly values: Float64Array;
}

/** Text as levels: the levels in code-point order and, per row, the level's position or -1 for missing. */
export interface LevelledCells {
  readonly codes: Int32Array;
  readonly levels: readonly string[];
}

/** A column of text as a factor. */
export interface TextColumn extends LevelledCells {
  readonly kind: "text";
  /** Present where every cell is a number whose text says more, as that of an identifier does. */
  readonly label?: NumericLabel;
  /** Present where the column looks like numbers or dates but for some cells: a model takes it in factor() only. */
  readonly doubt?: Doubt;
}

/** A column of dates or of dates with times. */
export interface DateColumn extends LevelledCells {
  readonly kind: "date";
  /** Days since 1970-01-01 per row, a time as a fraction of its day; NaN is missing. */
  readonly days: Float64Array;
  /** Which of day and month comes first where it took the other cells to tell. */
  readonly form?: "day-first" | "month-first";
}

/** A column of an in-memory table with a value that no model can use, such as an object. */
export interface UnusableColumn {
  readonly kind: "unusable";
  /** "an object in row 3" */
  readonly problem: string;
  readonly hint: string;
}

/** A column of a table: numbers, texts with their levels, dates, or what cannot be used. */
export type Column = NumberColumn | TextColumn | DateColumn | UnusableColumn;

/** Why a column of numbers has its text as levels. */
export interface NumericLabel {
  readonly reason: "leading-zeros" | "large-integers" | "strings";
  /** The first such cell, and its row from 1. */
  readonly text: string;
  readonly row: number;
  /** Whether all cells have the same number of characters, as codes do. */
  readonly isFixedWidth: boolean;
  /** Each level as a number, rounded where it is beyond 2^53. */
  readonly numbers: Float64Array;
}

/** The cells that keep a column from being read as numbers or dates. */
export interface Doubt {
  readonly almost: "number" | "date";
  /** A stable word: "stray-cells", "number-format" (no cell is a plain number), "ambiguous-dates", "mixed-types". */
  readonly reason: "stray-cells" | "number-format" | "ambiguous-dates" | "mixed-types";
  /** How many cells, and of how many that are not missing. */
  readonly count: number;
  readonly total: number;
  /** The first few distinct ones, in order of appearance. */
  readonly cells: readonly StrayCell[];
  /** How many distinct ones there are. */
  readonly distinct: number;
  /** Cells that are numbers if a comma is the decimal mark. */
  readonly commaDecimals: number;
  /** Cells whose commas may stand between thousands. */
  readonly thousands: number;
}

/** A cell that keeps a column from being one of numbers. */
export interface StrayCell {
  readonly text: string;
  /** The first few rows that hold it, from 1. */
  readonly rows: readonly number[];
  readonly count: number;
}

/** The file that a table was read from. */
export interface TableSource {
  /** The path as it was given. */
  readonly file: string;
  /** SHA-256 of the file's bytes, in hexadecimal digits. */
  readonly sha256: string;
}

/** Typed columns of equal length. */
export interface Table {
  /** What errors call it: a file name, or "data". */
  readonly name: string;
  readonly rows: number;
  readonly columns: ReadonlyMap<string, Column>;
  /** What was recognised or left out in reading, a sentence each: "cells stand between \";\"". */
  readonly notes?: readonly string[];
  /** Absent for data in memory. */
  readonly source?: TableSource;
}
