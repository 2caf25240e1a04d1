import type { NewRows } from "../../design/applyDesign.js";
import { linkNamed } from "../../family/links.js";
import type { Steps } from "../../math/steps.js";
import type { Estimate } from "../../summary/Estimate.js";
import type { Ensemble } from "../Ensemble.js";
import type { Fitted } from "../Fitted.js";
import { RowPredictor } from "../RowPredictor.js";
import type { Dispersions } from "./dispersions.js";
import { WeightedSlope } from "./WeightedSlope.js";

/**
 * The Bayesian R2 of Gelman, Goodrich, Gabry & Vehtari (2019), draw by draw: the variance over the rows of their means with the effects of their own levels, as a share of it and the mean variance of
 * responses about these.
 */
export function* conditionalR2(
  { design }: Fitted,
  rows: NewRows,
  ensemble: Ensemble,
  dispersions: Dispersions,
): Steps<Estimate> {
  const predictor = new RowPredictor(design, 0, rows, ensemble);
  const { inverseLink } = linkNamed(design.predictors[0].link);
  const means = new WeightedSlope(ensemble.size);
  const residual = new Float64Array(ensemble.size);
  const mu = new Float64Array(ensemble.size);
  for (let i = 0; i < rows.rows; i++) {
    yield { stage: "taking the rows with their levels' effects", done: i, total: rows.rows };
    predictor.fixed(i, mu);
    predictor.addEffects(i, null, mu);
    const rowVariance = dispersions.at(i);
    for (let s = 0; s < mu.length; s++) {
      mu[s] = inverseLink(mu[s]);
      residual[s] += rowVariance(mu[s], s) / rows.rows;
    }
    means.add(1, mu, mu);
  }
  const explained = means.variance(rows.rows);
  return ensemble.estimate(
    explained.map((value, s) => value / (value + residual[s])),
    0,
  );
}
