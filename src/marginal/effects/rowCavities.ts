import type { RowTable } from "../../density/RowTable.js";

/**
 * Each row's linear predictor given the parameters, near the Gaussian approximation at the effects' modes; each array of length n. The
 * cavity is its distribution given the parameters and all rows but this one.
 */
export interface RowCavities {
  /** The rows at the modes, derivatives to third order. In the buffers of a search. */
  readonly table: RowTable;
  /** Given all rows: means by simplified Laplace, and the Gaussian variances. */
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** The first three moments of the cavity; NaN where the row's own curvature leaves it no variance. */
  readonly cavityMeans: Float64Array;
  readonly cavityVariances: Float64Array;
  readonly cavitySkewness: Float64Array;
}

/** What the search for the modes and simplified Laplace know of the rows. */
export interface RowMoments extends Pick<RowCavities, "table" | "variances"> {
  /** By how much means are above modes. */
  readonly shifts: Float64Array;
  /** The part of the third cumulants that comes from the third derivatives of the other rows. */
  readonly thirdOfOthers: Float64Array;
}

/** Least share of its curvature that a cavity keeps on the way from the mode of all to its own: beyond, a cubic says too much. */
const LEAST_CURVATURE = 0.8;

export function rowCavities({ table, variances, shifts, thirdOfOthers }: RowMoments): RowCavities {
  const column = () => new Float64Array(variances.length);
  const [cavityMeans, cavityVariances, cavitySkewness] = [column(), column(), column()];
  for (let i = 0; i < variances.length; i++) {
    const h = variances[i];
    const ownThird = h * h * h * table.dEta3[i];
    const { mean, variance, skewness } = cavity(h, table.dEta[i], table.dEta2[i], thirdOfOthers[i]);
    // What the third derivatives of the other rows do to the mean other than along this row's own predictor.
    const across = h > 0 ? shifts[i] - (0.5 * (ownThird + thirdOfOthers[i])) / h : 0;
    cavityMeans[i] = table.eta[i] + mean + (h > 0 ? (variance / h) * across : 0);
    cavityVariances[i] = variance;
    cavitySkewness[i] = skewness;
  }
  const means = shifts.map((shift, i) => table.eta[i] + shift);
  return { table, means, variances, cavityMeans, cavityVariances, cavitySkewness };
}

/**
 * A row's likelihood enters the Gaussian approximation N(0, h) with the slope g and the curvature w it has at the modes. Without that factor
 * precision 1 / h is 1 / h + w, and the mean moves by -g times the variance (Vehtari, Mononen, Tolvanen, Sivula & Winther 2016, section
 * 3.3). That far from the modes the third derivatives of the other rows count: the log density less the row's is
 * -(x - m)^2 / (2 v) + a x^3 / 6 with a = third / h^3, whose mode t solves a quadratic equation and which there has the curvature
 * 1 / v - a t; mean and skewness are then those to first order in a.
 */
function cavity(h: number, slope: number, curvature: number, third: number) {
  const left = 1 + curvature * h;
  const v = left > 0 ? h / left : NaN;
  const m = -slope * v;
  const a = h > 0 ? third / (h * h * h) : 0;
  const kept = Math.sqrt(Math.max(LEAST_CURVATURE * LEAST_CURVATURE, 1 - 2 * a * v * m));
  const variance = v / kept;
  const mean = (2 * m) / (1 + kept) + 0.5 * a * variance * variance;
  return { mean, variance, skewness: a * variance ** 1.5 };
}
