import type { NewPredictor, NewRows } from "../../design/applyDesign.js";
import type { Design } from "../../design/Design.js";
import { type LeastSquares, leastSquares } from "../../math/linalg/leastSquares.js";
import { addScaled } from "../../math/linalg/triangularFactor.js";
import { mean } from "../../math/moments.js";
import type { Attenuation, Population, PopulationCoefficient } from "../../summary/Population.js";
import type { Ensemble } from "../Ensemble.js";
import { RowPredictor } from "../RowPredictor.js";
import type { PopulationRow, RowTaker } from "./PopulationRow.js";
import { WeightedSlope } from "./WeightedSlope.js";

/** c of the approximation by Zeger, Liang & Albert (1988): the logistic distribution is near a normal one with this sd. */
const C = (16 * Math.sqrt(3)) / (15 * Math.PI);

/**
 * Marginal coefficients as Hedeker, du Toit, Demirtas & Gibbons (2018) have them: least squares of the link of the marginal mean, less the offset, on the columns of the fixed effects over the
 * rows, at each value of an ensemble.
 */
export class MarginalCoefficients implements RowTaker {
  private readonly ensemble: Ensemble;
  private readonly link: string;
  private readonly part: NewPredictor;
  private readonly predictor: RowPredictor;
  private readonly squares: LeastSquares;
  private readonly marginal: readonly Float64Array[];
  private readonly meanVariance: Float64Array;
  private readonly slope: WeightedSlope;
  /** Per kind of row the mean over the ensemble of the link of the marginal mean. */
  private readonly means: { readonly row: number; readonly share: number; readonly value: number }[] = [];

  constructor(design: Design, rows: NewRows, ensemble: Ensemble) {
    const [{ link, interceptColumn }] = design.predictors;
    const [part] = rows.predictors;
    this.ensemble = ensemble;
    this.link = link;
    this.part = part;
    this.predictor = new RowPredictor(design, 0, rows, ensemble);
    this.squares = leastSquares(part.X, part.columns.length, interceptColumn);
    this.marginal = this.squares.kept.map(() => new Float64Array(ensemble.size));
    this.meanVariance = new Float64Array(ensemble.size);
    this.slope = new WeightedSlope(ensemble.size);
  }

  add({ row, members, share, offset, eta, variance, linkOfMean }: PopulationRow): void {
    const { weights } = this.squares;
    const own = eta.map((value) => value - offset);
    const g = linkOfMean.map((value) => value - offset);
    this.marginal.forEach((sums, j) => {
      addScaled(
        sums,
        members.reduce((sum, i) => sum + weights[j][i], 0),
        g,
      );
    });
    addScaled(this.meanVariance, share, variance);
    this.slope.add(share, own, g);
    this.means.push({ row, share, value: mean(g) });
  }

  coefficients(): PopulationCoefficient[] {
    const { ensemble, squares, marginal, part } = this;
    const factor = this.factor();
    return part.columns.map((column, j) => {
      const beta = this.predictor.coefficient(j);
      const at = squares.kept.indexOf(j);
      return {
        name: `beta[${column}]`,
        subjectSpecific: ensemble.estimate(beta, 0),
        marginal: at < 0 ? null : ensemble.estimate(marginal[at], 0),
        approximation: factor && ensemble.estimate(multiplied(factor, beta), 0),
      };
    });
  }

  attenuation(): Attenuation | null {
    const { ensemble } = this;
    const slopes = this.slope.value();
    const factor = this.factor();
    if (slopes === null) return null;
    return { slope: ensemble.estimate(slopes, 0), approximation: factor && ensemble.estimate(factor, 0) };
  }

  /** At the mean over the ensemble: means of what least squares fits exactly are fitted exactly too. */
  lackOfFit(): Population["lackOfFit"] {
    const { part, squares, marginal, means } = this;
    const { X, columns } = part;
    const rows = X.length / columns.length;
    const coefficients = marginal.map(mean);
    const squared = means.map(({ row, share, value }) => {
      const fitted = squares.kept.reduce((sum, column, j) => sum + coefficients[j] * X[column * rows + row], 0);
      return share * (value - fitted) ** 2;
    });
    return Math.sqrt(squared.reduce((sum, each) => sum + each, 0));
  }

  /** The factor by which the approximation for logit shrinks coefficients, per value of the ensemble; null for other links. */
  private factor(): Float64Array | null {
    return this.link === "logit" ? this.meanVariance.map((v) => 1 / Math.sqrt(1 + C * C * v)) : null;
  }
}

function multiplied(one: Float64Array, other: Float64Array): Float64Array {
  return one.map((value, s) => value * other[s]);
}
