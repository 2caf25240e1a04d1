import { described } from "../data/columnOfValues.js";
import { watched } from "../data/LazyColumns.js";
import type { Column, Table } from "../data/Table.js";
import { tableFacts } from "../data/tableFacts.js";
import { type TableInput, toTableInParts } from "../data/toTable.js";
import { compileDensitySteps } from "../density/compileDensity.js";
import { checkPriorStatements } from "../density/priorStatements.js";
import { buildDesignSteps } from "../design/buildDesign.js";
import { refuseProblems } from "../engine/checkOptions.js";
import type { Family } from "../family/Family.js";
import { families as builtInFamilies } from "../family/families.js";
import type { ModelAst } from "../language/ast.js";
import { errorAt, ModelError, type Problem } from "../language/ModelError.js";
import { parseModel } from "../language/parser.js";
import { printModel } from "../language/printer.js";
import { isLong, runSync, type Steps } from "../math/steps.js";
import type { PriorDistribution } from "../prior/Prior.js";
import { priors as builtInPriors } from "../prior/priors.js";
import { type ModelOptions, modelSchema } from "./modelOptions.js";
import { loadedPlugins, pluginRecord } from "./Plugin.js";
import type { Note, PreparedModel } from "./PreparedModel.js";
import { withPluginHint } from "./savedModel.js";
import { schemaProblems } from "./schemaProblems.js";

export type { Note, PreparedModel };

/**
 * Compiles a model with its data: all problems of both at once.
 * Throws ModelError, DataError where the data are not a table, and OptionsError for options.
 */
export function prepareModel(model: ModelAst | string, data: TableInput, options: ModelOptions = {}): PreparedModel {
  refuseProblems(schemaProblems(modelSchema, options));
  return prepare(model, data, options, (problem) => problem);
}

/** `prepareModel` for an engine: `judge` says what a problem means to the engine; null where it means nothing. */
export function prepare(
  model: ModelAst | string,
  data: TableInput,
  options: ModelOptions,
  judge: (problem: Problem) => Problem | null,
): PreparedModel {
  return runSync(prepareSteps(model, data, options, judge));
}

/** `prepare`, with pauses where the table is long. */
export function* prepareSteps(
  model: ModelAst | string,
  data: TableInput,
  options: ModelOptions,
  judge: (problem: Problem) => Problem | null,
): Steps<PreparedModel> {
  const ast = astOf(model);
  const judged = (found: readonly Problem[]) =>
    found.map((problem) => judge(withPluginHint(problem, ast))).filter((problem) => problem !== null);
  const { families, priors } = vocabulary(options);
  const plugins = loadedPlugins(options.plugins);
  const { table: read, readSoFar } = watched(yield* toTableInParts(data));
  if (isLong(read.rows)) yield;
  const built = yield* buildDesignSteps(ast, read, families, { missing: options.missing ?? "drop" });
  const problems = judged([...built.problems, ...checkPriorStatements(ast, priors)]);
  throwErrors(ast, problems);
  const compiled = built.design && (yield* compileDensitySteps(ast, built.design, families, priors));
  problems.push(...judged(compiled?.problems ?? []));
  throwErrors(ast, problems);
  if (built.design === null || compiled === null || compiled.model === null)
    throw new RangeError("a design without errors must compile");
  const isNote = ({ severity, code }: Problem) => severity === "note" && code !== "dropped-rows";
  const table = yield* keptTable(read, readSoFar());
  return {
    ast,
    design: built.design,
    compiled: compiled.model,
    problems: problems.filter((problem) => !isNote(problem)),
    notes: [
      ...(read.notes ?? []).map((message) => ({ code: "data", message })),
      ...new Map(problems.filter(isNote).map(({ code, message }) => [message, { code, message }])).values(),
    ],
    data: tableFacts(read),
    table,
    plugins: plugins.map(pluginRecord),
  };
}

/** Numbers are copied, for arrays in memory are their owner's to change. */
function* keptTable(table: Table, columns: ReadonlyMap<string, Column>): Steps<Table> {
  const kept = new Map<string, Column>();
  for (const [name, column] of columns) {
    kept.set(name, column.kind === "number" ? { ...column, values: column.values.slice() } : column);
    if (isLong(table.rows)) yield;
  }
  return { ...table, columns: kept };
}

/** The families and priors that a model may name. */
interface Vocabulary {
  readonly families: readonly Family[];
  readonly priors: readonly PriorDistribution[];
}

/** The families and priors that a model may name, those of plugins after those given by value. */
export function vocabulary(options: ModelOptions): Vocabulary {
  const { families = [], priors = [] } = options;
  const plugins = loadedPlugins(options.plugins);
  return {
    families: [...builtInFamilies, ...families, ...plugins.flatMap((plugin) => plugin.families)],
    priors: [...builtInPriors, ...priors, ...plugins.flatMap((plugin) => plugin.priors)],
  };
}

/** The tree of a model. Throws ModelError of the code "not-a-model" for what is neither a text nor a tree, as JavaScript may give it. */
function astOf(model: ModelAst | string): ModelAst {
  if (typeof model === "string") return parseModel(model);
  if (isTree(model)) return withSource(model);
  const hint =
    'give a text such as "y ~ poisson(mu)\\nlog(mu) = 1 + x", or what glmm`...`, model() or parseModel returns';
  throw new ModelError([errorAt("not-a-model", undefined, `${described(model)} is not a model`, hint)]);
}

function isTree(model: unknown): model is ModelAst {
  return (
    typeof model === "object" && model !== null && "response" in model && "predictors" in model && "priors" in model
  );
}

/** An AST that was built, not parsed, is printed and parsed once, so that its problems can be quoted too. */
function withSource(ast: ModelAst): ModelAst {
  return ast.source === undefined ? parseModel(printModel(ast)) : ast;
}

/** With one error among them all problems are thrown, warnings too, in the order of the text. */
function throwErrors(ast: ModelAst, problems: readonly Problem[]): void {
  if (!problems.some(({ severity }) => severity === "error")) return;
  const start = ({ span }: Problem) => span?.start ?? Number.POSITIVE_INFINITY;
  const inOrder = problems
    .filter(({ severity }) => severity !== "note")
    .sort((a, b) => (start(a) < start(b) ? -1 : start(a) > start(b) ? 1 : 0));
  throw new ModelError(inOrder, ast.source);
}
