import type { Design, RandomTerm } from "../../design/Design.js";
import { standardBasis } from "../../math/linalg/standardBasis.js";
import { symmetricEigen } from "../../math/linalg/symmetricEigen.js";
import type { Eigenvalue, VarianceNull } from "./varianceNullDraws.js";

/** Rows of the largest matrix that is taken apart; levels with equal sums of squares make no rows beyond the fixed effects'. */
const MOST_ROWS = 400;
/** Numbers that differ by less than this share of the largest are equal; those below it are zero. */
const EQUAL = 1e-10;

/**
 * What the distribution of the test of one variance depends on, of a term with one effect a level. `held`: fixed effects that the test holds too; null for restricted likelihoods. Null where the
 * matrix is too large.
 */
export function varianceNull(design: Design, term: RandomTerm, held: number | null): VarianceNull | null {
  const { rows, response } = design;
  const [{ X, columns, factors }] = design.predictors;
  const { levels, levelIndex } = factors[term.factor];
  const root = (i: number) => Math.sqrt(response.weights?.[i] ?? 1);
  const p = columns.length;
  const { basis } = standardBasis(
    X.map((value, k) => value * root(k % rows)),
    p,
    -1,
  );
  const squares = new Float64Array(levels.length);
  const products = Array.from({ length: levels.length }, () => new Float64Array(p));
  for (let i = 0; i < rows; i++) {
    const [level, z] = [levelIndex[i], term.Z[i] * root(i)];
    squares[level] += z * z;
    for (let j = 0; j < p; j++) products[level][j] += (z * basis[j * rows + i]) / Math.sqrt(rows);
  }
  const projected = eigenvaluesOf(squares, products, p);
  if (projected === null) return null;
  const full = held === null ? null : { rows, held, eigenvalues: counted(squares) };
  return { degreesOfFreedom: rows - p, projected, full };
}

/**
 * Eigenvalues of diag(d) - B B' for the rows b of B, p numbers each. Of rows with the same d all but as many dimensions as their b span have d itself.
 */
function eigenvaluesOf(d: Float64Array, B: readonly Float64Array[], p: number): Eigenvalue[] | null {
  const groups = groupsOf(d);
  const found: number[] = [];
  const [diagonal, rows]: [number[], Float64Array[]] = [[], []];
  for (const { value, members } of groups) {
    const own = rotated(
      members.map((k) => B[k]),
      p,
    );
    for (let k = own.length; k < members.length; k++) found.push(value);
    rows.push(...own);
    diagonal.push(...own.map(() => value));
  }
  const size = rows.length;
  if (size > MOST_ROWS) return null;
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, j) => sum + x * b[j], 0);
  const matrix = Float64Array.from({ length: size * size }, (_, at) => {
    const [r, c] = [Math.floor(at / size), at % size];
    return (r === c ? diagonal[r] : 0) - dot(rows[r], rows[c]);
  });
  return counted(Float64Array.of(...found, ...symmetricEigen(matrix, size).values));
}

/** Rows that a rotation makes of others, without those of zeros: at most p. */
function rotated(rows: readonly Float64Array[], p: number): Float64Array[] {
  if (rows.length <= 1) return [...rows];
  const gram = Float64Array.from({ length: p * p }, (_, at) =>
    rows.reduce((sum, row) => sum + row[Math.floor(at / p)] * row[at % p], 0),
  );
  const { values, vectors } = symmetricEigen(gram, p);
  const most = Math.max(...values);
  return vectors.flatMap((vector, k) =>
    values[k] > EQUAL * most ? [vector.map((entry) => entry * Math.sqrt(values[k]))] : [],
  );
}

interface Group {
  readonly value: number;
  readonly members: readonly number[];
}

/** Places of equal numbers. */
function groupsOf(values: Float64Array): Group[] {
  const order = Array.from(values, (_, k) => k).sort((j, k) => values[j] - values[k]);
  const tolerance = EQUAL * Math.max(...values);
  const groups: { value: number; members: number[] }[] = [];
  for (const k of order) {
    const last = groups.at(-1);
    if (last !== undefined && values[k] - last.value <= tolerance) last.members.push(k);
    else groups.push({ value: values[k], members: [k] });
  }
  return groups;
}

/** The positive ones among eigenvalues. */
function counted(values: Float64Array): Eigenvalue[] {
  const least = EQUAL * Math.max(...values);
  return groupsOf(values.filter((value) => value > least)).map(({ value, members }) => ({
    value,
    count: members.length,
  }));
}
