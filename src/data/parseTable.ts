import { type ColumnBuilder, checkColumnNames, NumberBuilder, TextBuilder } from "./columnBuilders.js";
import { DataError, quote } from "./DataError.js";
import type { Column, Table } from "./Table.js";
import { countLineEnds, lineOfRecord, type Piece, recordsOf, type TextSource, wholeRecords } from "./textRecords.js";

export interface ParseOptions {
  /** What the table and its errors are called: a file name. */
  readonly name: string;
  /** What stands between cells. Default: a tab where the name ends in .tsv or .tab, else a comma. */
  readonly delimiter?: string;
}

/** The rows of a delimited text, as a file holds them. */
interface TextFile {
  readonly name: string;
  readonly delimiter: string;
  readonly read: TextSource;
}

const sliceLength = 65536;

/**
 * Reads delimited text with a header (RFC 4180: cells in double quotes may hold delimiters, line ends and doubled
 * quotes). Blank lines are skipped. A cell that is empty, NA or NaN is missing, quoted or not, white space aside. A
 * column whose other cells are all finite decimal numbers is numeric, and so is one that is missing throughout;
 * any other is text, each cell exactly as written. Column names lose the white space around them.
 *
 * A large text comes as a function that yields it in chunks, cut anywhere, from the beginning at each call: it is
 * called again where a column turns out to be text after it has begun with numbers.
 * @throws DataError
 */
export function parseTable(text: string | TextSource, options: ParseOptions): Table {
  const { name, delimiter = /\.(tsv|tab)$/i.test(name) ? "\t" : "," } = options;
  if (delimiter === "" || /["\r\n]/.test(delimiter)) {
    const problem = `the delimiter cannot be ${quote(delimiter)}`;
    throw new DataError("bad-delimiter", { name }, problem, 'use a character such as ",", ";" or a tab');
  }
  const file = { name, delimiter, read: typeof text === "string" ? () => slices(text) : text };
  const { names, columns, rows } = readColumns(file);
  return { name, rows, columns: new Map(names.map((column, i) => [column, columns[i]])) };
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += sliceLength) yield text.slice(at, at + sliceLength);
}

function readColumns(file: TextFile): { names: readonly string[]; columns: Column[]; rows: number } {
  const { names, columns, rows } = readCells(file, (count) => Array.from({ length: count }, () => new NumberBuilder()));
  if (!columns.includes(null)) return { names, columns: columns.filter((column) => column !== null), rows };
  const again = readCells(file, () => columns.map((column) => (column === null ? new TextBuilder() : unread)));
  if (again.rows !== rows) {
    const problem = `${rows} rows when first read and ${again.rows} the second time`;
    throw new DataError("changed", { name: file.name }, problem, "give a source that can be read from the beginning twice");
  }
  return { names, columns: columns.map((column, i) => column ?? again.columns[i]), rows };
}
