import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { checkArgument } from "../../argument/checkArgument.js";
import { aPath } from "../../argument/kinds.js";
import { DataError } from "../../data/DataError.js";
import { type ParseOptions, parseTable } from "../../data/parseTable.js";
import { type BinaryFormat, binaryFormat, readBinary } from "../../data/readBinary.js";
import type { Table } from "../../data/Table.js";

/** How a data file is read. */
export interface ReadOptions extends Omit<ParseOptions, "name" | "delimiter"> {
  /**
   * What stands between cells. Default: a comma in .csv, a tab in .tsv, .tab and .txt, or what the header has in its place; a
   * file of another ending needs it.
   */
  readonly delimiter?: string;
}

/**
 * Reads a delimited text file as {@link parseTable} does, or a Parquet or Arrow file, told by its first bytes; the table is called by its path and knows the file's SHA-256. Text is
 * UTF-8, UTF-16, or else Windows-1252 (Latin-1), which `notes` of the table says.
 * @throws DataError where the file cannot be read, or not as a table.
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Table> {
  checkArgument(aPath, path, "readTable", "path");
  const bytes = await readBytes(path);
  const format = binaryFormat(bytes);
  if (format !== null) refuseTextOptions(options, format, path);
  const table = format === null ? readText(bytes, path, options) : await readBinary(bytes, format, path);
  return { ...table, source: { file: path, sha256: await sha256(bytes) } };
}

function refuseTextOptions(options: ReadOptions, format: BinaryFormat, name: string): void {
  const given = (["delimiter", "decimal", "na", "text"] as const).filter((option) => options[option] !== undefined);
  if (given.length === 0) return;
  const problem = `${given.join(" and ")} told of ${format === "parquet" ? "a Parquet" : "an Arrow"} file, which knows its types`;
  throw new DataError("text-option", { name }, problem, "such options are for text files: leave them out");
}

function readText(bytes: Buffer, path: string, options: ReadOptions): Table {
  if (options.delimiter === undefined) checkEnding(path);
  const { encoding, note } = encodingOf(bytes, path);
  const table = parseTable(() => decode(bytes, encoding), { name: path, ...options });
  const notes = [...(note === null ? [] : [note]), ...(table.notes ?? [])];
  return { ...table, ...(notes.length > 0 && { notes }) };
}

async function sha256(bytes: Buffer): Promise<string> {
  const { createHash } = await import("node:crypto");
  return createHash("sha256").update(bytes).digest("hex");
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    if ((await stat(path)).isDirectory()) throw fileError("EISDIR", path, "");
    return await readFile(path);
  } catch (error) {
    if (error instanceof DataError || !(error instanceof Error)) throw error;
    throw fileError("code" in error ? String(error.code) : "", path, error.message);
  }
}

function checkEnding(path: string): void {
  const ending = extname(path);
  if (/^\.(csv|tsv|tab|txt)$/i.test(ending)) return;
  const problem = ending === "" ? "a file name without an ending" : `unknown ending "${ending}"`;
  throw new DataError(
    "unknown-ending",
    { name: path },
    problem,
    "save the data as CSV, TSV, Parquet or Arrow; a text file of another ending needs its delimiter given",
  );
}

/** Causes and ways out by Node's error code. */
const fileProblems: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  ENOENT: ["there is no such file", "check the path; it is relative to the working directory"],
  EISDIR: ["this is a directory", "give the path of a .csv or .tsv file"],
  ENOTDIR: ["its folder is a file", "give the path of a .csv or .tsv file"],
  EACCES: ["no permission to read it", "change its permissions, or copy it"],
  ERR_FS_FILE_TOO_LARGE: ["larger than 2 GiB", "leave out the columns that the model does not need"],
};

function fileError(code: string, path: string, message: string): DataError {
  const [problem, hint] = fileProblems[code] ?? [message, "give the path of a .csv or .tsv file"];
  return new DataError("unreadable-file", { name: path }, problem, hint);
}

type Encoding = "utf8" | "utf-16le" | "utf-16be" | "windows-1252";

/** The encoding of a text, and what there is to say of it. Throws DataError for bytes that are no text. */
function encodingOf(bytes: Buffer, name: string): { readonly encoding: Encoding; readonly note: string | null } {
  const wide = wideEncoding(bytes);
  if (wide !== null) return { encoding: wide, note: `${name}: read as UTF-16` };
  if (isUtf8(bytes)) return { encoding: "utf8", note: null };
  const line = firstLineNotUtf8(bytes);
  if (!isLatin1(bytes))
    throw new DataError("encoding", { name, line }, "not UTF-8 text", "save the data as CSV in UTF-8");
  const note = `${name}: not UTF-8, first on line ${line}; read as Windows-1252 (Latin-1)`;
  return { encoding: "windows-1252", note };
}

/** UTF-16 by its mark, or by the zeros of its first two characters. */
function wideEncoding(bytes: Buffer): "utf-16le" | "utf-16be" | null {
  if (bytes.length < 4) return null;
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe) || (a > 0 && b === 0 && c > 0 && d === 0)) return "utf-16le";
  return (a === 0xfe && b === 0xff) || (a === 0 && b > 0 && c === 0 && d > 0) ? "utf-16be" : null;
}

/** A line feed is never part of a longer UTF-8 sequence, so lines can be judged one by one. */
function firstLineNotUtf8(bytes: Buffer): number {
  return [...linesOf(bytes)].findIndex((line) => !isUtf8(line)) + 1;
}

function* linesOf(bytes: Buffer): Generator<Buffer> {
  for (let start = 0; start <= bytes.length; ) {
    const feed = bytes.indexOf(10, start);
    const end = feed < 0 ? bytes.length : feed;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

/** Control characters that no text has, and bytes that Windows-1252 leaves undefined. */
function isNoText(byte: number): boolean {
  if (byte < 32) return byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13;
  return [0x7f, 0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(byte);
}

/** Whether bytes that are not UTF-8 can be Windows-1252: text, no line of which is UTF-8 beyond ASCII, not cut inside a character. */
function isLatin1(bytes: Buffer): boolean {
  if (endsInsideCharacter(bytes) || bytes.some(isNoText)) return false;
  for (const line of linesOf(bytes)) if (isUtf8(line) && line.some((byte) => byte > 127)) return false;
  return true;
}

/** Whether the last one to three bytes are the beginning of a UTF-8 character. */
function endsInsideCharacter(bytes: Buffer): boolean {
  return [1, 2, 3].some((cut) => {
    const rest = bytes.subarray(0, bytes.length - cut);
    return bytes.length > cut && bytes[bytes.length - cut] >= 0xc2 && isUtf8(rest);
  });
}

const sliceBytes = 65536;

function* decode(bytes: Buffer, encoding: Encoding): Generator<string> {
  const decoder = encoding === "utf8" ? new StringDecoder("utf8") : new TextDecoder(encoding);
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    const slice = bytes.subarray(at, at + sliceBytes);
    yield decoder instanceof StringDecoder ? decoder.write(slice) : decoder.decode(slice, { stream: true });
  }
}
