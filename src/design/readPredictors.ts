import type { Table } from "../data/Table.js";
import type { PredictorStatement, Span } from "../language/ast.js";
import { expandFormula } from "../language/expand.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { didYouMean } from "../language/suggest.js";
import type { ExpandedFormula } from "../language/terms.js";
import { columnNames } from "./columnNames.js";
import type { FamilySignature, SlotSignature } from "./FamilySignature.js";
import { checkColumn, type Response } from "./response.js";

/** A line of the model with its formula expanded. */
export interface PredictorLine {
  readonly statement: PredictorStatement;
  readonly formula: ExpandedFormula;
}

/** The lines of the model, the mean's first, checked against the family's parameters and the table's columns. */
export function readPredictors(
  statements: readonly PredictorStatement[],
  response: Response,
  table: Table,
  problems: Problem[],
): PredictorLine[] {
  const lines = statements.map((statement, position) => {
    const earlier = statements.slice(0, position).map(({ parameter }) => parameter.name);
    if (response.family !== null) checkParameter(statement, earlier, response.family, response, problems);
    checkFormula(statement, response, table, problems);
    const expansion = expandFormula(statement.formula);
    problems.push(...expansion.problems);
    const isMeanOf = response.family?.slots.some(
      (slot) => slot.kind === "mean" && slot.name === statement.parameter.name,
    );
    // Factors are coded as beside an intercept, in whose place thresholds stand.
    const intercept = expansion.formula.intercept || (isMeanOf === true && response.family?.thresholds !== undefined);
    return { statement, formula: { ...expansion.formula, intercept } };
  });
  const mean = response.family?.slots.find((slot) => slot.kind === "mean");
  if (response.family !== null) checkMean(statements, response.family, problems, response.statement.family.span);
  const isMean = (line: PredictorLine) => line.statement.parameter.name === mean?.name;
  return [...lines.filter(isMean), ...lines.filter((line) => !isMean(line))];
}

function checkParameter(
  { parameter, link }: PredictorStatement,
  earlier: readonly string[],
  family: FamilySignature,
  { fixed, errors, addsDispersion }: Response,
  problems: Problem[],
): void {
  const { name, span } = parameter;
  const slots = family.slots.filter((slot) => slot.kind !== "data");
  const slot = slots.find((candidate) => candidate.name === name);
  if (slot === undefined) {
    const hint = didYouMean(
      name,
      slots.map((candidate) => candidate.name),
      "parameters",
    );
    problems.push(errorAt("unknown-parameter", span, `${family.name} has no parameter "${name}"`, hint));
    return;
  }
  if (earlier.includes(name))
    problems.push(errorAt("repeated-line", span, `${name} has two lines`, "keep one of them"));
  if (fixed.has(name)) {
    const message = `${name} is held at ${fixed.get(name)} in the response statement, and has a line as well`;
    problems.push(errorAt("fixed-parameter", span, message, "keep the number or the line"));
  }
  if (errors !== null && !addsDispersion && slot.kind === "auxiliary") {
    const message = `with se(s) the standard errors are known, and there is no ${name}`;
    problems.push(errorAt("known-dispersion", span, message, `write se(s, ${name}) to add an unknown ${name}`));
  }
  checkLink(link, slot, family, problems);
}

function checkLink(
  link: PredictorStatement["link"],
  slot: Exclude<SlotSignature, { kind: "data" }>,
  family: FamilySignature,
  problems: Problem[],
): void {
  if (slot.links.includes(link.name)) return;
  const message = `${link.name} is no link for ${slot.name} of ${family.name}`;
  problems.push(errorAt("unknown-link", link.span, message, didYouMean(link.name, slot.links, "links")));
}

function checkFormula(
  { formula, parameter }: PredictorStatement,
  response: Response,
  table: Table,
  problems: Problem[],
) {
  const where = `the formula for ${parameter.name}`;
  const explained = explainedColumns(response);
  for (const column of new Map(columnNames(formula).map((name) => [name.name, name])).values()) {
    checkColumn(column, `in ${where}`, table, problems);
    if (!explained.includes(column.name)) continue;
    const message = `the response ${column.name} is also in ${where}`;
    problems.push(errorAt("response-in-formula", column.span, message, "a response cannot explain itself"));
  }
}

/** The columns that are the response: of `cbind(a, b)` both, of other arithmetic its only one (of `cases / at_risk` none). */
function explainedColumns({ statement: { expression } }: Response): string[] {
  const names = [...new Set(columnNames(expression).map(({ name }) => name))];
  const isColumns = expression.type === "call" && expression.callee.name === "cbind";
  return isColumns || names.length === 1 ? names : [];
}

/** A line for a parameter that the family does not have has been reported, and is probably the one that is missed. */
function checkMean(
  statements: readonly PredictorStatement[],
  family: FamilySignature,
  problems: Problem[],
  span?: Span,
) {
  const names = statements.map(({ parameter }) => parameter.name);
  const known = names.every((name) => family.slots.some((slot) => slot.name === name));
  for (const slot of family.slots) {
    if (slot.kind !== "mean" || names.includes(slot.name) || !known) continue;
    const left = slot.links[0] === "identity" ? slot.name : `${slot.links[0]}(${slot.name})`;
    const message = `the mean ${slot.name} of ${family.name} has no line`;
    problems.push(errorAt("missing-line", span, message, `add a line such as ${left} = 1`));
  }
}
