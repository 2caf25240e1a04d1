import type { RandomStream } from "../../math/random/RandomStream.js";
import type { Steps } from "../../math/steps.js";

/** Simulated data sets beside the data: what residual tests are made of. */
export interface Simulated {
  /** Length n. */
  readonly observed: Float64Array;
  /** Predictive means. */
  readonly fitted: Float64Array;
  /** Uniform residuals of the data. */
  readonly residuals: Float64Array;
  /** 1 where the response lies beyond all simulated ones of its row. */
  readonly isOutlier: Uint8Array;
  /** `[simulation][row]`. */
  readonly responses: readonly Float64Array[];
  /** Uniform residuals of the simulated data sets, each among them all. */
  readonly residualsOf: readonly Float64Array[];
  /** Likewise beyond all the others. */
  readonly isOutlierOf: readonly Uint8Array[];
}

/** Ranks of simulated responses among those of their row, as uniform residuals with ties drawn at random; and which lie beyond all others. */
export function* rankSimulated(
  responses: readonly Float64Array[],
  stream: RandomStream,
): Steps<Pick<Simulated, "residualsOf" | "isOutlierOf">> {
  const [R, n] = [responses.length, responses[0].length];
  const residualsOf = responses.map(() => new Float64Array(n));
  const isOutlierOf = responses.map(() => new Uint8Array(n));
  const row = new Float64Array(R);
  for (let i = 0; i < n; i++) {
    for (let r = 0; r < R; r++) row[r] = responses[r][i];
    const sorted = row.slice().sort();
    const isSingle = [sorted[0] < sorted[1], sorted[R - 1] > sorted[R - 2]];
    for (let r = 0; r < R; r++) {
      const [less, upTo] = ranks(sorted, row[r]);
      residualsOf[r][i] = (less + stream.uniform() * (upTo - less)) / R;
      isOutlierOf[r][i] = Number((less === 0 && isSingle[0]) || (upTo === R && isSingle[1]));
    }
    yield;
  }
  return { residualsOf, isOutlierOf };
}

/** How many of ascending values are less than this one, and how many are no more than it. */
export function ranks(sorted: Float64Array, value: number): readonly [less: number, upTo: number] {
  return [countWhile(sorted, (one) => one < value), countWhile(sorted, (one) => one <= value)];
}

function countWhile(sorted: Float64Array, holds: (value: number) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
