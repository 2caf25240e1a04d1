import type { EffectsMoments } from "../../posterior/posteriorFromChains.js";

/** Batches of a whole chain: so few that their means are nearly independent, so many that four chains tell their spread to a tenth. */
const BATCHES = 10;

/** Moments of the components of a series of vectors, with means of batches, in memory that does not grow with the series. */
export class RunningMoments {
  private count = 0;
  private readonly batchSize: number;
  private readonly means: Float64Array;
  private readonly squares: Float64Array;
  /** `[component][batch]`: the sums of batches over `batchSize`, the last of them under way. */
  private readonly batchMeans: Float64Array;

  /** For `length` vectors of `size` components. */
  constructor(size: number, length: number) {
    this.batchSize = Math.max(1, Math.floor(length / BATCHES));
    this.means = new Float64Array(size);
    this.squares = new Float64Array(size);
    this.batchMeans = new Float64Array(size * BATCHES);
  }

  /** Takes the components from `start` of a vector (Welford 1962). */
  add(vector: Float64Array, start: number): void {
    const { means, squares, batchMeans, batchSize } = this;
    const batch = Math.floor(this.count / batchSize);
    this.count++;
    for (let k = 0; k < means.length; k++) {
      const value = vector[start + k];
      const distance = value - means[k];
      means[k] += distance / this.count;
      squares[k] += distance * (value - means[k]);
      if (batch < BATCHES) batchMeans[k * BATCHES + batch] += value / batchSize;
    }
  }

  /** Of what was added, with the batches that are whole. */
  finish(): EffectsMoments {
    const { means, squares, batchSize } = this;
    const whole = Math.min(BATCHES, Math.floor(this.count / batchSize));
    const batchMeans = this.batchMeans.filter((_, k) => k % BATCHES < whole);
    return { means, squares, batchMeans, batchSize };
  }
}
