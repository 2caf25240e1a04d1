import { type TableFacts, tableFacts } from "../data/tableFacts.js";
import { type TableInput, toTable } from "../data/toTable.js";
import type { CompiledModel } from "../density/CompiledModel.js";
import { compileDensity } from "../density/compileDensity.js";
import { checkPriorStatements } from "../density/priorStatements.js";
import { buildDesign } from "../design/buildDesign.js";
import type { Design } from "../design/Design.js";
import { families as builtInFamilies } from "../family/families.js";
import type { ModelAst } from "../language/ast.js";
import { ModelError, type Problem } from "../language/ModelError.js";
import { parseModel } from "../language/parser.js";
import { printModel } from "../language/printer.js";
import type { Vocabulary } from "../parallel/ChainTask.js";
import { priors as builtInPriors } from "../prior/priors.js";
import type { ModelOptions } from "./modelOptions.js";

export interface Note {
  readonly code: string;
  readonly message: string;
}

/** A model met with its data, ready to be fitted. */
export interface PreparedModel {
  readonly ast: ModelAst;
  readonly design: Design;
  readonly compiled: CompiledModel;
  /** What is weak but does not stop a fit; of severity "note" where rows are dropped (code "dropped-rows"). */
  readonly problems: readonly Problem[];
  /** For information: what was recognised in reading the data, or taken one way of several. */
  readonly notes: readonly Note[];
  readonly data: TableFacts;
}

/**
 * Compiles a model with its data: all problems of both at once.
 * Throws ModelError, or DataError where the data are not a table.
 */
export function prepareModel(model: ModelAst | string, data: TableInput, options: ModelOptions = {}): PreparedModel {
  return prepare(model, data, options, (problem) => problem);
}

/** `prepareModel` for an engine: `judge` says what a problem means to the engine; null where it means nothing. */
export function prepare(
  model: ModelAst | string,
  data: TableInput,
  options: ModelOptions,
  judge: (problem: Problem) => Problem | null,
): PreparedModel {
  const judged = (found: readonly Problem[]) => found.map(judge).filter((problem) => problem !== null);
  const ast = withSource(typeof model === "string" ? parseModel(model) : model);
  const { families, priors } = vocabulary(options);
  const table = toTable(data);
  const built = buildDesign(ast, table, families, { missing: options.missing ?? "drop" });
  const problems = judged([...built.problems, ...checkPriorStatements(ast, priors)]);
  throwErrors(ast, problems);
  const compiled = built.design === null ? null : compileDensity(ast, built.design, families, priors);
  problems.push(...judged(compiled?.problems ?? []));
  throwErrors(ast, problems);
  if (built.design === null || compiled === null || compiled.model === null)
    throw new RangeError("a design without errors must compile");
  const isNote = ({ severity, code }: Problem) => severity === "note" && code !== "dropped-rows";
  return {
    ast,
    design: built.design,
    compiled: compiled.model,
    problems: problems.filter((problem) => !isNote(problem)),
    notes: [
      ...(table.notes ?? []).map((message) => ({ code: "data", message })),
      ...new Map(problems.filter(isNote).map(({ code, message }) => [message, { code, message }])).values(),
    ],
    data: tableFacts(table),
  };
}

export function vocabulary({ families = [], priors = [] }: ModelOptions): Vocabulary {
  return { families: [...builtInFamilies, ...families], priors: [...builtInPriors, ...priors] };
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
