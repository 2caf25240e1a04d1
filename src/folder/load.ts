import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { checkArgument } from "../argument/checkArgument.js";
import { aPath } from "../argument/kinds.js";
import { type Fit, type LoadOptions, type MlFit, ResultError } from "../index.js";
import type { TypedArray } from "../store/jsonData.js";
import { FORMAT, unpackedFit, VERSION } from "../store/savedFit.js";
import { arrayTypes, changed, type FolderIndex, giveFolder, INDEX, readIndex, UNFINISHED } from "./folderIndex.js";
import type { FileRecord } from "./writeChecked.js";

/**
 * The fit that a folder holds, as `save` and `fit --out` write it: of the type that `fit` returned, the same numbers bit for bit. Every file is checked
 * against its checksum; those for people (`fit.json`, `model.glmm`, `draws.csv`) may be absent, but not other than they were.
 * Throws ResultError with what is wrong where, and the way out; PluginError for plugins.
 */
export async function load(folder: string, options: LoadOptions = {}): Promise<Fit | MlFit> {
  checkArgument(aPath, folder, "load", "folder");
  const file = join(folder, INDEX);
  const index = readIndex(await indexOf(folder, file), file, { format: FORMAT, version: VERSION });
  for (const other of index.others) await checkOther(folder, other);
  const arrays = await readNumbers(join(folder, index.numbers.name), index);
  return unpackedFit(index.saved, options, arrays);
}

/** Whether a folder is one of a saved fit. */
export async function hasFit(folder: string): Promise<boolean> {
  return stat(join(folder, INDEX)).then(
    () => true,
    () => false,
  );
}

async function indexOf(folder: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const names = await readdir(folder).catch(() => null);
    const isAbsent = codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";
    const cause = names === null ? "there is no such folder" : isAbsent ? `it has no ${INDEX}` : messageOf(error);
    const isEarlier = names?.includes("fit.json") && isAbsent;
    const hint = isEarlier
      ? "its fit.json is a report, of a version that saved no more: fit again with --out"
      : giveFolder;
    throw new ResultError("not-a-saved-fit", `there is no saved fit in "${folder}": ${cause}`, hint);
  }
}

async function checkOther(folder: string, { name, sha256 }: FileRecord): Promise<void> {
  const file = join(folder, name);
  const found = await checksumOf(file);
  if (found === null || found === sha256) return;
  // A save that was ended half-way has left it beside its place.
  for (const other of (await readdir(folder)).filter((each) => UNFINISHED.test(each)))
    if ((await checksumOf(join(folder, other, name))) === sha256) return;
  const hint = "put it back, or take it away: the saved fit does not need it. To change a model, copy it and fit again";
  throw new ResultError("damaged", `"${file}" is not what was saved with the fit`, hint);
}

/** Null where there is no such file. Throws ResultError where it cannot be read. */
async function checksumOf(file: string): Promise<string | null> {
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(file), hash);
    return hash.digest("hex");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw unreadable(file, error);
  }
}

/** The typed arrays, each read into its place. */
async function readNumbers(file: string, { arrays, numbers }: FolderIndex): Promise<TypedArray[]> {
  const hash = createHash("sha256");
  const handle = await open(file).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    if ((await handle.stat()).size !== numbers.bytes) throw changed(file);
    const read: TypedArray[] = [];
    for (const [type, length] of arrays) {
      const array = new arrayTypes[type](length);
      const bytes = new Uint8Array(array.buffer);
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done);
        if (bytesRead === 0) throw changed(file);
        done += bytesRead;
      }
      hash.update(bytes);
      read.push(array);
    }
    if (hash.digest("hex") !== numbers.sha256) throw changed(file);
    return read;
  } finally {
    await handle.close();
  }
}

function unreadable(file: string, error: unknown): ResultError {
  const cause = codeOf(error) === "ENOENT" ? "it is missing" : messageOf(error);
  return new ResultError(
    "damaged",
    `cannot read "${file}" of the saved fit: ${cause}`,
    "take a copy that is whole, or fit the model again",
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
