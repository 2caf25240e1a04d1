import { quantileOfSorted } from "../../diagnostics/quantile.js";
import type { Frequencies } from "../../summary/PredictiveCheck.js";
import { endsOf } from "../../summary/Summary.js";

/** Bins of responses, the outer ones open. */
interface Bins {
  readonly isDiscrete: boolean;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  binOf(value: number): number;
}

/** Counts how often responses lie in each bin of the data, and in replicated data. */
export class FrequencyCounter {
  private readonly bins: Bins;
  private readonly observed: Float64Array;
  /** `[bin][replicate]`. */
  private readonly replicated: readonly Float64Array[];

  constructor(observed: Float64Array, isDiscrete: boolean, replicates: number) {
    this.bins = isDiscrete ? countBins(observed) : histogramBins(observed);
    this.observed = new Float64Array(this.bins.lower.length);
    for (const value of observed) this.observed[this.bins.binOf(value)]++;
    this.replicated = Array.from(this.bins.lower, () => new Float64Array(replicates));
  }

  add(r: number, responses: Float64Array): void {
    for (const value of responses) this.replicated[this.bins.binOf(value)][r]++;
  }

  result(level: number): Frequencies {
    const sorted = this.replicated.map((counts) => counts.slice().sort());
    const [low, high] = endsOf(level);
    const each = (value: (counts: Float64Array) => number) => Float64Array.from(sorted, value);
    const { isDiscrete, lower, upper } = this.bins;
    return {
      isDiscrete,
      lower,
      upper,
      observed: this.observed,
      expected: each((counts) => counts.reduce((sum, count) => sum + count, 0) / counts.length),
      expectedLower: each((counts) => quantileOfSorted(counts, low)),
      expectedUpper: each((counts) => quantileOfSorted(counts, high)),
    };
  }
}

/** Bins of counts at most, besides the open one. */
const MOST_BINS = 24;
/** A bin may be so much of all rows at the least where there are many different counts: what lies beyond goes into the open bin. */
const TAIL = 0.05;

/** Each count a bin, or as many counts as make `MOST_BINS` bins of 95% of the rows; the last bin is open. */
function countBins(observed: Float64Array): Bins {
  const sorted = observed.slice().sort();
  const last = sorted[sorted.length - 1];
  const top = last < MOST_BINS ? last : quantileOfSorted(sorted, 1 - TAIL);
  const width = Math.ceil((top + 1) / MOST_BINS);
  const count = Math.ceil((top + 1) / width);
  const lower = Float64Array.from({ length: count + 1 }, (_, k) => k * width);
  return {
    isDiscrete: true,
    lower,
    upper: lower.map((from, k) => (k === count ? Infinity : from + width - 1)),
    binOf: (value) => Math.min(count, Math.floor(value / width)),
  };
}

/** By the rule of Freedman & Diaconis, `MOST_BINS` at most, from the least response to the largest; a bin on either side is open. */
function histogramBins(observed: Float64Array): Bins {
  const sorted = observed.slice().sort();
  const [from, to] = [sorted[0], sorted[sorted.length - 1]];
  const spread = quantileOfSorted(sorted, 0.75) - quantileOfSorted(sorted, 0.25);
  const wanted = Math.ceil((to - from) / ((2 * spread) / Math.cbrt(sorted.length)));
  const count = Math.min(MOST_BINS, Number.isFinite(wanted) && wanted > 0 ? wanted : 1);
  const width = (to - from) / count || 1;
  const lower = Float64Array.from({ length: count + 2 }, (_, k) => (k === 0 ? -Infinity : from + (k - 1) * width));
  return {
    isDiscrete: false,
    lower,
    upper: lower.map((_, k) => (k === count + 1 ? Infinity : lower[k + 1])),
    binOf(value) {
      if (value < from) return 0;
      return value > to ? count + 1 : Math.min(count, 1 + Math.floor((value - from) / width));
    },
  };
}
