import type { Table } from "../data/Table.js";
import type { Binary, Call, Expression, Name, NumberLiteral, ResponseStatement } from "../language/ast.js";
import { errorAt, type Problem } from "../language/ModelError.js";
import { printFamilyCall } from "../language/printer.js";
import { didYouMean } from "../language/suggest.js";
import { bindArguments, signatureText } from "./bindArguments.js";
import { columnNames } from "./columnNames.js";
import { censoringOf, type GivenCensoring, type GivenTruncation, truncationOf } from "./cutAdditions.js";
import type { FamilySignature, SlotSignature } from "./FamilySignature.js";
import { isInSupport, supportWords } from "./scalarSupport.js";

/** The response statement bound to its family. */
export interface Response {
  readonly statement: ResponseStatement;
  /** Null for an unknown family. */
  readonly family: FamilySignature | null;
  /** The response itself: of `cbind(successes, failures)` the successes. */
  readonly value: Expression;
  /** What fills the family's data slot, if it has one. */
  readonly trials: Expression | null;
  /** Whether the response is a proportion of the trials for certain: R's `prop | weights(n)`. Without it, the values decide. */
  readonly isProportion: boolean;
  /** `weights(w)`: prior weights of the rows. */
  readonly weights: Expression | null;
  /** `se(s)`: known standard errors of the rows. With `addsDispersion` they are `se(s, sigma)`, added to an unknown sigma. */
  readonly errors: Expression | null;
  readonly addsDispersion: boolean;
  /** `subset(condition)`: the rows that are used. */
  readonly subset: Expression | null;
  readonly censoring: GivenCensoring | null;
  readonly truncation: GivenTruncation | null;
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
  const addition = (name: string) => statement.additions.find(({ callee }) => callee.name === name);
  const columns = readColumns(statement.expression, problems);
  checkColumns(statement.expression, "as the response", table, problems);
  for (const { callee, arguments: given } of statement.additions)
    for (const argument of callee.name === "se" ? given.slice(0, 1) : given)
      checkColumns(argument, `in ${callee.name}()`, table, problems);
  const family = families.find((signature) => signature.name === statement.family.name) ?? null;
  const [weights, errors] = [addition("weights"), addition("se")];
  const unbound: Response = {
    statement,
    family,
    value: columns?.successes ?? statement.expression,
    trials: null,
    isProportion: false,
    weights: weights?.arguments[0] ?? null,
    errors: errors?.arguments[0] ?? null,
    addsDispersion: errors?.arguments[1] !== undefined,
    subset: addition("subset")?.arguments[0] ?? null,
    censoring: censoringOf(addition("cens")),
    truncation: truncationOf(addition("trunc")),
    fixed: new Map(),
  };
  if (family === null) {
    const names = families.map((signature) => signature.name);
    const { name, span } = statement.family;
    problems.push(errorAt("unknown-family", span, `unknown family "${name}"`, didYouMean(name, names, "families")));
    return unbound;
  }
  const given = givenTrials(statement, columns, addition("trials"), family, families, problems);
  checkErrors(errors, statement, family, families, problems);
  for (const cut of [addition("cens"), addition("trunc")])
    if (cut !== undefined) checkCut(cut, unbound, family, families, problems);
  return bind(unbound, given, family, table, problems);
}

/** Whether the family gives probabilities of intervals. */
function isCuttable({ cumulative, thresholds, isCategorical }: FamilySignature): boolean {
  return cumulative !== undefined && thresholds === undefined && isCategorical !== true;
}

/** Censoring and truncation need probabilities of intervals, of responses of more than two values. */
function checkCut(
  { callee, span }: Call,
  { errors, weights, addsDispersion }: Response,
  family: FamilySignature,
  families: readonly FamilySignature[],
  problems: Problem[],
): void {
  const fail = (code: string, message: string, hint: string) => problems.push(errorAt(code, span, message, hint));
  if (!isCuttable(family))
    fail(
      "no-intervals",
      `${callee.name}() needs the probabilities of intervals, which the family ${family.name} does not give`,
      `it goes with ${familiesNamed(families.filter(isCuttable))}`,
    );
  else if (errors !== null && !addsDispersion && weights !== null)
    fail(
      "known-dispersion",
      `${callee.name}() does not go with weights() and se() together`,
      "leave out the weights, or add an unknown sigma: se(s, sigma)",
    );
}

/** Binds the arguments in the family's parentheses. */
function bind(
  unbound: Response,
  given: Expression | null,
  family: FamilySignature,
  table: Table,
  problems: Problem[],
): Response {
  const { statement, weights } = unbound;
  const isData = (slot: SlotSignature) => slot.kind === "data";
  const names = statement.arguments.filter(({ slot }) => slot !== undefined).map(({ slot }) => slot?.name);
  const positional = statement.arguments.length - names.length;
  const isDataWritten =
    family.slots.some((slot) => isData(slot) && names.includes(slot.name)) ||
    positional === family.slots.filter((slot) => !names.includes(slot.name)).length;
  if (given !== null && isDataWritten) {
    const first = statement.arguments.find(
      ({ slot }) => slot === undefined || family.slots.some((other) => isData(other) && other.name === slot.name),
    );
    const without = { ...statement, arguments: statement.arguments.filter((argument) => argument !== first) };
    const message = "the trials are given twice, before the ~ and after it";
    problems.push(errorAt("repeated-argument", first?.span, message, `write ${printFamilyCall(without)}`));
    return unbound;
  }
  // As R has it: without trials, the weights of a proportion are its trials.
  const isProportion = given === null && weights !== null && family.slots.some(isData) && !isDataWritten;
  const trialsBefore = given ?? (isProportion ? weights : null);
  const slots = trialsBefore === null ? family.slots : family.slots.filter((slot) => !isData(slot));
  const bound = bindArguments(statement, { ...family, slots }, problems);
  if (bound === null) return unbound;
  let trials = trialsBefore;
  const fixed = new Map<string, number>();
  for (const slot of slots) {
    const value = bound.get(slot.name);
    if (value === undefined) checkMissing(slot, statement, family, problems);
    else if (slot.kind === "data") trials = dataColumn(slot, value, table, problems) ?? trials;
    else checkParameter(slot, value, family, unbound, fixed, problems);
  }
  return { ...unbound, trials, isProportion, weights: isProportion ? null : weights, fixed };
}

/** The arguments of `cbind(successes, failures)`, null for another response. */
function readColumns(
  expression: Expression,
  problems: Problem[],
): { readonly successes: Expression; readonly failures: Expression } | null {
  if (expression.type !== "call" || expression.callee.name !== "cbind") return null;
  const [successes, failures, more] = expression.arguments;
  if (failures !== undefined && more === undefined) return { successes, failures };
  const message = `cbind() takes two columns as a response, not ${expression.arguments.length}`;
  problems.push(errorAt("wrong-arguments", expression.span, message, "as in cbind(successes, failures)"));
  // As if one was given twice, so that no other problem is made of this one.
  return successes === undefined ? null : { successes, failures: successes };
}

/** The trials that stand on the left: of `trials(n)`, or the sum of cbind's columns. */
function givenTrials(
  { expression }: ResponseStatement,
  columns: { readonly successes: Expression; readonly failures: Expression } | null,
  addition: Call | undefined,
  family: FamilySignature,
  families: readonly FamilySignature[],
  problems: Problem[],
): Expression | null {
  const trials = addition?.arguments[0] ?? null;
  const place = addition ?? (columns === null ? undefined : expression);
  if (place === undefined) return null;
  const takesTrials = ({ slots }: FamilySignature) => slots.some(({ kind }) => kind === "data");
  if (!takesTrials(family)) {
    const what = addition === undefined ? "cbind(successes, failures)" : "trials()";
    const message = `the ${family.name} family takes no trials`;
    problems.push(
      errorAt("no-trials", place.span, message, `${what} goes with ${familiesNamed(families.filter(takesTrials))}`),
    );
    return null;
  }
  if (columns === null) return trials;
  if (addition !== undefined) {
    const message = "cbind(successes, failures) gives the trials already";
    problems.push(errorAt("repeated-argument", addition.span, message, "leave trials() out"));
  }
  const sum: Binary = { type: "binary", operator: "+", left: columns.successes, right: columns.failures };
  return expression.span === undefined ? sum : { ...sum, span: expression.span };
}

/** "the binomial family" */
function familiesNamed(families: readonly FamilySignature[]): string {
  const names = families.map(({ name }) => name).join(" and ");
  return families.length === 1 ? `the ${names} family` : `the families ${names}`;
}

/** Known standard errors need a family that has them, and leave sigma out unless it is added. */
function checkErrors(
  errors: Call | undefined,
  statement: ResponseStatement,
  family: FamilySignature,
  families: readonly FamilySignature[],
  problems: Problem[],
): void {
  if (errors === undefined) return;
  const dispersion = family.slots.find(({ kind }) => kind === "auxiliary")?.name;
  if (family.dispersionIsSd !== true || dispersion === undefined) {
    const others = families.filter(({ dispersionIsSd }) => dispersionIsSd === true);
    const message = `se() gives standard errors that are known, and a row of ${family.name} has none`;
    problems.push(errorAt("no-standard-errors", errors.span, message, `it goes with ${familiesNamed(others)}`));
    return;
  }
  const added = errors.arguments[1];
  if (added !== undefined && !(added.type === "name" && added.name === dispersion)) {
    const message = `the second argument of se() is the parameter ${dispersion}, which is added to the known errors`;
    problems.push(errorAt("wrong-arguments", added.span, message, `write se(s) or se(s, ${dispersion})`));
  }
  const written = statement.arguments.find(({ value }) => value.type === "name" && value.name === dispersion);
  if (added === undefined && written !== undefined) {
    const message = `with se(s) the standard errors are known, and there is no ${dispersion}`;
    const without = { ...statement, arguments: statement.arguments.filter((argument) => argument !== written) };
    const hint = `write ${printFamilyCall(without)}, or se(s, ${dispersion}) to add an unknown ${dispersion}`;
    problems.push(errorAt("known-dispersion", written.span, message, hint));
  }
}

/** Reports the columns of an expression that are not in the table; `use` says what they were for. */
export function checkColumns(expression: Expression, use: string, table: Table, problems: Problem[]): void {
  for (const column of columnNames(expression)) checkColumn(column, use, table, problems);
}

/** Reports a column that is not in the table; `use` says what it was for. */
export function checkColumn(column: Name, use: string, table: Table, problems: Problem[]): void {
  if (table.columns.has(column.name)) return;
  const hint = didYouMean(column.name, [...table.columns.keys()], "columns");
  problems.push(errorAt("unknown-column", column.span, `unknown column "${column.name}" ${use}`, hint));
}

/** An auxiliary parameter that is not named is a free parameter all the same. */
function checkMissing(
  slot: SlotSignature,
  statement: ResponseStatement,
  family: FamilySignature,
  problems: Problem[],
): void {
  if (slot.kind === "auxiliary") return;
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
  { errors, addsDispersion }: Response,
  fixed: Map<string, number>,
  problems: Problem[],
): void {
  if (value.type === "name") {
    if (value.name === slot.name) return;
    const what = slot.kind === "mean" ? "mean" : "parameter in this place";
    const message = `the ${what} of ${family.name} is called ${slot.name}, not "${value.name}"`;
    problems.push(errorAt("parameter-name", value.span, message, `write ${signatureText(family)}`));
  } else if (slot.kind === "mean") {
    const message = `the mean ${slot.name} of ${family.name} takes a line of its own, not a number`;
    problems.push(errorAt("number-as-mean", value.span, message, `write ${signatureText(family)}`));
  } else if (errors !== null && !addsDispersion) {
    const message = `with se(s) the standard errors are known, and there is no ${slot.name}`;
    problems.push(
      errorAt("known-dispersion", value.span, message, `leave the ${value.value} out, or write se(s, ${slot.name})`),
    );
  } else if (slot.kind === "auxiliary") {
    const support = slot.support ?? "positive";
    if (isInSupport(support, value.value)) fixed.set(slot.name, value.value);
    else {
      const message = `${slot.name} ${supportWords[support]}, and cannot be held at ${value.value}`;
      problems.push(errorAt("fixed-parameter", value.span, message));
    }
  }
}
