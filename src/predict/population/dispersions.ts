import type { NewRows } from "../../design/applyDesign.js";
import { linkNamed } from "../../family/links.js";
import type { Ensemble } from "../Ensemble.js";
import type { Fitted } from "../Fitted.js";
import { overNormal } from "../overNormal.js";
import { RowPredictor } from "../RowPredictor.js";

/** The variance of the response of a row with this mean, at value s of an ensemble; of a binomial response, of one trial. */
export type RowVariance = (mu: number, s: number) => number;

export interface Dispersions {
  /** Whether rows differ in more than their mean. */
  readonly differ: boolean;
  /** The variance of a response in row i. */
  at(i: number): RowVariance;
}

/** How fast a variance may grow with the linear predictor of a dispersion, as a power of exp: sigma^2 and 1 / phi do so slowly. */
const GROWTH = 3;

/**
 * The dispersion of each row: of a line of its own, over its random effects; of a scalar, with the prior weight and the known standard error of the row where the rows are the fit's own;
 * or none.
 */
export function dispersions(
  { design, compiled }: Fitted,
  rows: NewRows,
  areOwn: boolean,
  ensemble: Ensemble,
): Dispersions {
  const { family } = compiled;
  if (design.predictors.length > 1) return ofLine(family, design, rows, ensemble);
  const scalar = design.scalars.at(0);
  const values = scalar === undefined ? null : ensemble.parameter(scalar.parameter);
  const phi = values ?? new Float64Array(ensemble.size).fill(scalar?.fixed ?? 1);
  const { weights, errors, weighting } = design.response;
  const isScaled = areOwn && weighting === "precision" && (weights !== null || errors !== null);
  if (!isScaled) return { differ: false, at: () => (mu, s) => family.variance(mu, phi[s], 1) };
  return {
    differ: true,
    at(i) {
      const weight = weights?.[i] ?? 1;
      const error = errors?.[i] ?? 0;
      return (mu, s) => family.variance(mu, Math.sqrt(phi[s] ** 2 / weight + error ** 2), 1);
    },
  };
}

function ofLine(
  family: Fitted["compiled"]["family"],
  design: Fitted["design"],
  rows: NewRows,
  ensemble: Ensemble,
): Dispersions {
  const { inverseLink } = linkNamed(design.predictors[1].link);
  const line = new RowPredictor(design, 1, rows, ensemble);
  return {
    differ: true,
    at(i) {
      const eta = new Float64Array(ensemble.size);
      const variance = new Float64Array(ensemble.size);
      line.fixed(i, eta);
      line.variance(i, variance);
      return (mu, s) => overNormal((x) => family.variance(mu, inverseLink(x), 1), eta[s], variance[s], GROWTH);
    },
  };
}
