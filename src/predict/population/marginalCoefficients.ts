import type { NewPredictor, NewRows } from "../../design/applyDesign.js";
import type { Design } from "../../design/Design.js";
import { leastSquares } from "../../math/linalg/leastSquares.js";
import { addScaled } from "../../math/linalg/triangularFactor.js";
import { mean } from "../../math/moments.js";
import type { Steps } from "../../math/steps.js";
import type { Attenuation, PopulationCoefficient } from "../../summary/Population.js";
import type { Ensemble } from "../Ensemble.js";
import { linkOfMarginalMean } from "../marginalMean.js";
import { RowPredictor } from "../RowPredictor.js";
import type { RowPattern } from "./rowPatterns.js";
import { WeightedSlope } from "./WeightedSlope.js";

/** c of the approximation by Zeger, Liang & Albert (1988): the logistic distribution is near a normal one with this sd. */
const C = (16 * Math.sqrt(3)) / (15 * Math.PI);

export interface MarginalCoefficients {
  readonly coefficients: readonly PopulationCoefficient[];
  readonly attenuation: Attenuation | null;
  readonly lackOfFit: number;
}

/**
 * Marginal coefficients as Hedeker, du Toit, Demirtas & Gibbons (2018) have them: least squares of the link of the marginal mean, less the offset, on the columns of the fixed effects over the
 * rows, at each value of the ensemble. Rows count as often as their patterns have members.
 */
export function* marginalCoefficients(
  design: Design,
  rows: NewRows,
  patterns: readonly RowPattern[],
  ensemble: Ensemble,
): Steps<MarginalCoefficients> {
  const [part] = rows.predictors;
  const { link } = design.predictors[0];
  const ofMarginalMean = linkOfMarginalMean(link);
  const predictor = new RowPredictor(design, 0, rows, ensemble);
  const { kept, weights } = leastSquares(part.X, part.columns.length, design.predictors[0].interceptColumn);
  const marginal = kept.map(() => new Float64Array(ensemble.size));
  const meanVariance = new Float64Array(ensemble.size);
  const slope = new WeightedSlope(ensemble.size);
  const [eta, variance, g] = [0, 1, 2].map(() => new Float64Array(ensemble.size));
  const fitted = new Float64Array(patterns.length);
  for (const [k, { row, share, members }] of patterns.entries()) {
    yield { stage: "averaging over the random effects", done: k, total: patterns.length };
    predictor.fixed(row, eta);
    predictor.variance(row, variance);
    const offset = part.offset?.[row] ?? 0;
    for (let s = 0; s < g.length; s++) {
      g[s] = ofMarginalMean(eta[s], variance[s]) - offset;
      eta[s] -= offset;
    }
    marginal.forEach((sums, j) => {
      addScaled(sums, sumOver(members, weights[j]), g);
    });
    addScaled(meanVariance, share, variance);
    slope.add(share, eta, g);
    fitted[k] = mean(g);
  }
  const factor = link === "logit" ? meanVariance.map((v) => 1 / Math.sqrt(1 + C * C * v)) : null;
  const coefficients = part.columns.map((column, j) => {
    const beta = predictor.coefficient(j);
    const at = kept.indexOf(j);
    return {
      name: `beta[${column}]`,
      subjectSpecific: ensemble.estimate(beta, 0),
      marginal: at < 0 ? null : ensemble.estimate(marginal[at], 0),
      approximation:
        factor &&
        ensemble.estimate(
          factor.map((by, s) => by * beta[s]),
          0,
        ),
    };
  });
  const slopes = slope.value();
  return {
    coefficients,
    attenuation: slopes && {
      slope: ensemble.estimate(slopes, 0),
      approximation: factor && ensemble.estimate(factor, 0),
    },
    lackOfFit: lackOfFit(part, patterns, fitted, { kept, means: marginal.map(mean) }),
  };
}

/** Root mean square over the rows of what is left of the link of the marginal mean, at the mean over the ensemble: means of what least squares fits exactly are so too. */
function lackOfFit(
  { X, columns }: NewPredictor,
  patterns: readonly RowPattern[],
  values: Float64Array,
  { kept, means }: { readonly kept: readonly number[]; readonly means: readonly number[] },
): number {
  const rows = X.length / columns.length;
  let total = 0;
  patterns.forEach(({ row, share }, k) => {
    const fitted = kept.reduce((sum, column, j) => sum + means[j] * X[column * rows + row], 0);
    total += share * (values[k] - fitted) ** 2;
  });
  return Math.sqrt(total);
}

function sumOver(members: readonly number[], weights: Float64Array): number {
  return members.reduce((sum, i) => sum + weights[i], 0);
}
