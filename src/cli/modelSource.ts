import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fromFormula, type ModelAst, parseModel, readTable, type Table } from "../index.js";
import { reasonOf, UsageError } from "./Terminal.js";

/** The options by which every command names its model and data. */
export interface SourceFlags {
  readonly data?: string;
  readonly delimiter?: string;
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
  const { model, data } = flags.formula === undefined ? await fromFile(path, flags) : given(flags.formula, path, flags);
  const { delimiter } = flags;
  const table = await readTable(
    data,
    delimiter === undefined ? {} : { delimiter: delimiter === "tab" ? "\t" : delimiter },
  );
  return { model, table, seconds: (performance.now() - start) / 1000 };
}

interface Source {
  readonly model: ModelAst;
  /** Path of the data. */
  readonly data: string;
}

function given(formula: string, path: string | undefined, { data, family }: SourceFlags): Source {
  if (path !== undefined) throw new UsageError(`two models, "${path}" and --formula: give one of them`);
  if (family === undefined) throw new UsageError("--formula needs a family, as in --family poisson");
  if (data === undefined) throw new UsageError("--formula needs data, as in --data trial.csv");
  return { model: fromFormula(formula, family), data };
}

const ways = 'give a .glmm file, a folder with model.glmm and data.csv, or --formula "y ~ x + (1 | g)" --family normal';

async function fromFile(path: string | undefined, { data, family }: SourceFlags): Promise<Source> {
  if (path === undefined) throw new UsageError(`no model\n  ${ways}`);
  if (family !== undefined)
    throw new UsageError("--family goes with --formula; a model file names its family itself, as in y ~ poisson(mu)");
  if (/\.(csv|tsv|tab)$/i.test(path))
    throw new UsageError(`"${path}" is data, not a model\n  ${ways}; data go with --data`);
  const isFolder = await isDirectory(path);
  const model = await readModel(isFolder ? join(path, "model.glmm") : path);
  return { model, data: data ?? (await dataBeside(isFolder ? path : dirname(path))) };
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw new UsageError(`cannot read the model "${path}": ${reasonOf(error)}\n  ${ways}`);
  }
}

async function readModel(file: string): Promise<ModelAst> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError(`cannot read the model "${file}": ${reasonOf(error)}\n  ${ways}`);
  });
  if (!isUtf8(bytes)) throw new UsageError(`the model "${file}" is not UTF-8 text\n  save it as UTF-8`);
  return parseModel(bytes.toString("utf8"), file);
}

async function dataBeside(folder: string): Promise<string> {
  const file = join(folder, "data.csv");
  const exists = await stat(file).then(
    () => true,
    () => false,
  );
  if (exists) return file;
  throw new UsageError(`no data: there is no "${file}" beside the model\n  give --data FILE, a .csv or .tsv file`);
}
