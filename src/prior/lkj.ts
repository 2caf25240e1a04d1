import { log } from "../math/special/elementary.js";
import { logBeta } from "../math/special/saddlePoint.js";

/** The lkj(eta) distribution of a q x q correlation matrix, as a density of its Cholesky factor's entries below the diagonal. */
export interface LkjDensity {
  /** Normalised. `L`: row-major q x q, lower triangular; -Infinity where rounding has made the matrix singular. */
  logDensity(L: Float64Array): number;
  /** Adds d log density / d L. It lies on the diagonal, whose entries the density is written in. */
  addGradient(L: Float64Array, LGradient: Float64Array): void;
  /**
   * As a density of the correlation matrix itself, which may be singular. A row of NaN is that of an effect without variance, which is
   * taken as uncorrelated.
   */
  readonly matrix: {
    logDensity(L: Float64Array): number;
    /** d log density / d L again. */
    addGradient(L: Float64Array, LGradient: Float64Array): void;
  };
}

/**
 * det(R)^(eta - 1) over correlation matrices R = L L' (Lewandowski, Kurowicka & Joe 2009, J. Multivariate Analysis 100),
 * which is the product over k of L(k,k)^(q - k + 2 eta - 2) over their factors: the Jacobian d R / d L is that of
 * Stan's lkj_corr_cholesky. eta > 0; 1 is uniform over R.
 */
export function lkj(q: number, eta: number): LkjDensity {
  const logNormaliser = lkjLogNormaliser(q, eta);
  /** The exponent in row k, counted from 0. */
  const exponent = (k: number): number => q - k - 3 + 2 * eta;
  return {
    logDensity(L) {
      let sum = -logNormaliser;
      for (let k = 1; k < q; k++) {
        const diagonal = L[k * q + k];
        if (!(diagonal > 0)) return -Infinity;
        sum += exponent(k) * log(diagonal);
      }
      return sum;
    },
    addGradient(L, LGradient) {
      for (let k = 1; k < q; k++) LGradient[k * q + k] += exponent(k) / L[k * q + k];
    },
    matrix: {
      logDensity(L) {
        let sum = -logNormaliser;
        // det(R)^0 is 1 where det(R) is 0.
        for (let k = 1; k < q && eta !== 1; k++)
          if (!Number.isNaN(L[k * q + k])) sum += (2 * eta - 2) * log(L[k * q + k]);
        return sum;
      },
      addGradient(L, LGradient) {
        for (let k = 1; k < q && eta !== 1; k++)
          if (!Number.isNaN(L[k * q + k])) LGradient[k * q + k] += (2 * eta - 2) / L[k * q + k];
      },
    },
  };
}

/**
 * In the canonical partial correlations the density is a product: z(i,j) in column j = 1..q-1 has density proportional to
 * (1 - z^2)^(shape - 1), shape = eta + (q - 1 - j) / 2, whose integral over (-1, 1) is 2^(2 shape - 1) B(shape, shape).
 */
function lkjLogNormaliser(q: number, eta: number): number {
  let sum = 0;
  for (let j = 1; j < q; j++) {
    const shape = eta + (q - 1 - j) / 2;
    sum += (q - j) * ((2 * shape - 1) * Math.LN2 + logBeta(shape, shape));
  }
  return sum;
}
