type Range = readonly [from: number, to: number];

/** What tests need to know of a family of measurements besides its record. */
export interface ContinuousFacts {
  /** Means that every link of the family takes, neither extreme nor tame. */
  readonly means: Range;
  /** Values of each parameter besides the mean, inside its support, in the order of the slots. */
  readonly parameters: readonly Range[];
  /** The open interval of responses. */
  readonly responses: Range;
}

const line: Range = [-Infinity, Infinity];
const halfLine: Range = [0, Infinity];
const unit: Range = [0, 1];

export const continuousFacts: Readonly<Record<string, ContinuousFacts>> = {
  normal: { means: [0.1, 5], parameters: [[0.2, 4]], responses: line },
  student_t: {
    means: [0.1, 5],
    parameters: [
      [0.2, 4],
      [5, 50],
    ],
    responses: line,
  },
  skew_normal: {
    means: [0.1, 5],
    parameters: [
      [0.2, 4],
      [-6, 6],
    ],
    responses: line,
  },
  lognormal: { means: [-1, 2], parameters: [[0.1, 1]], responses: halfLine },
  gamma: { means: [0.1, 5], parameters: [[0.6, 100]], responses: halfLine },
  inverse_gaussian: { means: [0.1, 5], parameters: [[0.6, 100]], responses: halfLine },
  exponential: { means: [0.1, 5], parameters: [], responses: halfLine },
  weibull: { means: [0.1, 5], parameters: [[0.7, 8]], responses: halfLine },
  beta: { means: [0.1, 0.9], parameters: [[4, 100]], responses: unit },
  zero_one_inflated_beta: {
    means: [0.1, 0.9],
    parameters: [
      [4, 100],
      [0.05, 0.9],
      [0.05, 0.9],
    ],
    responses: unit,
  },
};

/** The value at a share of the way through a range. */
export function between([from, to]: Range, share: number): number {
  return from + share * (to - from);
}
