import { exp, log } from "../../math/special/elementary.js";
import type { RowPredictives } from "./rowPredictives.js";

/**
 * Rows over weighted positions of the parameters, taken in one position at a time, so that memory does not grow with them. Given all rows a
 * position counts by its weight w; given all but row i by w / p(y_i | y_-i, position), since p(position | y_-i) is so many times the posterior.
 */
export class RowMixture {
  /** Over the positions taken in: the sums of w and of w^2. */
  private readonly weight: Float64Array;
  private readonly squares: Float64Array;
  private readonly predictor: Float64Array;
  private readonly logDensity: Float64Array;
  private readonly logDensitySquares: Float64Array;
  /** Sums of exp(a term - the largest so far), and these largest ones. */
  private readonly density: Float64Array;
  private readonly densityTop: Float64Array;
  private readonly leftOut: Float64Array;
  private readonly leftOutTop: Float64Array;
  /** In the scale of `leftOut`: sums of w^2 r and of w^2 r^2, r = 1 / p(y_i | y_-i, position), and of w r times the probability. */
  private readonly crossed: Float64Array;
  private readonly leftOutSquares: Float64Array;
  private readonly probability: Float64Array;

  constructor(rows: number) {
    const column = (start = 0) => new Float64Array(rows).fill(start);
    this.weight = column();
    this.squares = column();
    this.predictor = column();
    this.logDensity = column();
    this.logDensitySquares = column();
    this.density = column();
    this.densityTop = column(Number.NEGATIVE_INFINITY);
    this.leftOut = column();
    this.leftOutTop = column(Number.NEGATIVE_INFINITY);
    this.crossed = column();
    this.leftOutSquares = column();
    this.probability = column();
  }

  /** A row that could not be computed at this position goes without it. */
  add(w: number, rows: RowPredictives): void {
    for (let i = 0; i < this.weight.length; i++) {
      if (!Number.isFinite(rows.logLeftOut[i])) continue;
      this.weight[i] += w;
      this.squares[i] += w * w;
      this.addMoments(i, w, rows);
      this.addDensity(i, log(w) + rows.logMeanDensity[i]);
      this.addLeftOut(i, w, -rows.logLeftOut[i], rows.probability[i]);
    }
  }

  /** Moments of log p by West's (1979) updates, and the mean of eta. */
  private addMoments(i: number, w: number, rows: RowPredictives): void {
    const step = w / this.weight[i];
    const off = rows.meanLogDensity[i] - this.logDensity[i];
    this.logDensity[i] += step * off;
    this.logDensitySquares[i] += w * (rows.varianceLogDensity[i] + (1 - step) * off * off);
    this.predictor[i] += step * (rows.meanPredictor[i] - this.predictor[i]);
  }

  private addDensity(i: number, term: number): void {
    if (term > this.densityTop[i]) {
      this.density[i] *= exp(this.densityTop[i] - term);
      this.densityTop[i] = term;
    }
    this.density[i] += exp(term - this.densityTop[i]);
  }

  private addLeftOut(i: number, w: number, logRatio: number, probability: number): void {
    if (logRatio > this.leftOutTop[i]) {
      const scale = exp(this.leftOutTop[i] - logRatio);
      this.leftOut[i] *= scale;
      this.probability[i] *= scale;
      this.crossed[i] *= scale;
      this.leftOutSquares[i] *= scale * scale;
      this.leftOutTop[i] = logRatio;
    }
    const r = exp(logRatio - this.leftOutTop[i]);
    this.leftOut[i] += w * r;
    this.probability[i] += w * r * probability;
    this.crossed[i] += w * w * r;
    this.leftOutSquares[i] += w * w * r * r;
  }

  meanPredictors(): Float64Array {
    return this.predictor;
  }

  meanLogDensities(): Float64Array {
    return this.logDensity;
  }

  varianceLogDensities(): Float64Array {
    return this.logDensitySquares.map((squares, i) => squares / this.weight[i]);
  }

  logMeanDensities(): Float64Array {
    return this.density.map((total, i) => this.densityTop[i] + log(total / this.weight[i]));
  }

  /** log p(y_i | y_-i) */
  logLeftOut(): Float64Array {
    return this.leftOut.map((total, i) => -this.leftOutTop[i] - log(total / this.weight[i]));
  }

  /** Standard errors of the latter by the spread of r over the positions, as of independent ones. */
  leftOutErrors(): Float64Array {
    return this.leftOut.map((total, i) => {
      const mean = total / this.weight[i];
      const spread = this.leftOutSquares[i] / (mean * mean) - (2 * this.crossed[i]) / mean + this.squares[i];
      return Math.sqrt(Math.max(0, spread)) / this.weight[i];
    });
  }

  leftOutProbabilities(): Float64Array {
    return this.probability.map((total, i) => total / this.leftOut[i]);
  }
}
