import type { Problem } from "../language/ModelError.js";
import type { RandomTermFormula } from "../language/terms.js";
import { mapSteps, type Steps } from "../math/steps.js";
import { checkColumns } from "./checkColumns.js";
import { type CodedMatrix, codeMatrixSteps } from "./codedMatrix.js";
import type { PredictorDesign, RandomTerm } from "./Design.js";
import type { Evaluator } from "./evaluate.js";
import type { Grouping } from "./groupingFactors.js";
import { hasFreeSd } from "./holdCovariance.js";
import { counted, warningAt } from "./problems.js";
import { type ErrorVariance, tellsVariancesApart } from "./tellsVariancesApart.js";

/** The random terms of a predictor on n rows; `||` makes one of every column. */
export function* randomTerms(
  random: readonly RandomTermFormula[],
  grouping: Grouping,
  variables: Evaluator,
  rows: number,
  problems: Problem[],
): Steps<RandomTerm[]> {
  const parts = yield* mapSteps(random, function* (formula, t) {
    const where = `in the effects over ${formula.group.map((variable) => variable.name).join(":")}`;
    const place = { where, span: formula.span };
    const coded = yield* codeMatrixSteps(formula.intercept, formula.terms, variables, rows, place, problems);
    if (coded === null) return [];
    const found: Problem[] = [];
    yield* checkColumns(coded, place, found);
    // A term's columns are no matter of the fit's rank: their effects have variances of their own.
    problems.push(
      ...found.map((problem) => (problem.severity === "error" ? problem : { ...problem, code: "dependent-effects" })),
    );
    const factor = grouping.factorOfTerm[t];
    return factor < 0 ? [] : split(coded, formula, factor);
  });
  return parts.flat();
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

/**
 * With as many effects as rows, the variance of normal errors may not be told from that of the effects: where it can be (it is known, or
 * varies from row to row as the effects' does not) there is nothing to say.
 */
export function checkEffects(design: PredictorDesign, errors: ErrorVariance, rows: number, problems: Problem[]): void {
  const saturated = saturatedTerms(design, rows);
  if (saturated.length === 0 || tellsVariancesApart(design, errors, rows)) return;
  for (const { term, message } of saturated) {
    const cause = "their variance cannot be told from that of the errors";
    problems.push(
      warningAt("too-many-effects", term.span, `${message}: ${cause}`, "their priors alone divide the two"),
    );
  }
}

/** A binary row has no variance of its own that an effect of its own could add to: with one a row they only bend the link. */
export function checkBinaryEffects(design: PredictorDesign, rows: number, problems: Problem[]): void {
  for (const { term, message } of saturatedTerms(design, rows)) {
    const isUntold = isExactlyUntold(design, term, rows);
    const cause = `of one trial each: the responses ${isUntold ? "do not tell" : "hardly tell"} their standard deviation`;
    const code = isUntold ? "saturated-effects" : "weak-effects";
    problems.push(warningAt(code, term.span, `${message} ${cause}`, "its prior will decide; leave the term out"));
  }
}

/**
 * An effect of its own in each binary row changes the probabilities of the rows and nothing else. They tell nothing of its standard
 * deviation where the coefficients alone can give any probabilities to the patterns of covariates; and not under a probit link without
 * an offset, where Phi(eta) averaged over a normal intercept is Phi(eta / sqrt(1 + sd^2)).
 */
function isExactlyUntold(design: PredictorDesign, { factor, Z }: RandomTerm, rows: number): boolean {
  if (design.factors[factor].levels.length < rows) return false;
  const isIntercept = Z.length === rows && Z.every((value) => value === 1);
  if (design.link === "probit" && design.offset === null && isIntercept) return true;
  const patterns = new Set<string>();
  for (let i = 0; i < rows && patterns.size <= design.columns.length; i++) {
    const at = (matrix: Float64Array) => Array.from({ length: matrix.length / rows }, (_, k) => matrix[k * rows + i]);
    patterns.add([...at(design.X), ...at(Z), design.offset?.[i] ?? 0].join());
  }
  return patterns.size <= design.columns.length;
}

/** The random terms with at least as many effects as rows and an sd to be told from them, and that said in words. */
function saturatedTerms({ factors, randomTerms }: PredictorDesign, rows: number) {
  return randomTerms.flatMap((term) => {
    const { name, levels } = factors[term.factor];
    const { length: coefficients } = term.coefficients;
    if (levels.length * coefficients < rows || !hasFreeSd(term)) return [];
    const message = `${counted(levels.length * coefficients, "effect")} over ${name} for ${counted(rows, "row")}`;
    return [{ term, message }];
  });
}
