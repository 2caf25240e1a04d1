import { addScaled, dot } from "./triangularFactor.js";

/** Which columns of a matrix are linear combinations of earlier ones. */
export interface Dependences {
  /** The columns that are not, ascending. */
  readonly kept: readonly number[];
  readonly dependent: readonly {
    readonly column: number;
    /** Of the kept columns before it, in their order: the column is their sum with these weights. */
    readonly weights: Float64Array;
  }[];
}

/**
 * The columns of a matrix (m x p, column-major) that are linear combinations of earlier ones: those whose part orthogonal to
 * the earlier columns that were kept is shorter than `tolerance` times their entry in `norms`. Columns are taken in their
 * order, as in R's `lm` (LINPACK's dqrdc2); Gram-Schmidt twice over (Giraud et al., 2005).
 */
export function dependences(matrix: Float64Array, norms: Float64Array, tolerance: number): Dependences {
  const rows = norms.length === 0 ? 0 : matrix.length / norms.length;
  const basis: Float64Array[] = [];
  /** Per kept column its coordinates in the basis up to its own. */
  const triangle: Float64Array[] = [];
  const kept: number[] = [];
  const dependent: { column: number; weights: Float64Array }[] = [];
  norms.forEach((norm, j) => {
    const residual = matrix.slice(j * rows, (j + 1) * rows);
    const coordinates = orthogonalize(residual, basis);
    const length = Math.sqrt(dot(residual, residual));
    if (length <= tolerance * norm) {
      dependent.push({ column: j, weights: solved(triangle, coordinates) });
    } else {
      kept.push(j);
      triangle.push(Float64Array.of(...coordinates, length));
      basis.push(residual.map((value) => value / length));
    }
  });
  return { kept, dependent };
}

/** The positions of the dependent columns alone. */
export function dependentColumns(matrix: Float64Array, norms: Float64Array, tolerance: number): number[] {
  return dependences(matrix, norms, tolerance).dependent.map(({ column }) => column);
}

/** Removes from the vector, in place, its part in the span of an orthonormal basis, and returns its coordinates there; twice is enough. */
export function orthogonalize(vector: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const coordinates = new Float64Array(basis.length);
  for (let pass = 0; pass < 2; pass++) {
    basis.forEach((direction, b) => {
      const along = dot(vector, direction);
      coordinates[b] += along;
      addScaled(vector, -along, direction);
    });
  }
  return coordinates;
}

/** Weights of vectors whose coordinates are the rows of a lower triangle, from the coordinates of their sum. */
function solved(triangle: readonly Float64Array[], coordinates: Float64Array): Float64Array {
  const weights = coordinates.slice();
  for (let k = triangle.length - 1; k >= 0; k--) {
    weights[k] /= triangle[k][k];
    for (let b = 0; b < k; b++) weights[b] -= weights[k] * triangle[k][b];
  }
  return weights;
}
