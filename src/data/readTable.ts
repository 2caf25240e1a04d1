import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { extname } from "node:path";
import { StringDecoder } from "node:string_decoder";
import { DataError } from "./DataError.js";
import { type ParseOptions, parseTable } from "./parseTable.js";
import type { Table } from "./Table.js";

export interface ReadOptions extends Pick<ParseOptions, "rowNames"> {
  /** What stands between cells. Default: a comma in .csv, a tab in .tsv and .tab; a file of another ending needs it. */
  readonly delimiter?: string;
}

/**
 * Reads a CSV or TSV file in UTF-8 as {@link parseTable} does; the table is called by its path.
 * @throws DataError where the file cannot be read, or not as a table.
 */
export async function readTable(path: string, options: ReadOptions = {}): Promise<Table> {
  const bytes = await readBytes(path, options);
  checkEncoding(bytes, path);
  return parseTable(() => decode(bytes), { name: path, ...options });
}

async function readBytes(path: string, options: ReadOptions): Promise<Buffer> {
  try {
    if ((await stat(path)).isDirectory()) throw fileError("EISDIR", path, "");
    if (options.delimiter === undefined) checkEnding(path);
    return await readFile(path);
  } catch (error) {
    if (error instanceof DataError || !(error instanceof Error)) throw error;
    throw fileError("code" in error ? String(error.code) : "", path, error.message);
  }
}

function checkEnding(path: string): void {
  const ending = extname(path);
  if (/^\.(csv|tsv|tab)$/i.test(ending)) return;
  const problem = ending === "" ? "a file name without an ending" : `unknown ending "${ending}"`;
  throw new DataError(
    "unknown-ending",
    { name: path },
    problem,
    "save the data as CSV or TSV; a text file of another ending needs its delimiter given",
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

function checkEncoding(bytes: Buffer, name: string): void {
  if (isUtf8(bytes)) return;
  const hint = "save the data as CSV in UTF-8";
  const mark = bytes.length > 1 ? bytes.readUInt16LE(0) : 0;
  if (mark === 0xfeff || mark === 0xfffe)
    throw new DataError("encoding", { name, line: 1 }, "this is UTF-16 text", hint);
  throw new DataError("encoding", { name, line: firstLineNotUtf8(bytes) }, "not UTF-8 text", hint);
}

/** A line feed is never part of a longer UTF-8 sequence, so lines can be judged one by one. */
function firstLineNotUtf8(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; ; line++) {
    const feed = bytes.indexOf(10, start);
    if (feed < 0 || !isUtf8(bytes.subarray(start, feed))) return line;
    start = feed + 1;
  }
}

const sliceBytes = 65536;

function* decode(bytes: Buffer): Generator<string> {
  const decoder = new StringDecoder("utf8");
  for (let at = 0; at < bytes.length; at += sliceBytes) yield decoder.write(bytes.subarray(at, at + sliceBytes));
}
