import type { DrawnRows, RowsAtDraws } from "../density/rowsAtDraws.js";
import { exp } from "../math/special/elementary.js";
import type { PreparedModel } from "./PreparedModel.js";

/** How the responses lie in the distributions of their rows at estimates of the parameters and random effects. */
export interface RowChecks {
  /** Zeros of counts, beside the interval in which 95% of such data have them, rows being independent given the random effects; null for other responses. */
  readonly zeros: { readonly observed: number; readonly lower: number; readonly upper: number } | null;
  /** Rows with at most this probability of a response as far out, on either side: exactly so of measurements, of counts at most so. */
  readonly outer: { readonly probability: number; readonly observed: number; readonly isExact: boolean };
}

const OUTER = 0.01;
/** Half the width of a 95% interval of the standard normal distribution. */
const REACH = 1.96;

/**
 * In one pass over the rows, at values in the order of the model's quantities; null where the family has no distribution function, rows stand for several each, or a value that is
 * needed is missing.
 */
export function rowChecks(
  { design, compiled }: PreparedModel,
  parameters: readonly number[],
  effects: readonly number[],
): RowChecks | null {
  const { quantities } = compiled;
  const isComplete =
    parameters.length === quantities.parameters.length && effects.length === quantities.randomEffects.length;
  if (!isComplete || compiled.family.cumulative === undefined) return null;
  const rows = compiled.rowsAtDraws();
  if (rows.hasLikelihoodWeights) return null;
  const at = rows.drawnRows();
  rows.read(Float64Array.from([...parameters, ...effects]), at);
  if ([at.eta, ...at.phi].some((column) => column.some(Number.isNaN))) return null;
  // How far out a censored response lies is not known.
  if (design.response.censoring !== null) return null;
  const observed = outerRows(rows, at);
  if (Number.isNaN(observed)) return null;
  const most = design.response.trials?.reduce((a, b) => Math.max(a, b), 1) ?? 1;
  const accepts = (value: number) => compiled.family.checkResponse(value, most) === null;
  const isCount = rows.zeroProbability !== null && accepts(0) && accepts(2);
  return {
    zeros: isCount ? zerosOf(rows, at, design.response.values) : null,
    outer: { probability: OUTER, observed, isExact: rows.isDiscrete === false },
  };
}

/** How many rows have a response with P(Y <= y) or P(Y >= y) below half of `OUTER`. */
function outerRows({ rows, probability, isDiscrete, evaluate, derivatives }: RowsAtDraws, at: DrawnRows): number {
  const out = derivatives();
  let count = 0;
  for (let i = 0; i < rows; i++) {
    const upTo = probability?.(i, at) ?? Number.NaN;
    if (Number.isNaN(upTo)) return Number.NaN;
    let beyond = 1 - upTo;
    if (isDiscrete === true && beyond < OUTER / 2) {
      evaluate(i, at, 0, out);
      beyond += exp(out.value);
    }
    if (Math.min(upTo, beyond) < OUTER / 2) count++;
  }
  return count;
}

function zerosOf({ rows, zeroProbability }: RowsAtDraws, at: DrawnRows, y: Float64Array) {
  let [observed, expected, variance] = [0, 0, 0];
  for (let i = 0; i < rows; i++) {
    const p = zeroProbability?.(i, at) ?? 0;
    observed += Number(y[i] === 0);
    expected += p;
    variance += p * (1 - p);
  }
  const reach = REACH * Math.sqrt(variance);
  return {
    observed,
    lower: Math.max(0, Math.round(expected - reach)),
    upper: Math.min(rows, Math.round(expected + reach)),
  };
}
