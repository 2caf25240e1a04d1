import { checkArgument } from "../argument/checkArgument.js";
import { aText } from "../argument/kinds.js";
import type { Expression, ModelAst, PriorTarget } from "./ast.js";
import { readStatements } from "./lexer.js";
import { ModelError } from "./ModelError.js";
import { parseExpression, requireEnd } from "./parseExpression.js";
import { parsePrior } from "./parsePrior.js";
import { parseModel } from "./parser.js";
import { printExpression, printFirstName, printName, printTarget } from "./printer.js";
import { SyntaxProblem, TokenStream } from "./TokenStream.js";

/** A family's arguments by position, `["size", "p"]`, or by slot, `{ size: "trials", p: "p" }`. */
export type FamilyArguments = readonly (string | number)[] | Readonly<Record<string, string | number>>;

/** What may stand after the bar of a response: formulas, such as `{ weights: "w", subset: "x > 1" }`. */
export type Additions = Readonly<Partial<Record<"trials" | "weights" | "se" | "subset" | "cens" | "trunc", string>>>;

/**
 * Builds a model statement by statement; every call returns a new builder. A name may have any characters. A formula and the target of a prior are
 * in the language's own words, with `quoteName` for a name in them that is not plain; each is read by itself, and cannot add a statement.
 */
export class ModelBuilder {
  readonly #lines: readonly string[];

  constructor(lines: readonly string[] = []) {
    this.#lines = lines;
  }

  /** `count ~ poisson(mu)` is response("count", "poisson", ["mu"]). Throws ModelError. */
  response(column: string, family: string, values: FamilyArguments, additions: Additions = {}): ModelBuilder {
    const list = isList(values)
      ? values.map(printValue)
      : Object.entries(values).map(([slot, value]) => `${printName(slot)} = ${printValue(value)}`);
    const calls = Object.entries(additions).map(([name, formula]) => readAddition(name, formula));
    const left = [printFirstName(column), ...(calls.length > 0 ? [calls.join(" + ")] : [])].join(" | ");
    return this.#with(`${left} ~ ${printName(family)}(${list.join(", ")})`);
  }

  /** `log(mu) = 1 + x` is predictor("mu", "log", "1 + x"). Throws ModelError. */
  predictor(parameter: string, link: string, formula: string): ModelBuilder {
    return this.#with(`${printFirstName(link)}(${printName(parameter)}) = ${readFormula(formula)}`);
  }

  /** `prior sd[subject, x] ~ normal(0, 1)` is prior("sd[subject, x]", "normal", [0, 1]). Throws ModelError. */
  prior(target: string, distribution: string, values: readonly number[]): ModelBuilder {
    return this.#with(`prior ${printTarget(readTarget(target))} ~ ${printName(distribution)}(${values.join(", ")})`);
  }

  /** The tree of the statements, with the text they make as its source. Throws ModelError. */
  build(): ModelAst {
    return parseModel(this.#lines.join("\n"));
  }

  #with(line: string): ModelBuilder {
    return new ModelBuilder([...this.#lines, line]);
  }
}

/** An empty model: model().response(...).predictor(...).build(). */
export function model(): ModelBuilder {
  return new ModelBuilder();
}

/** A name as it is written in a formula or in the target of a prior: in backticks where it must be. */
export function quoteName(name: string): string {
  checkArgument(aText, name, "quoteName", "name");
  return printName(name);
}

function printValue(value: string | number): string {
  return typeof value === "number" ? String(value) : printName(value);
}

/** A formula in its canonical form. */
function readFormula(formula: string): string {
  return printExpression(readPart("formula", formula, wholeExpression));
}

function wholeExpression(stream: TokenStream): Expression {
  const whole = parseExpression(stream);
  requireEnd(stream, "in the formula");
  return whole;
}

/** A call such as `subset(x > 1)`, in whose parentheses comparisons have a meaning. */
function readAddition(name: string, formula: string): string {
  const call = readPart(name, `${name}(${formula})`, (stream) => {
    const expression = wholeExpression(stream);
    if (expression.type !== "call")
      stream.fail("bad-addition", `${name} takes one formula`, undefined, expression.span);
    return expression;
  });
  return printExpression(call);
}

function readTarget(target: string): PriorTarget {
  return readPart("target", `prior ${target} ~ flat()`, (stream) => {
    const prior = parsePrior(stream);
    if (prior.distribution.name !== "flat" || prior.distribution.span?.start !== `prior ${target} ~ `.length)
      stream.fail("bad-target", "a target ends before the ~ of its prior", 'as in "sd[subject, x]"', prior.span);
    return prior.target;
  });
}

/** Reads a text that is part of one statement, and may have line breaks. Throws ModelError, which quotes it. */
function readPart<T>(name: string, text: string, read: (stream: TokenStream) => T): T {
  const { statements, problems } = readStatements(text);
  if (problems.length > 0) throw new ModelError(problems, { name, text });
  const end = { kind: "end", span: { start: text.length, end: text.length } } as const;
  const tokens = [...statements.flatMap((statement) => statement.tokens.filter(({ kind }) => kind !== "end")), end];
  try {
    return read(new TokenStream(text, tokens));
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    throw new ModelError([error.problem], { name, text });
  }
}

function isList(values: FamilyArguments): values is readonly (string | number)[] {
  return Array.isArray(values);
}
