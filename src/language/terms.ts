import type { Expression, Span } from "./ast.js";

/** A variable of a term: an expression that is evaluated on the table, and the name it is printed by (`I(age^2)`). */
export interface Variable {
  readonly name: string;
  readonly expression: Expression;
}

/** A product of variables, in order of first appearance in the formula: one for a main effect, more for an interaction. */
export interface Term {
  readonly variables: readonly Variable[];
  readonly span?: Span;
}

/** One `(effects | group)` after `/` has been expanded; the factor of `a:b` has two variables. */
export interface RandomTermFormula {
  readonly intercept: boolean;
  readonly terms: readonly Term[];
  readonly correlated: boolean;
  readonly group: readonly Variable[];
  readonly span?: Span;
}

/** A formula expanded by the rules of Wilkinson and Rogers (1973), as R does: terms by degree, then by appearance. */
export interface ExpandedFormula {
  readonly intercept: boolean;
  readonly terms: readonly Term[];
  readonly offsets: readonly Variable[];
  readonly random: readonly RandomTermFormula[];
}
