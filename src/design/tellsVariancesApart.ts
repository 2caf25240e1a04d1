import { addScaled, dot } from "../math/linalg/triangularFactor.js";
import { mean } from "../math/moments.js";
import { exp } from "../math/special/elementary.js";
import type { GroupingFactor, HeldCovariance, PredictorDesign, RandomTerm } from "./Design.js";

/** A component of the covariance is dependent if less than this part of its squared length is orthogonal to those before it. */
const DEPENDENT = 1e-10;
/** Coefficients, per standard deviation, at which the derivatives of a modelled dispersion are taken: any generic place serves. */
const GENERIC_STEP = 0.37;

/** What is known of the standard deviation of the errors. */
export interface ErrorVariance {
  readonly isKnown: boolean;
  /** Null where it is one number for all rows. */
  readonly predictor: PredictorDesign | null;
}

/**
 * Whether the variances and covariances of the effects and the variance of normal errors are told apart by the covariance of the
 * responses, V = sum_t Z_t G_t Z_t' + R. V is linear in the entries of each G_t, so that they are exactly if the matrices that they
 * multiply, and the derivatives of R, are linearly independent. Inner products of these matrices, tr(A B), are sums over the cells in
 * which the levels of two factors meet: time linear in the rows.
 */
export function tellsVariancesApart(
  { factors, randomTerms }: PredictorDesign,
  errors: ErrorVariance,
  rows: number,
): boolean {
  const terms = randomTerms.map((term) => scaledTerm(term, factors[term.factor], rows));
  const entries = terms.flatMap((term) => entriesOf(term));
  const diagonals = errorComponents(errors, rows);
  const size = entries.length + diagonals.length;
  const gram = new Float64Array(size * size);
  const set = (i: number, j: number, value: number) => {
    gram[i * size + j] = gram[j * size + i] = value;
  };
  terms.forEach((term, t) => {
    terms.slice(0, t + 1).forEach((other) => {
      const products = cellProducts(term, other, rows);
      for (const a of entriesOf(term)) {
        for (const b of entriesOf(other)) set(entries.findIndex(same(a)), entries.findIndex(same(b)), products(a, b));
      }
    });
  });
  diagonals.forEach((diagonal, d) => {
    entries.forEach(({ term, k, l }, i) => {
      const product = diagonal.reduce(
        (sum, r, row) => sum + 2 * r * term.Z[k * rows + row] * term.Z[l * rows + row],
        0,
      );
      set(entries.length + d, i, product);
    });
    diagonals.slice(0, d + 1).forEach((other, e) => {
      set(entries.length + d, entries.length + e, dot(diagonal, other));
    });
  });
  return isRegular(gram, size);
}

interface ScaledTerm {
  readonly levelIndex: Int32Array;
  readonly levels: number;
  /** n x q, column-major, columns of unit mean square. */
  readonly Z: Float64Array;
  readonly effects: number;
  readonly held: HeldCovariance | null;
}

/** The entry (k, l) of the covariance matrix of a term. */
interface Entry {
  readonly term: ScaledTerm;
  readonly k: number;
  readonly l: number;
}

function same(a: Entry) {
  return (b: Entry) => a.term === b.term && a.k === b.k && a.l === b.l;
}

/** Those that are not held at numbers: a held correlation ties the covariance to the variances. */
function entriesOf(term: ScaledTerm): Entry[] {
  const { effects, held } = term;
  const isHeld = ({ k, l }: Entry) => held !== null && (k === l ? held.sds[k] !== null : held.correlation !== null);
  return Array.from({ length: effects }, (_, k) => Array.from({ length: k + 1 }, (__, l) => ({ term, k, l })))
    .flat()
    .filter((entry) => !isHeld(entry));
}

/** Neither units nor, beside an intercept, origins of covariates change the span; without them rounding would. */
function scaledTerm(
  { Z, coefficients, held }: RandomTerm,
  { levelIndex, levels }: GroupingFactor,
  rows: number,
): ScaledTerm {
  const columns = coefficients.map((_, k) => Z.subarray(k * rows, (k + 1) * rows));
  const hasIntercept = columns.some((column) => column.every((value) => value === 1));
  const scaled = columns.map((column) => {
    const centre = mean(column);
    const isConstant = column.every((value) => value === column[0]);
    const centred = hasIntercept && !isConstant ? column.map((value) => value - centre) : column;
    const scale = Math.sqrt(dot(centred, centred) / rows) || 1;
    return centred.map((value) => value / scale);
  });
  const joined = new Float64Array(Z.length);
  scaled.forEach((column, k) => {
    joined.set(column, k * rows);
  });
  return { levelIndex, levels: levels.length, Z: joined, effects: coefficients.length, held: held ?? null };
}

/** The derivatives of the errors' variances, which are diagonal: one for each unknown, up to a factor. */
function errorComponents({ isKnown, predictor }: ErrorVariance, rows: number): Float64Array[] {
  if (isKnown) return [];
  if (predictor === null) return [new Float64Array(rows).fill(1)];
  const columns = predictor.columns.map((_, j) => predictor.X.subarray(j * rows, (j + 1) * rows));
  const psi = genericPredictor(columns, predictor.offset ?? new Float64Array(rows));
  const largest = psi.reduce((most, value) => Math.max(most, value), -Infinity);
  // d sigma^2 is proportional to sigma^2 d psi under a log link, and to sigma d psi under the identity.
  const slopes = psi.map((value) => (predictor.link === "log" ? exp(2 * (value - largest)) : value));
  return columns.map((column) => {
    const derivative = column.map((x, i) => x * slopes[i]);
    const length = Math.sqrt(dot(derivative, derivative));
    return length > 0 ? derivative.map((value) => value / length) : derivative;
  });
}

/** A linear predictor at coefficients that no symmetry singles out. */
function genericPredictor(columns: readonly Float64Array[], offset: Float64Array): Float64Array {
  const psi = offset.slice();
  columns.forEach((column, j) => {
    const centre = mean(column);
    const deviations = column.map((x) => x - centre);
    const scale = Math.sqrt(dot(deviations, deviations) / column.length);
    if (scale > 0) addScaled(psi, (GENERIC_STEP * (j + 1)) / scale, deviations);
  });
  return psi;
}

/** tr(A B) of the matrices of two entries, by the cross products of the covariates within each cell of the two factors. */
function cellProducts(first: ScaledTerm, second: ScaledTerm, rows: number): (a: Entry, b: Entry) => number {
  const width = first.effects * second.effects;
  const cells = new Map<number, Float64Array>();
  for (let i = 0; i < rows; i++) {
    const key = first.levelIndex[i] * second.levels + second.levelIndex[i];
    const cell = cells.get(key) ?? new Float64Array(width);
    cells.set(key, cell);
    for (let k = 0; k < first.effects; k++) {
      for (let m = 0; m < second.effects; m++)
        cell[k * second.effects + m] += first.Z[k * rows + i] * second.Z[m * rows + i];
    }
  }
  const at = (cell: Float64Array, k: number, m: number) => cell[k * second.effects + m];
  return (a, b) => {
    let sum = 0;
    for (const cell of cells.values())
      sum += 2 * (at(cell, a.k, b.k) * at(cell, a.l, b.l) + at(cell, a.k, b.l) * at(cell, a.l, b.k));
    return sum;
  };
}

/** Whether a Gram matrix has no dependent column: Cholesky's pivots against its diagonal. */
function isRegular(gram: Float64Array, size: number): boolean {
  const L = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) {
      const rest = gram[j * size + k] - dot(L.subarray(j * size, j * size + k), L.subarray(k * size, k * size + k));
      if (k < j) L[j * size + k] = rest / L[k * size + k];
      else if (rest > DEPENDENT * gram[j * size + j]) L[j * size + j] = Math.sqrt(rest);
      else return false;
    }
  }
  return true;
}
