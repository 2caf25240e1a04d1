import { type ColumnBuilder, checkColumnNames, NumberBuilder, passedOver, TextBuilder } from "./columnBuilders.js";
import { DataError, type DataPlace, quote } from "./DataError.js";
import type { Column, Table } from "./Table.js";
import { countLineEnds, lineOfRecord, type Piece, recordsOf, type TextSource, wholeRecords } from "./textRecords.js";

export interface ParseOptions {
  /** What the table and its errors are called: a file name. */
  readonly name: string;
  /** What stands between cells. Default: a tab where the name ends in .tsv or .tab, else a comma. */
  readonly delimiter?: string;
  /** What the first column is called where it has no name, as R writes row names. Default: it must have one. */
  readonly rowNames?: string;
}

/** The rows of a delimited text, as a file holds them. */
interface TextFile {
  readonly name: string;
  readonly delimiter: string;
  readonly rowNames: string;
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
  const { name, delimiter = /\.(tsv|tab)$/i.test(name) ? "\t" : ",", rowNames = "" } = options;
  if (delimiter === "" || /["\r\n]/.test(delimiter)) {
    const problem = `the delimiter cannot be ${quote(delimiter)}`;
    throw new DataError("bad-delimiter", { name }, problem, 'use a character such as ",", ";" or a tab');
  }
  const file = { name, delimiter, rowNames, read: typeof text === "string" ? () => slices(text) : text };
  const { names, columns, rows } = readColumns(file);
  return { name, rows, columns: new Map(names.map((column, i) => [column, columns[i]])) };
}

function* slices(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += sliceLength) yield text.slice(at, at + sliceLength);
}

function readColumns(file: TextFile): { names: readonly string[]; columns: readonly Column[]; rows: number } {
  const { names, columns, rows } = readCells(file, () => new NumberBuilder());
  const late = columns.includes(null) ? readLateText(file, columns, rows) : columns;
  return { names, columns: columns.map((column, i) => column ?? late[i]).filter((column) => column !== null), rows };
}

/** Reads again, as text, the columns that are null. */
function readLateText(file: TextFile, columns: readonly (Column | null)[], rows: number): readonly (Column | null)[] {
  const again = readCells(file, (i) => (columns[i] === null ? new TextBuilder() : passedOver));
  if (again.rows === rows && again.columns.length === columns.length) return again.columns;
  const hint = "give a source that starts from the beginning at each call";
  throw new DataError("changed", { name: file.name }, "the text was another one when it was read again", hint);
}

interface ReadCells {
  readonly names: readonly string[];
  /** One a name; null where the cells were passed over. */
  readonly columns: readonly (Column | null)[];
  readonly rows: number;
}

/** One pass over the text, with the builder that each column starts with. */
function readCells(file: TextFile, builderOf: (column: number) => ColumnBuilder): ReadCells {
  let names: readonly string[] | null = null;
  let builders: ColumnBuilder[] = [];
  let rows = 0;
  for (const piece of wholeRecords(file.read())) {
    checkCharacters(piece, file.name);
    for (const [i, record] of recordsOf(piece, file.delimiter, file.name).entries()) {
      if (names === null) {
        names = readHeader(record, file, { name: file.name, line: lineOfRecord(piece, i) });
        builders = names.map((_, column) => builderOf(column));
        continue;
      }
      if (record.length !== names.length) throw cellCountError(record, names, file, lineOfRecord(piece, i));
      for (let j = 0; j < record.length; j++) builders[j] = builders[j].add(record[j]);
      rows++;
    }
  }
  if (names === null || rows === 0) throw emptyError(file.name, names === null);
  return { names, columns: builders.map((builder) => builder.finish()), rows };
}

function readHeader(record: readonly string[], { delimiter, rowNames }: TextFile, place: DataPlace): readonly string[] {
  const names = record.map((cell, column) => cell.trim() || (column === 0 ? rowNames : ""));
  checkColumnNames(names, place);
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
