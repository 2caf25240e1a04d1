import { type ArgumentKind, checkArgument } from "../argument/checkArgument.js";
import { objectWith } from "../argument/kinds.js";
import { type CellFormat, cellFormat } from "./cells.js";
import {
  type ColumnBuilder,
  checkColumnNames,
  NumberBuilder,
  passedOver,
  TextBuilder,
  UnnamedBuilder,
} from "./columnBuilders.js";
import { DataError, type DataPlace, quote } from "./DataError.js";
import { findDelimiter } from "./findDelimiter.js";
import type { Column, Table } from "./Table.js";
import { countLineEnds, lineOfRecord, type Piece, recordsOf, type TextSource, wholeRecords } from "./textRecords.js";

/** How delimited text is read. */
export interface ParseOptions {
  /** What the table and its errors are called: a file name. */
  readonly name: string;
  /**
   * What stands between cells. Default: a tab where the name ends in .tsv, .tab or .txt, else a comma, unless the header has
   * another mark in their place, which `notes` of the table says.
   */
  readonly delimiter?: string;
  /** The decimal mark. Default: a point; a comma where cells do not stand between commas and numbers have one. */
  readonly decimal?: "." | ",";
  /** Texts that are missing values, besides empty cells, NA and NaN: [".", "-99"]. A number is missing however it is written. */
  readonly na?: readonly string[];
  /** Names of columns that are text, whatever their cells look like. */
  readonly text?: readonly string[];
  /** What the first column is called where it has no name, as R writes row names. Default: such a column is left out. */
  readonly rowNames?: string;
}

/** The rows of a delimited text, as a file holds them. */
interface TextFile {
  readonly name: string;
  readonly delimiter: string;
  readonly format: CellFormat;
  readonly text: readonly string[];
  readonly rowNames: string;
  readonly read: TextSource;
}

const sliceLength = 65536;

/**
 * Reads delimited text with a header (RFC 4180: cells in double quotes may hold delimiters, line ends and doubled
 * quotes). Lines and rows without any value are skipped, and so are columns without a name or a value. A cell that is empty,
 * NA or NaN is missing, quoted or not, white space aside.
 *
 * A column is numeric where its other cells are all finite decimal numbers, or all missing; a date where they are all dates
 * (see `writtenDate`); else it is text, each cell exactly as written. Integers beyond 2^53 and integers with leading zeros are
 * labels: text. A text column that is numbers or dates but for some cells is in doubt (`Doubt`).
 *
 * A large text comes as a function that yields it in chunks, cut anywhere, from the beginning at each call: it is
 * called again where a column turns out to be text after it has begun with numbers.
 * @throws DataError
 */
export function parseTable(text: string | TextSource, options: ParseOptions): Table {
  checkArgument(delimitedText, text, "parseTable", "text");
  checkArgument(withName, options, "parseTable", "options");
  const { name, na = [], rowNames = "", text: textColumns = [] } = options;
  if (options.delimiter !== undefined) checkDelimiter(options.delimiter, name);
  const read = typeof text === "string" ? () => slices(text) : text;
  const usual = /\.(tsv|tab|txt)$/i.test(name) ? "\t" : ",";
  const delimiter = options.delimiter ?? findDelimiter(read, usual);
  const withDecimal = (decimal: "." | ","): TextFile => {
    return { name, delimiter, format: cellFormat(decimal, na), text: textColumns, rowNames, read };
  };
  const found = readColumns(withDecimal(options.decimal ?? "."));
  const isComma = options.decimal === undefined && delimiter !== "," && hasDecimalCommas(found.columns);
  const { columns, rows, notes } = isComma ? readColumns(withDecimal(",")) : found;
  const layout = [
    ...(delimiter === (options.delimiter ?? usual) ? [] : [`cells stand between ${quote(delimiter)}`]),
    ...(isComma ? ["the decimal mark is a comma"] : []),
  ];
  const all = [...(layout.length > 0 ? [`${name}: ${layout.join(", ")}`] : []), ...notes];
  return { name, rows, columns, ...(all.length > 0 && { notes: all }) };
}

function checkDelimiter(delimiter: string, name: string): void {
  if (delimiter !== "" && !/["\r\n]/.test(delimiter)) return;
  const problem = `the delimiter cannot be ${quote(delimiter)}`;
  throw new DataError("bad-delimiter", { name }, problem, 'use a character such as ",", ";" or a tab');
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += sliceLength) yield text.slice(at, at + sliceLength);
}

/** Whether decimal commas, and no decimal points, are what keeps columns from being numbers. */
function hasDecimalCommas(columns: ReadonlyMap<string, Column>): boolean {
  const all = [...columns.values()];
  const hasPoints = all.some(({ kind, ...column }) => "values" in column && !column.values.every(isIntegerOrMissing));
  const doubts = all.flatMap((column) => (column.kind === "text" && column.doubt !== undefined ? [column.doubt] : []));
  // At least one comma must not be one that may stand between thousands.
  const isTelling = doubts.some(({ commaDecimals, thousands }) => commaDecimals > thousands);
  return !hasPoints && isTelling && doubts.some(({ commaDecimals, count }) => 2 * commaDecimals > count);
}

function isIntegerOrMissing(value: number): boolean {
  return Number.isInteger(value) || Number.isNaN(value);
}

interface ReadColumns extends Pick<Table, "columns" | "rows"> {
  readonly notes: readonly string[];
}

function readColumns(file: TextFile): ReadColumns {
  const { names, columns, rows, notes } = readCells(file, (name) =>
    file.text.includes(name) ? new TextBuilder(file.format, 0, true) : new NumberBuilder(file.format),
  );
  const isLate = (i: number) => names[i] !== "" && columns[i] === null;
  const late = names.some((_, i) => isLate(i)) ? readLateText(file, isLate, names.length, rows) : columns;
  const all = names.flatMap((name, i): [string, Column][] => {
    const column = columns[i] ?? late[i];
    return name === "" || column === null ? [] : [[name, column]];
  });
  return { columns: new Map(all), rows, notes };
}

/** Reads columns again, as text. */
function readLateText(
  file: TextFile,
  isLate: (column: number) => boolean,
  width: number,
  rows: number,
): readonly (Column | null)[] {
  const again = readCells(file, (_, i) => (isLate(i) ? new TextBuilder(file.format) : passedOver));
  if (again.rows === rows && again.columns.length === width) return again.columns;
  const hint = "give a source that starts from the beginning at each call";
  throw new DataError("changed", { name: file.name }, "the text was another one when it was read again", hint);
}

interface ReadCells {
  /** Empty for a column that is left out. */
  readonly names: readonly string[];
  /** One a name; null where the cells were passed over. */
  readonly columns: readonly (Column | null)[];
  readonly rows: number;
  readonly notes: readonly string[];
}

/** One pass over the text, with the builder that each column starts with. */
function readCells(file: TextFile, builderOf: (name: string, column: number) => ColumnBuilder): ReadCells {
  let names: readonly string[] | null = null;
  let builders: ColumnBuilder[] = [];
  let rows = 0;
  let blank = 0;
  for (const piece of wholeRecords(file.read())) {
    checkCharacters(piece, file.name);
    for (const [i, record] of recordsOf(piece, file.delimiter, file.name).entries()) {
      if (names === null) {
        if (record.join(file.delimiter) === `sep=${file.delimiter}`) continue;
        const place = { name: file.name, line: lineOfRecord(piece, i) };
        names = readHeader(record, file, place);
        builders = names.map((name, column) => startOf(name, column, place, builderOf));
        continue;
      }
      if (names.length > 1 && isBlank(record)) {
        blank++;
        continue;
      }
      if (record.length !== names.length && !isPadded(record, names.length))
        throw cellCountError(record, names, file, lineOfRecord(piece, i));
      for (let j = 0; j < builders.length; j++) builders[j] = builders[j].add(record[j]);
      rows++;
    }
  }
  if (names === null || rows === 0) throw emptyError(file.name, names === null);
  const notes = [
    ...(names[0] === "" ? [`${file.name}: column 1 has no name, as R writes row names, and is left out`] : []),
    ...(blank > 0 ? [`${file.name}: ${counted(blank, "row")} without any value left out`] : []),
  ];
  return { names, columns: builders.map((builder) => builder.finish()), rows, notes };
}

/** The first column may hold R's row names; another one without a name must be empty. */
function startOf(
  name: string,
  column: number,
  place: DataPlace,
  builderOf: (name: string, column: number) => ColumnBuilder,
): ColumnBuilder {
  if (name !== "") return builderOf(name, column);
  return column === 0 ? passedOver : new UnnamedBuilder({ ...place, column: column + 1 });
}

/** The first character alone tells of most rows. */
function isBlank(record: readonly string[]): boolean {
  return !(record[0].charCodeAt(0) > 32) && record.every((cell) => cell.trim() === "");
}

/** Whether only empty cells follow after the columns of the header. */
function isPadded(record: readonly string[], width: number): boolean {
  return record.length > width && record.slice(width).every((cell) => cell.trim() === "");
}

function readHeader(record: readonly string[], file: TextFile, place: DataPlace): readonly string[] {
  const { delimiter, rowNames, text, name } = file;
  const names = record.map((cell, column) => cell.trim() || (column === 0 ? rowNames : ""));
  checkColumnNames(names, place, names.length > 1 && names.some((column) => column !== ""));
  const unknown = text.find((column) => !names.includes(column));
  if (unknown !== undefined) {
    const problem = `no column is called ${quote(unknown)}, which is to be read as text`;
    throw new DataError("unknown-text-column", { name }, problem, `the columns are ${names.join(", ")}`);
  }
  const other = [",", ";", "\t", "|"].find(
    (mark) => mark !== delimiter && names.length === 1 && names[0].includes(mark),
  );
  if (other === undefined) return names;
  const problem = `the cells of the header stand between ${quote(other)}, not ${quote(delimiter)}`;
  throw new DataError("other-delimiter", place, problem, `give the delimiter, ${quote(other)}`);
}

function checkCharacters(piece: Piece, name: string): void {
  const at = piece.text.search(/[\0\p{Surrogate}]/u);
  if (at < 0) return;
  const line = piece.line + countLineEnds(piece.text.slice(0, at));
  const problem =
    piece.text[at] === "\0" ? "a NUL character: this is not text" : "half a surrogate pair: this is not text";
  throw new DataError("not-text", { name, line }, problem, "save the data as CSV in UTF-8");
}

function cellCountError(record: readonly string[], names: readonly string[], file: TextFile, line: number): DataError {
  const problem = `${counted(record.length, "cell")} where the header has ${names.length}`;
  const hint = `cells stand between ${quote(file.delimiter)}; quote a cell that has one inside`;
  return new DataError("cell-count", { name: file.name, line }, problem, hint);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function emptyError(name: string, isEmpty: boolean): DataError {
  const problem = isEmpty ? "there is nothing in it" : "there is a header and no row";
  return new DataError("no-rows", { name }, problem, "give a line of column names and one line a row");
}

const delimitedText: ArgumentKind = {
  code: "not-text",
  expected: "the text of a table, or a function that yields it in pieces",
  accepts: (value) => typeof value === "string" || typeof value === "function",
};

const withName = objectWith("not-options", 'options with the name of the table: { name: "data.csv" }', {
  name: "text",
});
