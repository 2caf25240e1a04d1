import type { Design, HeldCovariance, PredictorDesign } from "../../design/Design.js";
import type { Family } from "../../family/Family.js";
import { columnOfOnes, standardBasis } from "../../math/linalg/standardBasis.js";
import type { Column } from "./span.js";
import { tableOrder } from "./tableOrder.js";

/**
 * What a model can say of the rows that it was met with, for comparing it with another: the spaces that its predictors and random
 * effects span. Rows stand in the order of the table, so that two models of the same rows can be laid side by side.
 */
export interface ModelSpace {
  readonly family: Family;
  readonly mean: PredictorSpace;
  /** The family's other parameters, scalars among them. */
  readonly dispersions: readonly PredictorSpace[];
  readonly factors: readonly FactorSpace[];
}

/** link(parameter) = offset + any linear combination of the columns (and, for the mean, of random effects). */
export interface PredictorSpace {
  readonly parameter: string;
  /** Null for a scalar: one column of ones where it is free, an offset and no column where it is held at a number. */
  readonly link: string | null;
  /** Length n. */
  readonly offset: Float64Array;
  readonly columns: readonly Column[];
}

export interface FactorSpace {
  readonly name: string;
  /** Length n: levels numbered by first appearance, the same for two factors that part the rows alike. */
  readonly partition: Int32Array;
  /** Per term the covariates of its effects. Effects of one term have any covariance, those of different terms none. */
  readonly terms: readonly (readonly Column[])[];
  /** The terms of which an sd or a correlation is held at a number. */
  readonly heldTerms: readonly HeldTermSpace[];
}

export interface HeldTermSpace {
  /** As the model has them: what is held is held of their effects. */
  readonly columns: readonly Column[];
  readonly held: HeldCovariance;
}

export function modelSpace(design: Design, family: Family): ModelSpace {
  const order = tableOrder(design);
  const [mean, ...modelled] = design.predictors;
  return {
    family,
    mean: predictorSpace(mean, order),
    dispersions: [
      ...modelled.map((predictor) => predictorSpace(predictor, order)),
      ...design.scalars.map(({ parameter, fixed }) => scalarSpace(parameter, fixed, design.rows)),
    ],
    factors: mean.factors.map(({ name, levelIndex }, f) => {
      const own = mean.randomTerms.filter(({ factor }) => factor === f);
      return {
        name,
        partition: numberedByAppearance(order.map((k) => levelIndex[k])),
        terms: own.flatMap(({ coefficients, Z, held }) =>
          held === undefined ? [columnsOf(coefficients, Z, order)] : [],
        ),
        heldTerms: own.flatMap(({ coefficients, Z, held }) =>
          held === undefined ? [] : [{ columns: inOrder(coefficients, Z, order), held }],
        ),
      };
    }),
  };
}

/** The name of a family's dispersion; null for a family without one. */
export function dispersionOf({ slots }: Family): string | null {
  return slots.find(({ kind }) => kind === "auxiliary")?.name ?? null;
}

/** A column of ones. */
export function constantColumn(rows: number): Column {
  return { name: "Intercept", values: new Float64Array(rows).fill(1) };
}

function predictorSpace({ parameter, link, X, columns, offset }: PredictorDesign, order: Int32Array): PredictorSpace {
  return {
    parameter,
    link,
    offset: Float64Array.from(order, (k) => offset?.[k] ?? 0),
    columns: columnsOf(columns, X, order),
  };
}

function scalarSpace(parameter: string, fixed: number | null, rows: number): PredictorSpace {
  const isFree = fixed === null;
  return {
    parameter,
    link: null,
    offset: new Float64Array(rows).fill(fixed ?? 0),
    columns: isFree ? [constantColumn(rows)] : [],
  };
}

/**
 * The standard basis of a column-major matrix, whose leading columns span what those of the matrix do, rows taken in an order: a space is
 * told from another whatever the origins and units of the covariates.
 */
function columnsOf(names: readonly string[], matrix: Float64Array, order: Int32Array): Column[] {
  const { basis } = standardBasis(matrix, names.length, columnOfOnes(matrix, names.length));
  return inOrder(names, basis, order);
}

function inOrder(names: readonly string[], matrix: Float64Array, order: Int32Array): Column[] {
  return names.map((name, j) => ({ name, values: Float64Array.from(order, (k) => matrix[j * order.length + k]) }));
}

function numberedByAppearance(levels: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return levels.map((level) => {
    const number = numbers.get(level) ?? numbers.size;
    numbers.set(level, number);
    return number;
  });
}
