import type { ParameterKind } from "../../density/LatentGaussian.js";
import type { BootstrapType } from "../../engine/ml/options.js";
import { mean, standardDeviation } from "../../math/moments.js";
import { normalCdf, normalQuantile } from "../../math/special/normalDistribution.js";
import type { BootstrapRow } from "./BootstrapResult.js";

/** What is asked of intervals. `kind` says what range the number has: an interval ends where it does. */
export interface BootstrapAsked {
  readonly type: BootstrapType;
  readonly level: number;
  readonly kind: ParameterKind | null;
}

/**
 * A number over bootstrap replicates, NaN where one has none (Efron & Tibshirani 1993; Davison & Hinkley 1997). The interval of kind
 * percentile lies between quantiles of the values; basic: twice the estimate less these; norm: the estimate less the bias, and the normal quantile times the sd on either side; bc: quantiles at
 * probabilities corrected for the share of values below the estimate.
 */
export function bootstrapRow(
  name: string,
  estimate: number,
  replicates: Float64Array,
  { type, level, kind }: BootstrapAsked,
): BootstrapRow {
  const values = replicates.filter((value) => !Number.isNaN(value)).sort();
  const [bias, sd] = [mean(values) - estimate, standardDeviation(values)];
  const [lower, upper] = values.length < 2 ? [Number.NaN, Number.NaN] : ends(type, level, estimate, values, bias, sd);
  const [least, most] = rangeOf(kind);
  const within = (value: number) => (Number.isNaN(value) ? value : Math.min(most, Math.max(least, value)));
  const biasError = sd / Math.sqrt(values.length);
  return {
    name,
    estimate,
    estimates: values.length,
    bias,
    biasError,
    sd,
    lower: within(lower),
    upper: within(upper),
  };
}

function rangeOf(kind: ParameterKind | null): readonly [number, number] {
  if (kind === "correlation") return [-1, 1];
  if (kind === "probability") return [0, 1];
  return kind === "sd" || kind === "dispersion" ? [0, Infinity] : [-Infinity, Infinity];
}

function ends(
  type: BootstrapType,
  level: number,
  estimate: number,
  sorted: Float64Array,
  bias: number,
  sd: number,
): readonly [number, number] {
  const [below, above] = [(1 - level) / 2, (1 + level) / 2];
  if (type === "norm") {
    const half = normalQuantile(above) * sd;
    return [estimate - bias - half, estimate - bias + half];
  }
  const [low, high] = type === "bc" ? corrected(sorted, estimate, below, above) : [below, above];
  const [lower, upper] = [endOf(sorted, low), endOf(sorted, high)];
  return type === "basic" ? [2 * estimate - upper, 2 * estimate - lower] : [lower, upper];
}

/** Values that equal the estimate, as at a boundary, count half. NaN where all lie on one side of it. */
function corrected(sorted: Float64Array, estimate: number, below: number, above: number): readonly [number, number] {
  let share = 0;
  for (const value of sorted) share += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  share /= sorted.length;
  if (share === 0 || share === 1) return [Number.NaN, Number.NaN];
  const shift = 2 * normalQuantile(share);
  return [normalCdf(shift + normalQuantile(below)), normalCdf(shift + normalQuantile(above))];
}

/**
 * The value in place (R + 1) p of R ascending ones, interpolated on the scale of normal quantiles, as R's package boot has it (Davison & Hinkley 1997, equation 5.8); the first or the last beyond them. NaN for
 * no probability.
 */
function endOf(sorted: Float64Array, probability: number): number {
  const size = sorted.length;
  const place = (size + 1) * probability;
  if (Number.isNaN(place)) return Number.NaN;
  const below = Math.floor(place);
  if (below < 1) return sorted[0];
  if (below >= size) return sorted[size - 1];
  const [low, high] = [sorted[below - 1], sorted[below]];
  if (below === place || low === high) return low;
  const at = (share: number) => normalQuantile(share);
  const [from, to] = [at(below / (size + 1)), at((below + 1) / (size + 1))];
  return low + ((at(probability) - from) / (to - from)) * (high - low);
}
