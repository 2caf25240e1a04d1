import { rename, rm, rmdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { checkArgument } from "../argument/checkArgument.js";
import { aPath } from "../argument/kinds.js";
import { aFit } from "../fit/aFit.js";
import {
  type ExportFormat,
  type ExportOptions,
  exportFit,
  type Fit,
  type FitExport,
  folderFormats,
  type MlFit,
  ResultError,
} from "../index.js";
import { checkFolder, makeFolders } from "./makeFolders.js";
import { type FileRecord, writeChecked } from "./writeChecked.js";

/** What an export wrote. */
export interface WrittenExport extends Pick<FitExport, "to" | "notes"> {
  /** Each with its path, its length and its checksum. */
  readonly files: readonly FileRecord[];
}

/**
 * Writes a fit in a format of other programs to a file, or to a folder where the format is of several files. All is written beside what is there, in
 * pieces, and takes its place when it is whole. Throws what `exportFit` throws, ResultError where the disk is full or the place cannot be written to, and the
 * signal's reason; nothing is then left of the export, and files that were there are as they were.
 */
export async function writeExport(
  fit: Fit | MlFit,
  to: ExportFormat,
  path: string,
  options: ExportOptions = {},
): Promise<WrittenExport> {
  checkArgument(aFit, fit, "writeExport", "fit");
  checkArgument(aPath, path, "writeExport", "path");
  const { files, notes, isFolder } = exportFit(fit, to, options);
  const folder = isFolder ? path : dirname(path);
  const places = files.map(({ name, pieces }) => {
    const file = isFolder ? join(path, name) : path;
    return { file, pieces, beside: join(folder, `.${basename(file)}.saving-${process.pid}`) };
  });
  let made: string | undefined;
  try {
    if (isFolder) await refuseFile(path);
    made = await makeFolders(folder);
    for (const { file } of places) await refuseFolder(file);
    const written: FileRecord[] = [];
    for (const { file, pieces, beside } of places)
      written.push({ name: file, ...(await writeChecked(beside, pieces)) });
    for (const { file, beside } of places) await rename(beside, file);
    return { to, notes, files: written };
  } catch (error) {
    for (const { beside } of places) await rm(beside, { force: true }).catch(() => {});
    if (made !== undefined) await removeEmpty(folder, made);
    throw asResultError(path, error);
  }
}

/** Before anything long is done: whether `writeExport` could write there, as far as can be told. Throws ResultError. */
export async function checkExportPlace(to: ExportFormat, path: string): Promise<void> {
  try {
    const isFolder = folderFormats.includes(to);
    if (isFolder) await refuseFile(path);
    else await refuseFolder(path);
    await checkFolder(isFolder ? path : dirname(path));
  } catch (error) {
    throw asResultError(path, error);
  }
}

async function refuseFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) throw new Error("it is a file, and this format is a folder of several");
}

/** Removes folders that were made, from `folder` up to `first`, as far as nothing is in them. */
async function removeEmpty(folder: string, first: string): Promise<void> {
  for (let at = resolve(folder); at.startsWith(resolve(first)); at = dirname(at)) {
    const isGone = await rmdir(at).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}

async function refuseFolder(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) throw new Error("it is a folder");
}

/** Errors of files as a ResultError with the cause in the system's words; others as they are. */
function asResultError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== "Error") return error;
  const cause = error.message.replace(/^[A-Z0-9_]+: /, "").replace(/, \w+( '.*')?$/, "");
  return new ResultError(
    "not-written",
    `cannot write "${path}": ${cause}`,
    "nothing is left of the export, and what was there is as it was; give another place, or make room or permission",
  );
}
