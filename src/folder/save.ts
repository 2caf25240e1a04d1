import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkArgument } from "../argument/checkArgument.js";
import { aPath } from "../argument/kinds.js";
import { aFit } from "../fit/aFit.js";
import { type Fit, fitReport, type MlFit, mlReport, type ReportContext, ResultError, savedModel } from "../index.js";
import { drawsCsv, hasDraws } from "../report/drawsCsv.js";
import { jsonDocument } from "../report/jsonDocument.js";
import { mlJsonDocument } from "../report/mlJsonDocument.js";
import type { ArraysApart, TypedArray } from "../store/jsonData.js";
import { packedFit } from "../store/savedFit.js";
import { type FolderIndex, INDEX, indexText, UNFINISHED } from "./folderIndex.js";
import { checkWritable, makeFolders } from "./makeFolders.js";
import { type FileRecord, writeChecked } from "./writeChecked.js";

const numbersFile = /^numbers-[0-9a-f]{16}\.bin$/;

/**
 * Writes a fit to a folder, which `load` reads: `result.json`, which is read first, and `numbers-....bin`; for people and other programs `fit.json` (what
 * `--json` prints), `model.glmm` and, of a posterior with draws, `draws.csv`. All is written beside what is there, down to the disk, and takes its place
 * when it is whole; until then a fit that the folder holds is left as it is, and other files always are.
 * Throws ResultError where that cannot be done, EngineError where draws that are made when they are asked for cannot be.
 */
export async function save(fit: Fit | MlFit, folder: string, context: ReportContext = {}): Promise<void> {
  checkArgument(aFit, fit, "save", "fit");
  checkArgument(aPath, folder, "save", "folder");
  await prepareFolder(folder);
  const beside = join(folder, `.saving-${process.pid}`);
  try {
    await removeUnfinished(folder);
    await makeFolders(beside);
    const index = await writeFiles(fit, beside, context);
    await checkPlaces(folder, index);
    await takePlace(folder, beside, index);
  } catch (error) {
    throw asResultError(folder, error);
  } finally {
    await rm(beside, { recursive: true, force: true }).catch(() => {});
  }
}

/** Makes the folder where there is none. Throws ResultError where it cannot be written to. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await makeFolders(folder);
    await checkWritable(folder);
  } catch (error) {
    throw asResultError(folder, error);
  }
}

async function writeFiles(fit: Fit | MlFit, folder: string, context: ReportContext): Promise<FolderIndex> {
  const document = "ml" in fit ? mlJsonDocument(mlReport(fit, context)) : jsonDocument(fitReport(fit, context));
  const texts: [string, Iterable<string>][] = [
    ["fit.json", [`${JSON.stringify(document, null, 2)}\n`]],
    ["model.glmm", [`${savedModel(fit)}\n`]],
  ];
  if ("posterior" in fit && hasDraws(fit.posterior)) texts.push(["draws.csv", drawsCsv(fit.posterior)]);
  const others: FileRecord[] = [];
  for (const [name, chunks] of texts) others.push({ name, ...(await writeChecked(join(folder, name), chunks)) });
  const apart: ArraysApart = new Map();
  const saved = packedFit(fit, apart);
  const arrays = [...apart.keys()];
  const written = await writeChecked(join(folder, "numbers"), arrays.map(bytesOf));
  const numbers = { name: `numbers-${written.sha256.slice(0, 16)}.bin`, ...written };
  await rename(join(folder, "numbers"), join(folder, numbers.name));
  const index: FolderIndex = { saved, arrays: arrays.map((array) => [typeOf(array), array.length]), numbers, others };
  await writeChecked(join(folder, INDEX), [indexText(index)]);
  return index;
}

function bytesOf({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function typeOf(array: TypedArray): FolderIndex["arrays"][number][0] {
  if (array instanceof Float64Array) return "float64";
  return array instanceof Int32Array ? "int32" : "uint8";
}

/** A folder in the place of a file would stop the change half-way. */
async function checkPlaces(folder: string, { others, numbers }: FolderIndex): Promise<void> {
  for (const name of [INDEX, numbers.name, ...others.map((other) => other.name)]) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isDirectory()) throw new Error(`"${name}" in it is a folder`);
  }
}

/** The numbers have a name of their own, so that the fit is the old one until its index is the new one, and the new one from then on. */
async function takePlace(folder: string, beside: string, { numbers, others }: FolderIndex): Promise<void> {
  for (const name of [numbers.name, INDEX, ...others.map((other) => other.name)])
    await rename(join(beside, name), join(folder, name));
  const left = (await readdir(folder)).filter((name) => numbersFile.test(name) && name !== numbers.name);
  const hasNoDraws = !others.some(({ name }) => name === "draws.csv");
  for (const name of hasNoDraws ? [...left, "draws.csv"] : left) await rm(join(folder, name), { force: true });
}

/** What processes left behind that were killed while they were writing. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const writer = Number(UNFINISHED.exec(name)?.[1] ?? process.pid);
    if (writer !== process.pid && !isRunning(writer)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** Errors of files as a ResultError with the cause in the system's words; others as they are. */
function asResultError(folder: string, error: unknown): unknown {
  if (!(error instanceof Error) || !(error.name === "Error")) return error;
  const cause = error.message.replace(/^[A-Z0-9_]+: /, "").replace(/, \w+( '.*')?$/, "");
  return new ResultError(
    "not-written",
    `cannot write to the folder "${folder}": ${cause}`,
    "a fit that was there is as it was; give another folder, or make room or permission",
  );
}
