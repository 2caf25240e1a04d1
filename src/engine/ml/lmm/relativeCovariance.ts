import type { LatentGaussian } from "../../../density/LatentGaussian.js";
import { parameterVector } from "../parameters.js";
import type { LinearProducts } from "./products.js";

/** An entry of a lower triangle of Lambda that is a parameter. */
interface Entry {
  readonly factor: number;
  readonly row: number;
  readonly column: number;
  /** Position in Lambda[factor]. */
  readonly at: number;
  /** 1 / (root mean square of the row's covariate): an effect of one unit is worth one sigma in a response. */
  readonly unit: number;
}

/** theta of lme4: the free entries of a relative Lambda, in units that make identity a start on any scale of the covariates. */
export interface RelativeCovariance {
  readonly entries: readonly Entry[];
  readonly lower: Float64Array;
  readonly start: Float64Array;
  /** Fresh matrices, zero. */
  matrices(): Float64Array[];
  unpack(theta: ArrayLike<number>, Lambda: readonly Float64Array[]): void;
  pack(Lambda: readonly Float64Array[], theta: Float64Array): void;
  /** From d value / d Lambda to d value / d theta. */
  adjoint(gradient: readonly Float64Array[], out: Float64Array): void;
}

export function relativeCovariance({ view, ZZ }: LinearProducts): RelativeCovariance {
  const entries = covarianceEntries(view, ZZ.factors);
  return {
    entries,
    lower: Float64Array.from(entries, ({ row, column }) => (row === column ? 0 : -Infinity)),
    start: Float64Array.from(entries, ({ row, column }) => (row === column ? 1 : 0)),
    matrices: () => view.factors.map(({ effects: q }) => new Float64Array(q * q)),
    unpack(theta, Lambda) {
      entries.forEach(({ factor, at, unit }, k) => {
        Lambda[factor][at] = unit * theta[k];
      });
    },
    pack(Lambda, theta) {
      entries.forEach(({ factor, at, unit }, k) => {
        theta[k] = Lambda[factor][at] / unit;
      });
    },
    adjoint(gradient, out) {
      entries.forEach(({ factor, at, unit }, k) => {
        out[k] = unit * gradient[factor][at];
      });
    },
  };
}

function covarianceEntries(view: LatentGaussian, ZZ: readonly Float64Array[]): Entry[] {
  const units = view.factors.map(({ levels, effects: q }, f) =>
    Array.from({ length: q }, (_, e) => {
      let squares = 0;
      for (let j = 0; j < levels; j++) squares += ZZ[f][(j * q + e) * q + e];
      return squares > 0 ? Math.sqrt(view.rows / squares) : 1;
    }),
  );
  return parameterVector(view).coordinates.flatMap((coordinate) => {
    if (coordinate.part !== "Lambda") return [];
    const { factor, row, column } = coordinate;
    return [{ factor, row, column, at: row * view.factors[factor].effects + column, unit: units[factor][row] }];
  });
}

/** A pivot below this share of its diagonal is rounding. */
const LEAST_PIVOT = 1e-12;

/**
 * The same covariance Lambda Lambda' by a Lambda whose columns are zero where their diagonal is (to within `tolerance` units): a
 * singular one has then no direction in it that changes nothing. A regular one is returned as it is.
 */
export function canonical(
  { entries }: RelativeCovariance,
  Lambda: readonly Float64Array[],
  tolerance: number,
): Float64Array[] {
  return Lambda.map((matrix, f) => {
    const diagonal = entries.filter(({ factor, row, column }) => factor === f && row === column);
    const isRegular = diagonal.every(({ at, unit }) => matrix[at] > tolerance * unit);
    return isRegular
      ? matrix.slice()
      : semidefiniteFactor(
          matrix,
          diagonal.map(({ unit }) => tolerance * unit),
        );
  });
}

/** The Cholesky factor of A A', with zeros in the columns whose pivots are no larger than the square of `least`. */
function semidefiniteFactor(A: Float64Array, least: readonly number[]): Float64Array {
  const q = least.length;
  const L = new Float64Array(q * q);
  const rest = new Float64Array(q * q);
  for (let r = 0; r < q; r++)
    for (let c = 0; c <= r; c++) for (let k = 0; k <= c; k++) rest[r * q + c] += A[r * q + k] * A[c * q + k];
  const diagonal = Float64Array.from(least, (_, c) => rest[c * q + c]);
  for (let c = 0; c < q; c++) {
    const pivot = rest[c * q + c];
    if (!(pivot > Math.max(least[c] ** 2, LEAST_PIVOT * diagonal[c]))) continue;
    for (let r = c; r < q; r++) L[r * q + c] = rest[r * q + c] / Math.sqrt(pivot);
    for (let r = c; r < q; r++) for (let s = c; s <= r; s++) rest[r * q + s] -= L[r * q + c] * L[s * q + c];
  }
  return L;
}
