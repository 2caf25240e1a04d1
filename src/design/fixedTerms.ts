import { dot } from "../math/linalg/triangularFactor.js";
import { type CodedTerm, combinations } from "./codedMatrix.js";
import type { CodedVariable } from "./coding.js";
import type { FixedTerm } from "./Design.js";

/**
 * The terms with their marginal hypotheses, those of SAS's type III and of lmerTest: a term that is contained in interactions with
 * factors has its effect averaged over their levels, each level weighing the same. Numbers stay where they are, at zero.
 */
export function fixedTerms(terms: readonly CodedTerm[]): FixedTerm[] {
  return terms.map((term) => {
    const { name, firstColumn, columnCount } = term;
    const containing = terms.filter((other) => isContained(term, other));
    return { name, firstColumn, columnCount, marginal: containing.length === 0 ? null : marginal(term, containing) };
  });
}

/** Whether `other` is the product of `term` with factors. */
export function isContained(term: CodedTerm, other: CodedTerm): boolean {
  const rest = other.variables.filter((name) => !term.variables.includes(name));
  return (
    rest.length > 0 &&
    rest.length === other.variables.length - term.variables.length &&
    other.parts.every(({ factor }, v) => factor !== null || !rest.includes(other.variables[v]))
  );
}

function marginal(term: CodedTerm, containing: readonly CodedTerm[]): NonNullable<FixedTerm["marginal"]> {
  const all = [term, ...containing];
  const columns = all.flatMap(({ firstColumn, columnCount }) =>
    Array.from({ length: columnCount }, (_, c) => firstColumn + c),
  );
  const rows = combinations(term.parts).map((own) => all.flatMap((other) => rowWeights(term, own, other)));
  return { columns, weights: Float64Array.from(rows.flat()) };
}

/** Of each column of `other`, its share in the effect that the column `own` of the term stands for. */
function rowWeights(term: CodedTerm, own: readonly number[], other: CodedTerm): number[] {
  const shares = other.parts.map((part, v) => {
    const at = term.variables.indexOf(other.variables[v]);
    return part.names.map((_, k) => (at < 0 ? meanOf(part, k) : shareOf(term.parts[at], own[at], part, k)));
  });
  return combinations(other.parts).map((tuple) => tuple.reduce((product, k, v) => product * shares[v][k], 1));
}

function meanOf({ factor }: CodedVariable, k: number): number {
  return factor === null ? 0 : factor.column(k).reduce((sum, value) => sum + value, 0) / factor.levels;
}

/** Column k of a variable as it is coded in one term, seen by the coefficient of its column `own` as it is coded in another. */
function shareOf(variable: CodedVariable, own: number, { factor }: CodedVariable, k: number): number {
  if (variable.factor === null || factor === null) return own === k ? 1 : 0;
  return dot(variable.factor.contrast(own), factor.column(k));
}
