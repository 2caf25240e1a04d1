import type { NewRows } from "../../design/applyDesign.js";
import { addScaled } from "../../math/linalg/triangularFactor.js";
import { log1p } from "../../math/special/elementary.js";
import type { PopulationGroup, R2, VariancePart } from "../../summary/Population.js";
import type { Ensemble } from "../Ensemble.js";
import type { Fitted } from "../Fitted.js";
import type { Dispersions } from "./dispersions.js";
import { estimateWithin } from "./estimateWithin.js";
import type { PopulationRow, RowTaker } from "./PopulationRow.js";
import { type Sharing, termsOfRows } from "./sharedTerms.js";
import { WeightedSlope } from "./WeightedSlope.js";

/**
 * The variance of the linear predictor and what it is made of: fixed effects, each random term averaged over the rows (Johnson 2014), and what single responses vary by, brought to the scale of the link
 * (Nakagawa, Johnson & Schielzeth 2017).
 */
export class LinkVariances implements RowTaker {
  private readonly fit: Fitted;
  private readonly rows: NewRows;
  private readonly ensemble: Ensemble;
  private readonly fixed: WeightedSlope;
  private readonly ofTerms: readonly Float64Array[];
  private readonly meanResponse: Float64Array;
  private readonly kinds: { readonly row: number; readonly share: number }[] = [];

  constructor(fit: Fitted, rows: NewRows, ensemble: Ensemble) {
    const [{ randomTerms }] = fit.design.predictors;
    this.fit = fit;
    this.rows = rows;
    this.ensemble = ensemble;
    this.fixed = new WeightedSlope(ensemble.size);
    this.ofTerms = randomTerms.map(() => new Float64Array(ensemble.size));
    this.meanResponse = new Float64Array(ensemble.size);
  }

  add({ row, share, offset, eta, ofTerms, mean }: PopulationRow): void {
    const own = eta.map((value) => value - offset);
    this.fixed.add(share, own, own);
    this.ofTerms.forEach((sums, t) => {
      addScaled(sums, share, ofTerms[t]);
    });
    addScaled(this.meanResponse, share, mean);
    this.kinds.push({ row, share });
  }

  /** Once all rows are in. `dispersions`: of the rows. */
  result(dispersions: Dispersions): LinkPartition {
    const { ensemble, fit, rows, ofTerms } = this;
    const { randomTerms, factors } = fit.design.predictors[0];
    const fixed = rows.rows > 1 ? this.fixed.variance(rows.rows) : new Float64Array(ensemble.size);
    const observation = this.observation(dispersions);
    const total = observation && sumOf([fixed, ...ofTerms, observation]);
    const part = (name: string, coefficients: readonly string[], values: Float64Array): VariancePart => ({
      name,
      coefficients,
      variance: estimateWithin("positive", ensemble, values),
      share: total && estimateWithin("share", ensemble, quotient(values, total)),
    });
    const parts = [
      part("fixed effects", [], fixed),
      ...randomTerms.map(({ factor, coefficients }, t) => part(factors[factor].name, coefficients, ofTerms[t])),
      ...(observation === null ? [] : [part("observation", [], observation)]),
    ];
    const groupTerms = termsOfRows(fit.design.predictors[0], fit.design.rows).map((isOfRows) => !isOfRows);
    return {
      parts,
      r2: total && {
        marginal: estimateWithin("share", ensemble, quotient(fixed, total)),
        conditional: estimateWithin(
          "share",
          ensemble,
          quotient(sumOf([fixed, ...ofTerms.filter((_, t) => groupTerms[t])]), total),
        ),
      },
      icc: ({ terms }) => {
        if (observation === null) return null;
        const shared = sumOf([new Float64Array(ensemble.size), ...ofTerms.filter((_, t) => terms[t])]);
        return estimateWithin("share", ensemble, quotient(shared, sumOf([...ofTerms, observation])));
      },
    };
  }

  /** At the mean over the rows of the marginal mean; null where the family's record does not say it for the link. */
  private observation({ differ, at }: Dispersions): Float64Array | null {
    const { fit, meanResponse, kinds } = this;
    const [{ link }] = fit.design.predictors;
    const { latentVariance } = fit.compiled.family;
    const latent = latentVariance?.[link];
    if (latent !== undefined) return new Float64Array(meanResponse.length).fill(latent);
    if (link !== "identity" && link !== "log") return null;
    const ofRows = differ ? kinds : [{ row: 0, share: 1 }];
    const variance = new Float64Array(meanResponse.length);
    for (const { row, share } of ofRows) {
      const rowVariance = at(row);
      for (let s = 0; s < variance.length; s++) variance[s] += share * rowVariance(meanResponse[s], s);
    }
    return link === "identity" ? variance : variance.map((value, s) => log1p(value / meanResponse[s] ** 2));
  }
}

export interface LinkPartition {
  readonly parts: readonly VariancePart[];
  readonly r2: R2["link"];
  /** The intraclass correlation of two responses that share these terms. */
  icc(sharing: Sharing): PopulationGroup["link"];
}

function sumOf(columns: readonly Float64Array[]): Float64Array {
  const sum = columns[0].slice();
  for (const column of columns.slice(1)) addScaled(sum, 1, column);
  return sum;
}

function quotient(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, s) => value / other[s]);
}
