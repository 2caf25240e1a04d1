import { CsvError, parse } from "csv-parse/browser/esm/sync";
import { DataError } from "./DataError.js";

/** Whole records of a delimited text. */
export interface Piece {
  readonly text: string;
  /** The line, from 1, on which it begins. */
  readonly line: number;
}

/** A text that is read from its beginning as often as it is called. */
export type TextSource = () => Iterable<string>;

/** Node and browsers have it; it spares csv-parse a slow conversion. */
declare const TextEncoder: new () => { encode(text: string): Uint8Array };

const lineEnd = /\r\n?|\n/;

/**
 * Cuts a text at ends of records, so that each piece can be parsed, and forgotten, on its own. A line feed ends a
 * record where the quotes before it are even in number; where that misleads, a quote is misplaced further up and the
 * parser stops there. A byte order mark is left out.
 */
export function* wholeRecords(chunks: Iterable<string>): Generator<Piece> {
  let line = 1;
  let rest = "";
  let quoted = false;
  for (const chunk of chunks) {
    const last = lastRecordEnd(chunk, quoted);
    quoted = last.quoted;
    if (last.end > 0) {
      const text = rest + chunk.slice(0, last.end);
      yield pieceAt(line, text);
      line += countLineEnds(text);
      rest = "";
    }
    rest += chunk.slice(last.end);
  }
  if (rest !== "") yield pieceAt(line, rest);
}

function pieceAt(line: number, text: string): Piece {
  return { text: line === 1 && text.startsWith("\ufeff") ? text.slice(1) : text, line };
}

/** The end of the last whole record in a chunk (0 for none), and whether the chunk ends inside quotes. */
function lastRecordEnd(chunk: string, startsQuoted: boolean): { end: number; quoted: boolean } {
  let quoted = !startsQuoted;
  let end = 0;
  let start = 0;
  for (const part of chunk.split('"')) {
    quoted = !quoted;
    const feed = quoted ? -1 : part.lastIndexOf("\n");
    if (feed >= 0) end = start + feed + 1;
    start += part.length + 1;
  }
  return { end, quoted };
}

/**
 * The records of a piece, blank lines left out. Without a quote, a record is a line and needs no parser.
 * @throws DataError where quotes are misplaced.
 */
export function recordsOf(piece: Piece, delimiter: string, name: string): string[][] {
  const { text } = piece;
  if (!text.includes('"')) return linesOf(text).map((line) => line.split(delimiter));
  const options = { delimiter, record_delimiter: ["\r\n", "\n", "\r"] };
  try {
    return parse(new TextEncoder().encode(text), { ...options, relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    throw error instanceof CsvError ? quoteError(error, piece, name) : error;
  }
}

function linesOf(text: string): string[] {
  return text.split(text.includes("\r") ? lineEnd : "\n").filter((line) => line !== "");
}

const quoteProblems: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "the quote that opens here is not closed",
  INVALID_OPENING_QUOTE: "a quote inside a cell that is not quoted",
  CSV_INVALID_CLOSING_QUOTE: "the quoted cell goes on after its closing quote",
};

function quoteError(error: CsvError, piece: Piece, name: string): DataError {
  const place = { name, line: lineOfRecord(piece, Number(error.records)), column: Number(error.column) + 1 };
  const hint = 'quote the whole cell, with no space outside the quotes, and write a quote inside it as ""';
  return new DataError("misplaced-quote", place, quoteProblems[error.code] ?? error.message, hint);
}

/** The line on which a record of a piece begins; records count from 0. */
export function lineOfRecord({ text, line }: Piece, record: number): number {
  let lines = line;
  let records = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"[^"]*"?|\r\n?|\n/g)) {
    if (token.startsWith('"')) {
      if (records === record) break;
      lines += countLineEnds(token);
      continue;
    }
    const blank = index === start;
    if (!blank && records === record) break;
    if (!blank) records++;
    lines++;
    start = index + token.length;
  }
  return lines;
}

/** How many lines end in a text. */
export function countLineEnds(text: string): number {
  if (text.includes("\r")) return text.split(lineEnd).length - 1;
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
