import type { Table } from "../data/Table.js";
import type { FamilyArgument, Name, NumberLiteral, ResponseStatement } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { didYouMean } from "../language/suggest.js";
import type { FamilySignature, SlotSignature } from "./FamilySignature.js";
import { counted } from "./problems.js";

/** The response statement bound to its family. */
export interface Response {
  readonly statement: ResponseStatement;
  /** Null for an unknown family. */
  readonly family: FamilySignature | null;
  /** The column in the family's data slot, if it has one. */
  readonly trials: Name | null;
  /** Parameters held at a number. */
  readonly fixed: ReadonlyMap<string, number>;
}

/** Looks up the family and binds its arguments to its slots. */
export function readResponse(
  statement: ResponseStatement,
  table: Table,
  families: readonly FamilySignature[],
  problems: Problem[],
): Response {
  checkColumn(statement.column, "as the response", table, problems);
  const family = families.find((signature) => signature.name === statement.family.name) ?? null;
  if (family === null) {
    const names = families.map((signature) => signature.name);
    const { name, span } = statement.family;
    problems.push(errorAt("unknown-family", span, `unknown family "${name}"`, didYouMean(name, names, "families")));
    return { statement, family, trials: null, fixed: new Map() };
  }
  const bound = bindArguments(statement, family, problems);
  if (bound === null) return { statement, family, trials: null, fixed: new Map() };
  let trials: Name | null = null;
  const fixed = new Map<string, number>();
  for (const slot of family.slots) {
    const value = bound.get(slot.name);
    if (value === undefined) checkMissing(slot, statement, family, problems);
    else if (slot.kind === "data") trials = dataColumn(slot, value, table, problems) ?? trials;
    else checkParameter(slot, value, family, fixed, problems);
  }
  return { statement, family, trials, fixed };
}

/** Reports a column that is not in the table; `use` says what it was for. */
export function checkColumn(column: Name, use: string, table: Table, problems: Problem[]): void {
  if (table.columns.has(column.name)) return;
  const hint = didYouMean(column.name, [...table.columns.keys()], "columns");
  problems.push(errorAt("unknown-column", column.span, `unknown column "${column.name}" ${use}`, hint));
}

/** "binomial(size, p)" */
function signatureText(family: FamilySignature): string {
  return `${family.name}(${family.slots.map((slot) => slot.name).join(", ")})`;
}

/** Named arguments first, the others in order of the slots that are left; null where a name leaves that in doubt. */
function bindArguments(
  statement: ResponseStatement,
  family: FamilySignature,
  problems: Problem[],
): Map<string, FamilyArgument["value"]> | null {
  const bound = new Map<string, FamilyArgument["value"]>();
  const slots = family.slots.map((slot) => slot.name);
  for (const { slot, value } of statement.arguments) {
    if (slot === undefined) continue;
    const problem = namedArgumentProblem(slot, bound, family);
    if (problem !== null) {
      problems.push(problem);
      return null;
    }
    bound.set(slot.name, value);
  }
  const positional = statement.arguments.filter((argument) => argument.slot === undefined);
  for (const argument of positional) {
    const free = slots.find((slot) => !bound.has(slot));
    if (free !== undefined) bound.set(free, argument.value);
    else {
      const message = `${family.name} takes ${counted(slots.length, "argument")}, not ${statement.arguments.length}`;
      problems.push(errorAt("too-many-arguments", argument.span, message, `as in ${signatureText(family)}`));
    }
  }
  return bound;
}

function namedArgumentProblem(
  { name, span }: Name,
  bound: ReadonlyMap<string, unknown>,
  family: FamilySignature,
): Problem | null {
  const slots = family.slots.map((slot) => slot.name);
  const unknown = `${family.name} has no argument "${name}"`;
  if (!slots.includes(name)) return errorAt("unknown-argument", span, unknown, didYouMean(name, slots, "arguments"));
  if (!bound.has(name)) return null;
  return errorAt("repeated-argument", span, `${name} is given twice`, `as in ${signatureText(family)}`);
}

/** A dispersion that is not named is a free parameter all the same. */
function checkMissing(
  slot: SlotSignature,
  statement: ResponseStatement,
  family: FamilySignature,
  problems: Problem[],
): void {
  if (slot.kind === "dispersion") return;
  const what = slot.kind === "data" ? `a column for ${slot.name}` : `its mean ${slot.name}`;
  const hint = `as in ${signatureText(family)}`;
  problems.push(errorAt("missing-argument", statement.family.span, `${family.name} needs ${what}`, hint));
}

function dataColumn(slot: SlotSignature, value: Name | NumberLiteral, table: Table, problems: Problem[]): Name | null {
  if (value.type === "name") {
    checkColumn(value, `as ${slot.name}`, table, problems);
    return value;
  }
  const message = `${slot.name} is a column of the data, not a number`;
  const hint = didYouMean("", [...table.columns.keys()], "columns");
  problems.push(errorAt("number-as-column", value.span, message, hint));
  return null;
}

function checkParameter(
  slot: SlotSignature,
  value: Name | NumberLiteral,
  family: FamilySignature,
  fixed: Map<string, number>,
  problems: Problem[],
): void {
  if (value.type === "name") {
    if (value.name === slot.name) return;
    const message = `the ${slot.kind} of ${family.name} is called ${slot.name}, not "${value.name}"`;
    problems.push(errorAt("parameter-name", value.span, message, `write ${signatureText(family)}`));
  } else if (slot.kind === "mean") {
    const message = `the mean ${slot.name} of ${family.name} takes a line of its own, not a number`;
    problems.push(errorAt("number-as-mean", value.span, message, `write ${signatureText(family)}`));
  } else if (value.value > 0 && Number.isFinite(value.value)) fixed.set(slot.name, value.value);
  else {
    const message = `${slot.name} is positive, and cannot be held at ${value.value}`;
    problems.push(errorAt("fixed-parameter", value.span, message));
  }
}
