import type { Span } from "../language/ast.js";
import type { DesignRecipe } from "./DesignRecipe.js";
import type { ScalarSupport } from "./FamilySignature.js";

/**
 * A model met with its data: numbers and names, and nothing of the formula left. Plain data, so it goes to a worker.
 * Rows stand in the order of the kernels (sorted by group); `rowIndex` leads back to the table.
 */
export interface Design {
  /** Rows used, n. */
  readonly rows: number;
  /** Length n: the row of the table (from 0) that each row of the design came from. */
  readonly rowIndex: Int32Array;
  /** Rows of the table left out because a value they need is missing, ascending, from 0. */
  readonly droppedRows: Int32Array;
  /** How many rows of the table `subset()` left out, and how many have a weight of 0, which tell nothing. */
  readonly excluded: { readonly bySubset: number; readonly byWeight: number };
  readonly response: ResponseDesign;
  /** One per parameter that has a line in the model; the first is the mean. */
  readonly predictors: readonly PredictorDesign[];
  /** What the fixed effects of the mean separate; null where they separate nothing, or it was not found out. */
  readonly separation: Separation | null;
  /** The family's other parameters: thresholds, and those with no line of their own. */
  readonly scalars: readonly ScalarDesign[];
  /** What priors `constant(value)` hold; it is in the offsets, scalars and random terms, and no parameter. */
  readonly held: readonly HeldParameter[];
  /** By which other rows are coded as these are. */
  readonly recipe: DesignRecipe;
}

/** A parameter that the model holds at a number. */
export interface HeldParameter {
  /** As results would name it: "beta[x]". */
  readonly name: string;
  readonly value: number;
}

/**
 * Coefficients of the mean run to infinity by maximum likelihood, and some rows are then fitted without error. The rest of the rows have
 * a maximum of their own.
 */
export interface Separation {
  /** The rest of the rows, ascending. */
  readonly freeRows: Int32Array;
  /** Columns of the mean's predictor that are linearly independent on them, and span the others there. */
  readonly fitted: readonly string[];
  /** The columns whose coefficients the rest of the rows do not tell, and what they run to: Infinity, -Infinity, or NaN where that is not unique. */
  readonly notEstimable: readonly { readonly name: string; readonly limit: number }[];
}

/** The response of the rows used, with trials, weights and known errors where there are any. */
export interface ResponseDesign {
  readonly name: string;
  readonly family: string;
  /** Length n. A text response has its second level as 1 and its first as 0. */
  readonly values: Float64Array;
  /** Length n: the column in the family's data slot (`size` of binomial); null for a family that has none. */
  readonly trials: Float64Array | null;
  /** Length n, positive; null without prior weights. Known standard errors s without a sigma are weights 1 / s^2 to one of 1. */
  readonly weights: Float64Array | null;
  /** Length n: known standard errors to which sigma is added, or that stand beside weights, sigma being 0; null without. */
  readonly errors: Float64Array | null;
  /** What is known of the rows whose values are not; null where all are. */
  readonly censoring: Censoring | null;
  /** The intervals outside of which no response is seen; null where there are none. */
  readonly truncation: Truncation | null;
  /** The names of the categories, in their order, of a response that is one of several; values are their numbers, from 1. */
  readonly categories: readonly string[] | null;
  /** What the weights are: of the variance of a row (`sigma^2 / w`), or powers of its density. */
  readonly weighting: "precision" | "likelihood";
  /** The place of the response statement in the model text. */
  readonly span?: Span;
}

/** What is known of each row's response y beside its value. */
export interface Censoring {
  /** Length n: 0 where it is y; 1, more than y; -1, at most y; 2, more than y and at most `upper`. */
  readonly kinds: Int32Array;
  /** Length n: NaN in rows of other kinds; null where no row has an interval. */
  readonly upper: Float64Array | null;
}

/** Responses are seen from `lower` to `upper`, the ends included; length n, infinite where there is no bound. */
export interface Truncation {
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** A scalar parameter of the family such as `sigma`: free, or held at a number written in the model. */
export interface ScalarDesign {
  readonly parameter: string;
  readonly support: ScalarSupport;
  /** Of a threshold "threshold[2]" its number; absent for other parameters. */
  readonly threshold?: number;
  readonly fixed: number | null;
}

/** link(parameter) = X beta + offset + the random terms. */
export interface PredictorDesign {
  /** The family's name for it: "mu", "p", "sigma", "phi". */
  readonly parameter: string;
  /** The category whose predictor it is, of a response that is one of several without an order; absent for others. */
  readonly category?: string;
  readonly link: string;
  /** n x p, column-major, as coded (not centred). */
  readonly X: Float64Array;
  /** Length p: "Intercept", "post", "trt.progabide", "post:trt.progabide". */
  readonly columns: readonly string[];
  /** What the columns but the intercept's came of, in their order. */
  readonly terms: readonly FixedTerm[];
  /** The columns that R leaves out of a fit, ascending, and the terms without them, in positions of the others. */
  readonly dependent: { readonly columns: readonly DependentColumn[]; readonly terms: readonly FixedTerm[] } | null;
  /** Position of the intercept among the columns, or -1. */
  readonly interceptColumn: number;
  /** Length p: unweighted means over the rows used. */
  readonly columnMeans: Float64Array;
  /** Length n, or null where the formula has none. */
  readonly offset: Float64Array | null;
  /** The grouping factors, each once, in order of first appearance. */
  readonly factors: readonly GroupingFactor[];
  /** The random terms, each on one of the factors. Terms of one factor are independent of one another. */
  readonly randomTerms: readonly RandomTerm[];
  readonly span?: Span;
}

/** A column that is a linear combination of those before it, so that the data tell nothing of its coefficient besides theirs. */
export interface DependentColumn {
  /** Position among the predictor's columns. */
  readonly column: number;
  readonly name: string;
  /** "no row has a = a3 and b = b5" */
  readonly reason: string;
}

/** A term of the fixed effects, "post:trt": the columns it owns, and what it means for it to have no effect. */
export interface FixedTerm {
  readonly name: string;
  readonly firstColumn: number;
  readonly columnCount: number;
  /**
   * Under an interaction with factors the effect of the term is taken at the mean over their levels: it is none if, for each of its
   * columns, this sum of coefficients is zero, or with `constants`, what the coefficients that are held at numbers add to it. `weights` has
   * columns.length numbers a sum, row-major. Null where the term's own coefficients are all there is to it.
   */
  readonly marginal: {
    readonly columns: readonly number[];
    readonly weights: Float64Array;
    readonly constants?: Float64Array;
  } | null;
}

/** A grouping factor: its levels, and the level of each row. */
export interface GroupingFactor {
  /** "subject", "clinic:treatment" */
  readonly name: string;
  /** Length J: "17", "1:0". Numeric levels sort numerically, text in code-point order; every level occurs in the rows used. */
  readonly levels: readonly string[];
  /** Length n: the level of each row. */
  readonly levelIndex: Int32Array;
  /** The closest factor of the same predictor that this one is nested in, found from the data. */
  readonly parent: { readonly factor: number; readonly levelIndex: Int32Array } | null;
}

/** (coefficients | factor) with one q x q covariance matrix; never a dense Z. */
export interface RandomTerm {
  /** Position among the predictor's factors. */
  readonly factor: number;
  /** Length q: "Intercept", "post". */
  readonly coefficients: readonly string[];
  /** n x q, column-major: the row's covariates of the effects of its level. */
  readonly Z: Float64Array;
  /** What priors `constant(value)` hold of the covariance matrix; absent where that is nothing. */
  readonly held?: HeldCovariance;
  readonly span?: Span;
}

/** The parts of a term's covariance matrix that stand at numbers. */
export interface HeldCovariance {
  /** Length q: positive, or null where it is free. */
  readonly sds: readonly (number | null)[];
  /** That of two effects, not 0; null where it is free, and for another number of effects. */
  readonly correlation: number | null;
}

/** Whether some responses are censored or truncated, so that rows have other densities than those of their family. */
export function isCut({ censoring, truncation }: Pick<ResponseDesign, "censoring" | "truncation">): boolean {
  return censoring !== null || truncation !== null;
}

/** The bounds of a truncation that all rows share; null where there is none, or they differ. */
export function commonBounds(truncation: Truncation | null): { readonly lower: number; readonly upper: number } | null {
  if (truncation === null) return null;
  const { lower, upper } = truncation;
  const isCommon = (bounds: Float64Array) => bounds.every((bound) => bound === bounds[0]);
  return isCommon(lower) && isCommon(upper) ? { lower: lower[0], upper: upper[0] } : null;
}
