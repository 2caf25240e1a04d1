import type { PolynomialRecurrence } from "../math/linalg/orthonormalPolynomials.js";
import type { FactorValue } from "./Value.js";

/**
 * What the coding of variables takes from the rows that a model was fitted to, so that other rows are coded as those were: plain data.
 * Each is known by the expression that it is of, as it is printed.
 */
export interface DesignRecipe {
  /** Of center() and scale(). */
  readonly moments: readonly (readonly [string, Moments])[];
  /** Of poly(). */
  readonly polynomials: readonly (readonly [string, PolynomialRecurrence])[];
  /** The days from which dates are counted, in days since 1970-01-01. */
  readonly firstDays: readonly (readonly [string, number])[];
  /** Of each variable that is a factor of the fixed effects, or among the covariates of random ones. */
  readonly factors: readonly (readonly [string, FactorCode])[];
  /** One a predictor: the means of its columns as coded, before a prior holds any of them. */
  readonly columnMeans: readonly Float64Array[];
}

/** The mean and the standard deviation by which a column was scaled. */
export interface Moments {
  readonly centre: number;
  readonly scale: number;
}

/** The levels of a factor in their order, and its contrasts. */
export type FactorCode = Pick<FactorValue, "levels" | "coding">;

/** A recipe as it is written down while the rows of a fit are coded, or as it is read for others. */
export interface CodingMemory {
  readonly moments: Map<string, Moments>;
  readonly polynomials: Map<string, PolynomialRecurrence>;
  readonly firstDays: Map<string, number>;
  readonly factors: Map<string, FactorCode>;
}

/** An empty memory, or that of a recipe. */
export function codingMemory(recipe?: DesignRecipe): CodingMemory {
  return {
    moments: new Map(recipe?.moments),
    polynomials: new Map(recipe?.polynomials),
    firstDays: new Map(recipe?.firstDays),
    factors: new Map(recipe?.factors),
  };
}

export function recipeOf(memory: CodingMemory, columnMeans: readonly Float64Array[]): DesignRecipe {
  const { moments, polynomials, firstDays, factors } = memory;
  return {
    moments: [...moments],
    polynomials: [...polynomials],
    firstDays: [...firstDays],
    factors: [...factors],
    columnMeans,
  };
}

/** What is known of an expression, or is computed and known from then on; null where it cannot be computed. */
export function remembered<T>(memory: Map<string, T> | undefined, of: string, compute: () => T | null): T | null {
  const known = memory?.get(of);
  if (known !== undefined) return known;
  const computed = compute();
  if (computed !== null) memory?.set(of, computed);
  return computed;
}
