/** Moments of x, and least squares of y on x with an intercept, of S lines at once whose points come one after the other (West 1979). */
export class WeightedSlope {
  private weight = 0;
  private readonly meanX: Float64Array;
  private readonly meanY: Float64Array;
  private readonly xx: Float64Array;
  private readonly xy: Float64Array;

  constructor(size: number) {
    [this.meanX, this.meanY, this.xx, this.xy] = [0, 1, 2, 3].map(() => new Float64Array(size));
  }

  /** A point of each line. */
  add(weight: number, x: Float64Array, y: Float64Array): void {
    const { meanX, meanY, xx, xy } = this;
    this.weight += weight;
    const part = weight / this.weight;
    for (let s = 0; s < x.length; s++) {
      const dx = x[s] - meanX[s];
      const dy = y[s] - meanY[s];
      meanX[s] += part * dx;
      meanY[s] += part * dy;
      xx[s] += weight * dx * (x[s] - meanX[s]);
      xy[s] += weight * dx * (y[s] - meanY[s]);
    }
  }

  /** Length S: the mean of x. */
  mean(): Float64Array {
    return this.meanX.slice();
  }

  /** Length S: the variance of x, with the divisor of so many points less one. */
  variance(points: number): Float64Array {
    return this.xx.map((value) => ((value / this.weight) * points) / (points - 1));
  }

  /** Slopes; null where x has no variation but rounding. */
  value(): Float64Array | null {
    const { meanX, xx, xy } = this;
    const varies = (s: number) => Math.sqrt(xx[s] / this.weight) > 1e-12 * (1 + Math.abs(meanX[s]));
    return xx.every((_, s) => varies(s)) ? xy.map((value, s) => value / xx[s]) : null;
  }
}
