import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fromFormula, type ModelAst, parseModel, readTable, type Table } from "../index.js";
import { UsageError } from "./Terminal.js";

/** The options by which every command names its model and data. */
export interface SourceFlags {
  readonly data?: string;
  readonly formula?: string;
  readonly family?: string;
  readonly missing: "drop" | "error";
}

export interface ModelAndData {
  readonly model: ModelAst;
  readonly table: Table;
  /** Seconds to read and parse both. */
  readonly seconds: number;
}

/** Throws UsageError, ModelError or DataError. */
export async function readModelAndData(path: string | undefined, flags: SourceFlags): Promise<ModelAndData> {
  const start = performance.now();
  const { model, data } = await modelAndDataPath(path, flags);
  const table = await readTable(data);
  return { model, table, seconds: (performance.now() - start) / 1000 };
}

async function modelAndDataPath(
  path: string | undefined,
  { data, formula, family }: SourceFlags,
): Promise<{ model: ModelAst; data: string }> {
  if (formula !== undefined) {
    if (path !== undefined) throw new UsageError("give a model or --formula, not both");
    if (family === undefined) throw new UsageError("--formula needs --family, such as --family poisson");
    if (data === undefined) throw new UsageError("--formula needs --data FILE");
    return { model: fromFormula(formula, family), data };
  }
  if (family !== undefined) throw new UsageError("--family goes with --formula; a model file names its family itself");
  if (path === undefined)
    throw new UsageError(
      'no model: give a .glmm file, a folder with model.glmm and data.csv, or --formula "y ~ x" --family normal',
    );
  const isFolder = await isDirectory(path);
  const file = isFolder ? join(path, "model.glmm") : path;
  const model = parseModel(await readModel(file), file);
  return { model, data: data ?? (await siblingData(isFolder ? path : dirname(path))) };
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  if (found === null)
    throw new UsageError(`there is no model "${path}"; it must be a .glmm file or a folder with model.glmm`);
  return found.isDirectory();
}

async function readModel(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reason =
      error instanceof Error && "code" in error && error.code === "ENOENT" ? "there is none" : String(error);
    throw new UsageError(`cannot read the model ${file}: ${reason}`);
  }
}

async function siblingData(folder: string): Promise<string> {
  const file = join(folder, "data.csv");
  if ((await stat(file).catch(() => null)) === null)
    throw new UsageError(`no data: there is no ${file}; give --data FILE`);
  return file;
}
