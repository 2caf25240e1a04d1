/** A half-open range of the model text, in UTF-16 offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The abstract syntax tree of a model. It is plain JSON: it goes to a worker, a queue or a file as it is,
 * and `printModel` turns it back into text. Spans are present when the tree was parsed from a text.
 */
export interface ModelAst {
  readonly response: ResponseStatement;
  /** One line per modelled parameter; the first stands for the mean. */
  readonly predictors: readonly PredictorStatement[];
  readonly priors: readonly PriorStatement[];
  /** The text it was parsed from, so that every later problem can quote it. */
  readonly source?: ModelSource;
}

/** The text that a model came from, which problems quote. */
export interface ModelSource {
  /** What errors call the text: a file name, or "model". */
  readonly name: string;
  readonly text: string;
  /** Where the text is not a model but the parts that one was made of (a formula, a family): what each of its lines is called. */
  readonly parts?: readonly string[];
}

/** `count ~ poisson(mu)`, `cbind(ill, well) ~ binomial(p)`, `score | weights(w) + subset(age > 18) ~ normal(mu, sigma)` */
export interface ResponseStatement {
  /** A column, arithmetic of columns, or `cbind(successes, failures)`. */
  readonly expression: Expression;
  /** What stands after the bar, such as `trials(n)`; each name at most once. */
  readonly additions: readonly Call[];
  readonly family: Name;
  readonly arguments: readonly FamilyArgument[];
  readonly span?: Span;
}

/** `mu`, `size`, `2` or `size = trials`: which slot it fills is decided against the family's signature. */
export interface FamilyArgument {
  readonly slot?: Name;
  readonly value: Name | NumberLiteral;
  readonly span?: Span;
}

/** `log(mu) = 1 + x + (1 | g)`; the link is "identity" where none is written. */
export interface PredictorStatement {
  readonly link: Name;
  readonly parameter: Name;
  readonly formula: Expression;
  readonly span?: Span;
}

/** `prior beta[post] ~ normal(0, 1)` */
export interface PriorStatement {
  readonly target: PriorTarget;
  readonly distribution: Name;
  readonly arguments: readonly NumberLiteral[];
  readonly span?: Span;
}

/**
 * What a prior is on: `intercept`, `beta`, `sd`, `cor` or a scalar parameter, narrowed by what stands in brackets
 * (`sd[subject, post]` has `index` ["subject", "post"]) and, for a second predictor, by its parameter (`phi.beta[x]`).
 * Each index is a name as it is printed in results, variables of an interaction in any order.
 */
export interface PriorTarget {
  readonly parameter?: Name;
  readonly target: Name;
  readonly index: readonly Name[];
  readonly span?: Span;
}

/** A name: of a column, a parameter or a function. */
export interface Name {
  readonly type: "name";
  readonly name: string;
  readonly span?: Span;
}

/** A number. */
export interface NumberLiteral {
  readonly type: "number";
  readonly value: number;
  readonly span?: Span;
}

/** A text in quotes. */
export interface StringLiteral {
  readonly type: "string";
  readonly value: string;
  readonly span?: Span;
}

/** `log(x)`, `offset(x)`, `relevel(x, "placebo")` */
export interface Call {
  readonly type: "call";
  readonly callee: Name;
  readonly arguments: readonly Expression[];
  /** Of `trunc(upper = 9)`: the names that its arguments are given by, null for one without; absent where none has a name. */
  readonly names?: readonly (string | null)[];
  readonly span?: Span;
}

/** An operator with one operand. */
export interface Unary {
  readonly type: "unary";
  readonly operator: "+" | "-" | "!";
  readonly operand: Expression;
  readonly span?: Span;
}

/**
 * In a formula the operators are Wilkinson and Rogers's; inside a call they are arithmetic. Comparisons and the logical `&` and `|`
 * stand only inside `I()` and `subset()`.
 */
export interface Binary {
  readonly type: "binary";
  readonly operator: "+" | "-" | "*" | "/" | ":" | "^" | LogicalOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly span?: Span;
}

/** Comparisons and logical operators. */
export type LogicalOperator = "<" | "<=" | ">" | ">=" | "==" | "!=" | "&" | "|";

/** `(1 + x | g)`, or `(1 + x || g)` where `correlated` is false. */
export interface RandomEffects {
  readonly type: "random";
  readonly effects: Expression;
  readonly correlated: boolean;
  readonly group: Expression;
  readonly span?: Span;
}

/** An expression of a model text. */
export type Expression = Name | NumberLiteral | StringLiteral | Call | Unary | Binary | RandomEffects;
