import { errorAt, type Problem } from "../language/ModelError.js";
import type { RandomTermFormula } from "../language/terms.js";
import { checkColumns } from "./checkColumns.js";
import { type CodedMatrix, codeMatrix } from "./codedMatrix.js";
import type { PredictorDesign, RandomTerm } from "./Design.js";
import type { Evaluator } from "./evaluate.js";
import type { Grouping } from "./groupingFactors.js";
import { counted, warningAt } from "./problems.js";

/** The random terms of a predictor on n rows; `||` makes one of every column. */
export function randomTerms(
  random: readonly RandomTermFormula[],
  grouping: Grouping,
  variables: Evaluator,
  rows: number,
  problems: Problem[],
): RandomTerm[] {
  return random.flatMap((formula, t) => {
    const where = `in the effects over ${formula.group.map((variable) => variable.name).join(":")}`;
    const place = { where, span: formula.span };
    const coded = codeMatrix(formula.intercept, formula.terms, variables, rows, place, problems);
    if (coded === null) return [];
    checkColumns(coded, place, problems);
    const factor = grouping.factorOfTerm[t];
    return factor < 0 ? [] : split(coded, formula, factor);
  });
}

function split({ rows, matrix, columns }: CodedMatrix, formula: RandomTermFormula, factor: number): RandomTerm[] {
  const span = formula.span && { span: formula.span };
  if (formula.correlated) return [{ factor, coefficients: columns, Z: matrix, ...span }];
  return columns.map((name, k) => ({
    factor,
    coefficients: [name],
    Z: matrix.slice(k * rows, (k + 1) * rows),
    ...span,
  }));
}

/** With as many effects as rows, normal errors cannot be told from the effects. */
export function checkEffects(design: PredictorDesign, rows: number, problems: Problem[]): void {
  for (const { term, message, hint } of saturatedTerms(design, rows))
    problems.push(errorAt("too-many-effects", term.span, `${message}: they cannot be told from the errors`, hint));
}

/** A binary row has no variance of its own that an effect of its own could add to: with one a row they only bend the link. */
export function checkBinaryEffects(design: PredictorDesign, rows: number, problems: Problem[]): void {
  for (const { term, message } of saturatedTerms(design, rows)) {
    const cause = "of one trial each: the responses do not tell their standard deviation";
    problems.push(
      warningAt("saturated-effects", term.span, `${message} ${cause}`, "its prior will decide; leave the term out"),
    );
  }
}

/** The random terms with at least as many effects as rows, that said in words, and how it comes. */
function saturatedTerms({ factors, randomTerms }: PredictorDesign, rows: number) {
  return randomTerms.flatMap((term) => {
    const { name, levels } = factors[term.factor];
    const { length: coefficients } = term.coefficients;
    if (levels.length * coefficients < rows) return [];
    const message = `${counted(levels.length * coefficients, "effect")} over ${name} for ${counted(rows, "row")}`;
    const hint = `${counted(levels.length, "level")} x ${counted(coefficients, "coefficient")}; fewer effects, or a coarser factor`;
    return [{ term, message, hint }];
  });
}
