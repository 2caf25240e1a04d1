import { quantileOfSorted } from "../../diagnostics/quantile.js";
import type { Calibration } from "../../summary/PredictiveCheck.js";
import { endsOf } from "../../summary/Summary.js";

const BINS = 10;

/** Sums the successes of rows in bins of similar predicted probabilities, in the data and in replicated data; rows in the order of the table. */
export class CalibrationCounter {
  private readonly bins: readonly Int32Array[];
  private readonly trials: Float64Array;
  private readonly predicted: Float64Array;
  private readonly observed: Float64Array;
  /** `[bin][replicate]`: proportions. */
  private readonly replicated: readonly Float64Array[];

  /** `mean`: the predictive mean of each row's successes. */
  constructor(observed: Float64Array, trials: Float64Array, mean: Float64Array, replicates: number) {
    this.bins = binsOf(mean.map((value, i) => value / trials[i]));
    this.trials = this.sums(trials);
    this.predicted = this.sums(mean).map((sum, b) => sum / this.trials[b]);
    this.observed = this.sums(observed).map((sum, b) => sum / this.trials[b]);
    this.replicated = this.bins.map(() => new Float64Array(replicates));
  }

  add(r: number, responses: Float64Array): void {
    this.sums(responses).forEach((sum, b) => {
      this.replicated[b][r] = sum / this.trials[b];
    });
  }

  result(level: number): Calibration {
    const sorted = this.replicated.map((proportions) => proportions.slice().sort());
    const [low, high] = endsOf(level);
    return {
      rows: Int32Array.from(this.bins, ({ length }) => length),
      trials: this.trials,
      predicted: this.predicted,
      observed: this.observed,
      lower: Float64Array.from(sorted, (proportions) => quantileOfSorted(proportions, low)),
      upper: Float64Array.from(sorted, (proportions) => quantileOfSorted(proportions, high)),
    };
  }

  private sums(values: Float64Array): Float64Array {
    return Float64Array.from(this.bins, (rows) => rows.reduce((sum, i) => sum + values[i], 0));
  }
}

/** Rows by ascending probability in bins of about equal numbers; those of one probability are in one bin, and those without trials in none. */
function binsOf(probability: Float64Array): Int32Array[] {
  const order = [...probability.keys()].filter((i) => !Number.isNaN(probability[i]));
  order.sort((i, j) => probability[i] - probability[j]);
  const bins: number[][] = [];
  order.forEach((i, k) => {
    const isTied = k > 0 && probability[i] === probability[order[k - 1]];
    const isFull = k >= Math.ceil((bins.length * order.length) / BINS);
    if (bins.length === 0 || (isFull && !isTied)) bins.push([]);
    bins[bins.length - 1].push(i);
  });
  return bins.map((rows) => Int32Array.from(rows));
}
