import type { NewRows } from "../../design/applyDesign.js";
import type { Link } from "../../family/Link.js";
import { linkNamed } from "../../family/links.js";
import { addScaled } from "../../math/linalg/triangularFactor.js";
import type { Estimate } from "../../summary/Estimate.js";
import type { Population, PopulationGroup } from "../../summary/Population.js";
import type { Ensemble } from "../Ensemble.js";
import type { Fitted } from "../Fitted.js";
import type { Dispersions } from "./dispersions.js";
import { estimateWithin, type Range } from "./estimateWithin.js";
import type { PopulationRow, RowTaker } from "./PopulationRow.js";
import { type ResponseMoments, responseMoments } from "./responseMoments.js";
import type { Sharing } from "./sharedTerms.js";
import { WeightedSlope } from "./WeightedSlope.js";

/** Means, variances and covariances of responses over the random effects, averaged over the rows; of a binomial response, of single trials. */
export class ResponseVariances implements RowTaker {
  private readonly rows: NewRows;
  /** The range of means. */
  private readonly range: Range | null;
  private readonly ensemble: Ensemble;
  private readonly moments: ResponseMoments;
  private readonly dispersions: Dispersions;
  private readonly sharings: readonly Sharing[];
  private readonly means: WeightedSlope;
  private readonly between: Float64Array;
  private readonly within: Float64Array;
  private readonly covariances: readonly Float64Array[];

  constructor(fit: Fitted, rows: NewRows, ensemble: Ensemble, dispersions: Dispersions, sharings: readonly Sharing[]) {
    const [{ link }] = fit.design.predictors;
    this.rows = rows;
    this.range = rangeOf(linkNamed(link));
    this.ensemble = ensemble;
    this.moments = responseMoments(link);
    this.dispersions = dispersions;
    this.sharings = sharings;
    this.means = new WeightedSlope(ensemble.size);
    this.between = new Float64Array(ensemble.size);
    this.within = new Float64Array(ensemble.size);
    this.covariances = sharings.map(() => new Float64Array(ensemble.size));
  }

  add({ row, share, eta, ofTerms, variance, mean }: PopulationRow): void {
    const { between, within, sharings, covariances } = this;
    const rowVariance = this.dispersions.at(row);
    const out = { between: 0, within: 0, covariances: new Float64Array(sharings.length) };
    this.means.add(share, mean, mean);
    const shared = sharings.map(({ terms }) =>
      sumOf(
        ofTerms.filter((_, t) => terms[t]),
        eta.length,
      ),
    );
    const own = { eta: 0, variance: 0, mean: 0, shared: sharings.map(() => 0), rowVariance, s: 0 };
    for (let s = 0; s < eta.length; s++) {
      own.eta = eta[s];
      own.variance = variance[s];
      own.mean = mean[s];
      own.s = s;
      for (let k = 0; k < shared.length; k++) own.shared[k] = shared[k][s];
      this.moments.at(own, out);
      between[s] += share * out.between;
      within[s] += share * out.within;
      for (let k = 0; k < shared.length; k++) covariances[k][s] += share * out.covariances[k];
    }
  }

  response(): Population["response"] {
    const { between, within } = this;
    const total = this.total();
    return {
      mean: this.meanWithin(),
      variance: this.estimate("positive", total),
      between: this.estimate("positive", between),
      within: this.estimate("positive", within),
    };
  }

  /** Covariance and correlation of two responses that share the terms of sharing k, at the same covariates. */
  group(k: number): Pick<PopulationGroup, "covariance" | "response"> {
    const covariance = this.covariances[k];
    const total = this.total();
    return {
      covariance: this.estimate("positive", covariance),
      response: this.estimate(
        "share",
        covariance.map((value, s) => value / total[s]),
      ),
    };
  }

  /** The share of the variance of the responses that differences between the rows' marginal means make. */
  r2(): Estimate | null {
    if (this.rows.rows < 2) return null;
    const explained = this.means.variance(this.rows.rows);
    const total = this.total();
    return this.estimate(
      "share",
      explained.map((value, s) => value / (value + total[s])),
    );
  }

  private meanWithin(): Estimate {
    const { range } = this;
    return range === null ? this.ensemble.estimate(this.means.mean(), 0) : this.estimate(range, this.means.mean());
  }

  private total(): Float64Array {
    return this.between.map((value, s) => value + this.within[s]);
  }

  private estimate(range: Range, values: Float64Array): Estimate {
    return estimateWithin(range, this.ensemble, values);
  }
}

/** Where the inverse of a link leads. */
function rangeOf({ inverseLink }: Link): Range | null {
  if (inverseLink(-1000) < 0) return null;
  return inverseLink(1000) > 1 ? "positive" : "share";
}

function sumOf(columns: readonly Float64Array[], size: number): Float64Array {
  const sum = new Float64Array(size);
  for (const column of columns) addScaled(sum, 1, column);
  return sum;
}
