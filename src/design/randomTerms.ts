import { errorAt, type Problem } from "../language/ModelError.js";
import type { RandomTermFormula } from "../language/terms.js";
import { checkColumns } from "./checkColumns.js";
import { type CodedMatrix, codeMatrix } from "./codedMatrix.js";
import type { PredictorDesign, RandomTerm } from "./Design.js";
import type { Evaluator } from "./evaluate.js";
import type { Grouping } from "./groupingFactors.js";
import { counted } from "./problems.js";

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
export function checkEffects({ factors, randomTerms }: PredictorDesign, rows: number, problems: Problem[]): void {
  for (const { factor, coefficients, span } of randomTerms) {
    const { name, levels } = factors[factor];
    const effects = levels.length * coefficients.length;
    if (effects < rows) continue;
    const message = `${counted(effects, "effect")} over ${name} for ${counted(rows, "row")}: they cannot be told from the errors`;
    const hint = `${counted(levels.length, "level")} x ${counted(coefficients.length, "coefficient")}; fewer effects, or a coarser factor`;
    problems.push(errorAt("too-many-effects", span, message, hint));
  }
}
