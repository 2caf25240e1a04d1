import { rowsOf } from "../../math/linalg/rows.js";
import type { ParameterMoments } from "../laplace/weightedMoments.js";
import { productsOf, standardise } from "./ControlVariate.js";
import { entropyTilting } from "./entropyTilting.js";

/** Positions of draws. */
interface Draws {
  /** What is known at each, first of all the parameters. */
  readonly values: readonly Float64Array[];
  readonly weights: Float64Array;
  /** Of each two of the parameters, on which those of the random effects depend; null to leave them as they are drawn. */
  readonly correlations: Float64Array | null;
}

/** The weights, made to agree with better moments of the first so many of the values, where they can be. */
export function momentMatching(
  { values, weights, correlations }: Draws,
  moments: ParameterMoments,
  count: number,
): Float64Array {
  const functions = (wanted: Float64Array | null) => {
    const rows = rowsOf(values.length, 2 * count + (wanted?.length ?? 0));
    rows.forEach((row, i) => {
      const offs = row.subarray(0, count);
      standardise(values[i], moments, offs);
      for (let k = 0; k < count; k++) row[count + k] = offs[k] ** 2 - 1;
      if (wanted === null) return;
      const products = row.subarray(2 * count);
      productsOf(offs, products);
      for (let k = 0; k < wanted.length; k++) products[k] -= wanted[k];
    });
    return rows;
  };
  const withCorrelations = correlations === null ? null : entropyTilting(weights, functions(correlations));
  return (withCorrelations ?? entropyTilting(weights, functions(null)))?.weights ?? weights;
}
