import { createStream } from "../../math/random/createStream.js";
import { exp, log, log1p } from "../../math/special/elementary.js";
import { logChoose } from "../../math/special/gammaRatio.js";

/** Parts of the unit interval in which ranks are counted, and at whose ends the distribution function is held to its band. */
export const parts = 20;

const simulations = 20_000;

/**
 * How far counts of ranks stray from uniform: over the ends of the parts, the smallest two-sided probability of so few or so many
 * ranks below (Sailynoja, Buerkner & Vehtari 2022, Statistics and Computing 32, section 3). `counts` has length `parts`.
 */
export function extremity(counts: readonly number[]): number {
  return extremityGiven(counts, tables(counts.reduce((a, b) => a + b, 0)));
}

/** The value that the extremity of `total` uniform ranks falls below with a probability of `alpha`: the edge of the simultaneous band. */
export function bandEdge(total: number, alpha: number): number {
  const stream = createStream("bands", 1);
  const binomial = tables(total);
  const values = Float64Array.from({ length: simulations }, () => {
    const counts = new Array<number>(parts).fill(0);
    for (let k = 0; k < total; k++) counts[Math.floor(parts * stream.uniform())]++;
    return extremityGiven(counts, binomial);
  }).sort();
  return values[Math.floor(alpha * simulations)];
}

/** For each end of a part but the last: P(X <= j) of binomial(total, end), j = 0 .. total. */
function tables(total: number): Float64Array[] {
  return Array.from({ length: parts - 1 }, (_, k) => binomialCdf(total, (k + 1) / parts));
}

function binomialCdf(total: number, p: number): Float64Array {
  const cdf = new Float64Array(total + 1);
  let sum = 0;
  for (let j = 0; j <= total; j++) {
    // By logarithms: the first mass of many trials is too small for a number.
    sum += exp(logChoose(total, j) + j * log(p) + (total - j) * log1p(-p));
    cdf[j] = Math.min(sum, 1);
  }
  return cdf;
}

function extremityGiven(counts: readonly number[], binomial: readonly Float64Array[]): number {
  let below = 0;
  let least = 1;
  binomial.forEach((cdf, k) => {
    below += counts[k];
    // "At least m below an end" is "at most total - m above it", and the ends lie symmetrically.
    const atLeast = binomial[binomial.length - 1 - k][cdf.length - 1 - below];
    least = Math.min(least, 2 * Math.min(cdf[below], atLeast));
  });
  return least;
}
