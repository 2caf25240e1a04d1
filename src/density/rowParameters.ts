import type { Hyperparameters } from "./Hyperparameters.js";
import { crossX, linearPredictor } from "./linearPredictor.js";
import type { PredictorData } from "./PredictorData.js";
import type { ParameterSource } from "./parameterSources.js";

/**
 * The family's auxiliary parameters as rows of psi, m columns of length n: the parameter itself where it is one number for all rows, else its
 * linear predictor. Their free parameters are the coefficients of those predictors, and then the scalars.
 */
export interface RowParameters {
  /** Columns, m. */
  readonly count: number;
  /** Free parameters, r. */
  readonly size: number;
  /** Where `Hyperparameters` keeps them, and from which of the r each part starts. */
  readonly parts: readonly { readonly at: number; readonly values: Float64Array; readonly gradients: Float64Array }[];
  fillPsi(values: Float64Array, psi: readonly Float64Array[]): void;
  /** Whether a column has a predictor, so that its parameter differs from row to row. */
  readonly varies: readonly boolean[];
  /** The parameters of the first row, into `phi`: those of all rows for the columns that do not vary. */
  readFirst(psi: readonly Float64Array[], phi: Float64Array): void;
  /** The parameters of one row that vary, into `phi`. */
  read(psi: readonly Float64Array[], i: number, phi: Float64Array): void;
  /** d phi / d psi of a column. */
  slope(column: number, psi: number): number;
  /** From the rows' derivatives in psi, m columns of length n, to those in the free parameters. */
  cross(s: readonly Float64Array[], out: Float64Array): void;
}

/** Throws RangeError where one of the predictors has random effects. */
export function rowParameters(
  sources: readonly ParameterSource[],
  hyper: Hyperparameters,
  data: readonly PredictorData[],
): RowParameters {
  const starts: number[] = [];
  let size = 0;
  const parts = hyper.predictors.flatMap(({ beta, betaGradient }, k) => {
    starts.push(size);
    if (k === 0) return [];
    size += beta.length;
    return [{ at: size - beta.length, values: beta, gradients: betaGradient }];
  });
  const firstScalar = size;
  if (hyper.scalars.length > 0)
    parts.push({ at: firstScalar, values: hyper.scalars, gradients: hyper.scalarsGradient });
  size += hyper.scalars.length;
  const links = sources.map((source) => (source.kind === "predictor" ? source.link : null));
  const readVarying = (psi: readonly Float64Array[], i: number, phi: Float64Array) => {
    for (let c = 0; c < links.length; c++) {
      const link = links[c];
      if (link !== null) phi[c] = link.inverseLink(psi[c][i]);
    }
  };
  const own = (values: Float64Array, k: number) => values.subarray(starts[k], starts[k] + data[k].columns);
  return {
    count: sources.length,
    size,
    parts,
    fillPsi(values, psi) {
      sources.forEach((source, c) => {
        if (source.kind === "predictor")
          linearPredictor(data[source.predictor], own(values, source.predictor), [], psi[c]);
        else psi[c].fill(source.kind === "fixed" ? source.value : values[firstScalar + source.index]);
      });
    },
    varies: sources.map(({ kind }) => kind === "predictor"),
    readFirst(psi, phi) {
      for (let c = 0; c < sources.length; c++) phi[c] = psi[c][0];
      readVarying(psi, 0, phi);
    },
    read: readVarying,
    slope: (column, psi) => links[column]?.dMuDEta(psi) ?? 1,
    cross(s, out) {
      sources.forEach((source, c) => {
        if (source.kind === "predictor") crossX(data[source.predictor], s[c], own(out, source.predictor));
        if (source.kind === "scalar") out[firstScalar + source.index] = s[c].reduce((a, b) => a + b, 0);
      });
    },
  };
}
