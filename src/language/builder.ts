import type { ModelAst } from "./ast.js";
import { parseModel } from "./parser.js";
import { printFirstName, printName } from "./printer.js";

/** A family's arguments by position, `["size", "p"]`, or by slot, `{ size: "trials", p: "p" }`. */
export type FamilyArguments = readonly (string | number)[] | Readonly<Record<string, string | number>>;

/** Builds a model statement by statement. Every call returns a new builder; names may be any column names. */
export class ModelBuilder {
  readonly #lines: readonly string[];

  constructor(lines: readonly string[] = []) {
    this.#lines = lines;
  }

  /** `count ~ poisson(mu)` is response("count", "poisson", ["mu"]). */
  response(column: string, family: string, values: FamilyArguments): ModelBuilder {
    const list = isList(values)
      ? values.map(printValue)
      : Object.entries(values).map(([slot, value]) => `${printName(slot)} = ${printValue(value)}`);
    return this.#with(`${printFirstName(column)} ~ ${printName(family)}(${list.join(", ")})`);
  }

  /** `log(mu) = 1 + x` is predictor("mu", "log", "1 + x"). */
  predictor(parameter: string, link: string, formula: string): ModelBuilder {
    return this.#with(`${printFirstName(link)}(${printName(parameter)}) = ${formula}`);
  }

  /** `prior sd[subject, x] ~ normal(0, 1)` is prior("sd[subject, x]", "normal", [0, 1]). */
  prior(target: string, distribution: string, values: readonly number[]): ModelBuilder {
    return this.#with(`prior ${target} ~ ${printName(distribution)}(${values.join(", ")})`);
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

function printValue(value: string | number): string {
  return typeof value === "number" ? String(value) : printName(value);
}

function isList(values: FamilyArguments): values is readonly (string | number)[] {
  return Array.isArray(values);
}
