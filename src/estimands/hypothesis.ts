import type { Expression, ModelSource } from "../language/ast.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import { parseArithmetic } from "../language/parseArithmetic.js";
import type { HypothesisRow } from "../summary/Estimands.js";
import { checkNames, linearForm, quantityNames } from "./arithmetic.js";

/** "beta[a] - 2 * beta[b] = 0", read. */
export interface Hypothesis {
  readonly source: ModelSource;
  readonly relation: HypothesisRow["relation"];
  /** The left side less the right one. */
  readonly difference: Expression;
}

/**
 * Reads an equation or inequality of parameters by their names; without a relation, that the expression is 0. Throws ModelError with the place of what is wrong: names
 * that are none of those known, more than one relation, or what is about no parameter.
 */
export function readHypothesis(text: string, known: readonly string[]): Hypothesis {
  const source: ModelSource = { name: "hypothesis", text };
  const found = relationsIn(text);
  if (found.length > 1)
    throw new ModelError(
      [errorAt("second-relation", found[1].span, "a second relation in one hypothesis", "give two hypotheses")],
      source,
    );
  const [relation] = found;
  const difference = relation === undefined ? parseArithmetic(source) : sides(source, relation.span);
  checkNames(difference, known, "parameters", source);
  if (quantityNames(difference).length === 0)
    throw new ModelError(
      [
        errorAt(
          "no-parameter",
          { start: 0, end: text.length },
          "the hypothesis is about no parameter",
          `as in ${known[0]} = 0`,
        ),
      ],
      source,
    );
  const form = linearForm(difference);
  if (form !== null && [...form.weights.values()].every((weight) => weight === 0))
    throw new ModelError(
      [errorAt("no-parameter", { start: 0, end: text.length }, "the parameters cancel out of the hypothesis")],
      source,
    );
  return { source, relation: relation?.relation ?? "=", difference };
}

interface Relation {
  readonly relation: Hypothesis["relation"];
  readonly span: { readonly start: number; readonly end: number };
}

const relations: ReadonlyMap<string, Hypothesis["relation"]> = new Map([
  ["=", "="],
  ["==", "="],
  ["<", "<"],
  ["<=", "<"],
  [">", ">"],
  [">=", ">"],
] as const);

/** Outside of brackets and quotes, in which names of levels may have any character. */
function relationsIn(text: string): Relation[] {
  const pieces = /\[[^\]]*\]|`[^`]*`|"[^"]*"|'[^']*'|<=|>=|==|=|<|>/g;
  return [...text.matchAll(pieces)].flatMap(({ 0: piece, index }): Relation[] => {
    const relation = relations.get(piece);
    return relation === undefined ? [] : [{ relation, span: { start: index, end: index + piece.length } }];
  });
}

function sides(source: ModelSource, { start, end }: Relation["span"]): Expression {
  const left = parseArithmetic(source, { start: 0, end: start });
  const right = parseArithmetic(source, { start: end, end: source.text.length });
  return { type: "binary", operator: "-", left, right, span: { start: 0, end: source.text.length } };
}
