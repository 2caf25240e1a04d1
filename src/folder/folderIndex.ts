import { createHash } from "node:crypto";
import { ResultError } from "../posterior/ResultError.js";
import type { SavedFit } from "../store/savedFit.js";
import type { FileRecord } from "./writeChecked.js";

/** The file that makes a folder one of a saved fit: all but the numbers, and what the other files hold. */
export const INDEX = "result.json";

/** What a process writes a fit to before it takes its place, by its id. */
export const UNFINISHED = /^\.saving-(\d+)$/;

/** Types of arrays of numbers, by their names in the index. */
export const arrayTypes = { float64: Float64Array, int32: Int32Array, uint8: Uint8Array } as const;

/** What the index holds. */
export interface FolderIndex {
  readonly saved: SavedFit;
  /** The typed arrays of the fit, one after the other in the file of the numbers: type and length. */
  readonly arrays: readonly (readonly [type: keyof typeof arrayTypes, length: number])[];
  /** The file of the numbers. */
  readonly numbers: FileRecord;
  /** Files for people and other programs, from which nothing is read. */
  readonly others: readonly FileRecord[];
}

/** The text of the index, with the checksum of what it holds. */
export function indexText(index: FolderIndex): string {
  const { format, version, program } = index.saved;
  return `${JSON.stringify({ format, version, program, sha256: checksumOf(index), index })}\n`;
}

/** What an index holds. Throws ResultError where it is none, of a later version, or not what was written. */
export function readIndex(
  text: string,
  file: string,
  known: { readonly format: string; readonly version: number },
): FolderIndex {
  const value = parsed(text, file);
  const isOurs = typeof value === "object" && value !== null && "format" in value && value.format === known.format;
  if (!isOurs) throw new ResultError("not-a-saved-fit", `"${file}" is not the index of a saved fit`, giveFolder);
  const { version, program, sha256, index }: Readonly<Record<string, unknown>> = { ...value };
  if (typeof version === "number" && version > known.version) {
    const problem = `"${file}" was saved by marginalia ${String(program)} in version ${version} of its format, and this program reads ${known.version}`;
    throw new ResultError("version", problem, "read it with the program that saved it, or a later one");
  }
  if (version !== known.version || sha256 !== checksumOf(index) || !isIndex(index)) throw changed(file);
  if (index.saved.version !== version || index.saved.program !== program) throw changed(file);
  return index;
}

export const giveFolder = "give a folder that `marginalia fit MODEL --out DIR` wrote, or save()";

/** For a file that is not what was written. */
export function changed(file: string): ResultError {
  const hint = "take a copy that is whole, or fit the model again";
  return new ResultError("damaged", `"${file}" is damaged or has been edited: it is not what was saved`, hint);
}

function checksumOf(index: unknown): string {
  return createHash("sha256")
    .update(JSON.stringify(index) ?? "")
    .digest("hex");
}

/** Its checksum says that it is what was written; this is for the types. */
function isIndex(value: unknown): value is FolderIndex {
  return (
    typeof value === "object" && value !== null && ["saved", "arrays", "numbers", "others"].every((key) => key in value)
  );
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw changed(file);
  }
}
