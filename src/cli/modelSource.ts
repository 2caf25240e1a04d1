import { isUtf8 } from "node:buffer";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fromFormula, type ModelAst, type Plugin, parseModel, type Table } from "../index.js";
import { readTable } from "../node.js";
import { reasonOf, type Terminal, UsageError } from "./Terminal.js";

/** The options by which every command names its model and data. */
export interface SourceFlags {
  readonly data?: string;
  readonly delimiter?: string;
  readonly decimal?: "." | ",";
  readonly na?: readonly string[];
  readonly text?: readonly string[];
  readonly formula?: string;
  readonly family?: string;
  readonly link?: string;
  readonly missing: "drop" | "error";
  readonly plugin?: readonly string[];
  /** Those of `plugin`, loaded. */
  readonly plugins?: readonly Plugin[];
}

/** The options of a command without those that name its model and data, of which fits have the rows with missing values and the plugins. */
export function withoutSource<F extends Partial<Record<Exclude<keyof SourceFlags, "missing" | "plugins">, unknown>>>(
  flags: F,
) {
  const { data, delimiter, decimal, na, text, formula, family, link, plugin, ...others } = flags;
  return others;
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
  const table = await readTableFile(data, flags);
  return { model, table, seconds: (performance.now() - start) / 1000 };
}

/** The options by which a command names two models and their data: `formula` is given once for each, `family` and `link` for each or for both. */
export interface PairFlags extends Omit<SourceFlags, "formula" | "family" | "link"> {
  readonly formula?: readonly string[];
  readonly family?: readonly string[];
  readonly link?: readonly string[];
}

/** The flags of one of the models, 0 or 1. Throws UsageError where families or links are neither one nor one a formula. */
export function flagsOfModel(model: number, { formula = [], family, link, ...others }: PairFlags): SourceFlags {
  const own = (values: readonly string[] | undefined, option: string): string | undefined => {
    if (values === undefined || values.length === 1) return values?.[0];
    if (values.length === formula.length) return values[model];
    throw new UsageError(
      `${values.length} times ${option} with ${formula.length} --formula\n  give it once, or once for each formula`,
    );
  };
  const [ownFamily, ownLink] = [own(family, "--family"), own(link, "--link")];
  return {
    ...others,
    ...(formula[model] !== undefined && { formula: formula[model] }),
    ...(ownFamily !== undefined && { family: ownFamily }),
    ...(ownLink !== undefined && { link: ownLink }),
  };
}

export interface ModelsAndData extends Pick<ModelAndData, "table" | "seconds"> {
  readonly models: readonly [ModelAst, ModelAst];
}

/**
 * Two models of the same data: that of --data, or what stands beside the first model; what stands beside the second must be the
 * same. Throws UsageError, ModelError or DataError.
 */
export async function readModelsAndData(paths: readonly string[], flags: PairFlags): Promise<ModelsAndData> {
  const start = performance.now();
  const { formula = [] } = flags;
  const count = paths.length + formula.length;
  if (count !== 2) throw new UsageError(`compare takes one model or two, not ${count}\n  ${waysOfTwo}`);
  if (formula.length === 1)
    throw new UsageError(`compare takes two files or two formulas, not one of each\n  ${waysOfTwo}`);
  const [path, secondPath] = paths;
  const [own, others] = [flagsOfModel(0, flags), flagsOfModel(1, flags)];
  const first = path === undefined ? given(formula[0], path, own) : await fromFile(path, own);
  const second = await secondModel(secondPath, formula[1], first, others);
  const table = await readTableFile(first.data, flags);
  return { models: [first.model, second], table, seconds: (performance.now() - start) / 1000 };
}

const waysOfTwo =
  'give two .glmm files or folders, or --formula "y ~ x + (1 | g)" --formula "y ~ (1 | g)" --family normal --data FILE';

async function secondModel(
  path: string | undefined,
  formula: string | undefined,
  first: Source,
  flags: SourceFlags,
): Promise<ModelAst> {
  if (path === undefined) return given(formula ?? "", path, flags).model;
  const { model, folder } = await modelFile(path, flags);
  const beside = join(folder, "data.csv");
  if (flags.data === undefined && (await exists(beside)) && !(await isSameFile(first.data, beside)))
    throw new UsageError(
      `the models have different data, "${first.data}" and "${beside}"\n  give --data FILE for both`,
    );
  return model;
}

async function isSameFile(path: string, other: string): Promise<boolean> {
  const [own, others] = await Promise.all([readFile(path), readFile(other)]);
  return own.equals(others);
}

/** Says on standard error how a table was read, for reports that do not. */
export function tellNotes({ notes = [] }: Table, { stderr }: Pick<Terminal, "stderr">): void {
  for (const note of notes) stderr.write(`note: ${note}\n`);
}

export async function readTableFile(
  path: string,
  flags: Pick<SourceFlags, "delimiter" | "decimal" | "na" | "text">,
): Promise<Table> {
  const { delimiter, decimal, na, text } = flags;
  return readTable(path, {
    ...(delimiter === undefined ? {} : { delimiter: delimiter === "tab" ? "\t" : delimiter }),
    ...(decimal === undefined ? {} : { decimal }),
    ...(na === undefined ? {} : { na }),
    ...(text === undefined ? {} : { text }),
  });
}

interface Source {
  readonly model: ModelAst;
  /** Path of the data. */
  readonly data: string;
}

function given(formula: string, path: string | undefined, { data, family, link, plugins = [] }: SourceFlags): Source {
  if (path !== undefined) throw new UsageError(`two models, "${path}" and --formula: give one of them`);
  if (family === undefined) throw new UsageError("--formula needs a family, as in --family poisson");
  if (data === undefined) throw new UsageError("--formula needs data, as in --data trial.csv");
  return { model: fromFormula(formula, family, { plugins, ...(link === undefined ? {} : { link }) }), data };
}

const ways = 'give a .glmm file, a folder with model.glmm and data.csv, or --formula "y ~ x + (1 | g)" --family normal';

async function fromFile(path: string | undefined, flags: SourceFlags): Promise<Source> {
  const { model, folder } = await modelFile(path, flags);
  return { model, data: flags.data ?? (await dataBeside(folder)) };
}

/** A model, and the folder that its data would be in. */
async function modelFile(
  path: string | undefined,
  { family, link }: SourceFlags,
): Promise<{ readonly model: ModelAst; readonly folder: string }> {
  if (path === undefined) throw new UsageError(`no model\n  ${ways}`);
  if (family !== undefined)
    throw new UsageError("--family goes with --formula; a model file names its family itself, as in y ~ poisson(mu)");
  if (link !== undefined)
    throw new UsageError("--link goes with --formula; a model file writes its link itself, as in probit(p) = 1 + x");
  if (/\.(csv|tsv|tab)$/i.test(path))
    throw new UsageError(`"${path}" is data, not a model\n  ${ways}; data go with --data`);
  const isFolder = await isDirectory(path);
  const model = await readModel(isFolder ? join(path, "model.glmm") : path);
  return { model, folder: isFolder ? path : dirname(path) };
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
  if (await exists(file)) return file;
  throw new UsageError(`no data: there is no "${file}" beside the model\n  give --data FILE, a .csv or .tsv file`);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
