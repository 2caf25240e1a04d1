import type { NewRows } from "../../design/applyDesign.js";
import type { Design } from "../../design/Design.js";
import { linkNamed } from "../../family/links.js";
import { addScaled } from "../../math/linalg/triangularFactor.js";
import type { Steps } from "../../math/steps.js";
import type { Ensemble } from "../Ensemble.js";
import { linkOfMarginalMean } from "../marginalMean.js";
import { RowPredictor } from "../RowPredictor.js";

/** Rows that have the same covariates and offsets, at the S values of an ensemble. Levels of grouping factors do not tell rows apart. */
export interface PopulationRow {
  /** The first of them. */
  readonly row: number;
  readonly members: readonly number[];
  /** For how large a share of all rows they stand. */
  readonly share: number;
  readonly offset: number;
  /** Length S: the linear predictor of the mean, its offset included, at effects of zero. */
  readonly eta: Float64Array;
  /** Per random term, length S: the variance of its part of the linear predictor. */
  readonly ofTerms: readonly Float64Array[];
  /** Length S: that of all terms. */
  readonly variance: Float64Array;
  /** Length S: the mean of the response over the random effects (of a binomial one, of a trial), and its link. */
  readonly mean: Float64Array;
  readonly linkOfMean: Float64Array;
}

/** What takes the rows of a population one after the other. */
export interface RowTaker {
  add(row: PopulationRow): void;
}

/** Gives each taker each row once; what they are given is theirs until the next pause. */
export function* overRows(design: Design, rows: NewRows, ensemble: Ensemble, takers: readonly RowTaker[]): Steps<void> {
  const predictor = new RowPredictor(design, 0, rows, ensemble);
  const [{ offset, randomTerms }] = rows.predictors;
  const { link } = design.predictors[0];
  const { inverseLink } = linkNamed(link);
  const ofMarginalMean = linkOfMarginalMean(link);
  const [eta, variance, mean, linkOfMean] = [0, 1, 2, 3].map(() => new Float64Array(ensemble.size));
  const ofTerms = randomTerms.map(() => new Float64Array(ensemble.size));
  const groups = alike(rows);
  for (const [k, members] of groups.entries()) {
    yield { stage: "averaging over the random effects", done: k, total: groups.length };
    const [row] = members;
    predictor.fixed(row, eta);
    variance.fill(0);
    ofTerms.forEach((of, t) => {
      predictor.termCovariance(t, row, row, of);
      addScaled(variance, 1, of);
    });
    for (let s = 0; s < eta.length; s++) {
      linkOfMean[s] = ofMarginalMean(eta[s], variance[s]);
      mean[s] = inverseLink(linkOfMean[s]);
    }
    const share = members.length / rows.rows;
    const numbers = { eta, ofTerms, variance, mean, linkOfMean };
    for (const taker of takers) taker.add({ row, members, share, offset: offset?.[row] ?? 0, ...numbers });
  }
}

/** Rows with the same covariates and offsets, in the order in which they come. */
function alike({ rows, predictors }: NewRows): number[][] {
  const all = predictors.flatMap(({ X, offset, columns, randomTerms }) => [
    ...columnsOf(X, rows, columns.length),
    ...(offset === null ? [] : [offset]),
    ...randomTerms.flatMap(({ Z, coefficients }) => columnsOf(Z, rows, coefficients.length)),
  ]);
  const byKey = new Map<string, number[]>();
  for (let i = 0; i < rows; i++) {
    const key = all.map((column) => column[i]).join(" ");
    const members = byKey.get(key);
    if (members === undefined) byKey.set(key, [i]);
    else members.push(i);
  }
  return [...byKey.values()];
}

function columnsOf(matrix: Float64Array, rows: number, count: number): Float64Array[] {
  return Array.from({ length: count }, (_, j) => matrix.subarray(j * rows, (j + 1) * rows));
}
