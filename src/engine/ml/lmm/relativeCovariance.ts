import type { ParameterVector } from "../parameterVector.js";
import type { LinearProducts } from "./products.js";

/** An entry of a lower triangle of Lambda that is a parameter. */
interface Entry {
  /** Its place among the coordinates of the parameter vector. */
  readonly coordinate: number;
  readonly factor: number;
  readonly row: number;
  readonly column: number;
  /** Position in Lambda[factor]. */
  readonly at: number;
  /** 1 / (root mean square of the row's covariate): an effect of one unit is worth one sigma in a response. */
  readonly unit: number;
}

/** Zero is a stationary point of every sd: a search starts from this many units at least. */
const LEAST_START = 0.1;
/** Moments may leave nothing, or less, for sigma^2: it starts from this share of the variance at least. */
const LEAST_NOISE = 0.05;

/** theta of lme4: the free entries of a relative Lambda, in units that make one a usual size on any scale of the covariates. */
export interface RelativeCovariance {
  readonly entries: readonly Entry[];
  readonly lower: Float64Array;
  /** Standard deviations by moments, correlations zero. */
  readonly start: Float64Array;
  /** Rough standard errors there, those of a balanced design: 1 / sqrt(2 levels) of a log-sd, more where levels are not reliable. */
  readonly scale: Float64Array;
  /** Fresh matrices, zero. */
  matrices(): Float64Array[];
  unpack(theta: ArrayLike<number>, Lambda: readonly Float64Array[]): void;
  pack(Lambda: readonly Float64Array[], theta: Float64Array): void;
  /** From d value / d Lambda to d value / d theta. */
  adjoint(gradient: readonly Float64Array[], out: Float64Array): void;
}

export function relativeCovariance(products: LinearProducts, { coordinates }: ParameterVector): RelativeCovariance {
  const { factors } = products.view;
  const units = covariateUnits(products);
  const sds = relativeSds(products);
  const entries = coordinates.flatMap((place, coordinate) => {
    if (place.part !== "Lambda") return [];
    const { factor, row, column } = place;
    return [{ coordinate, factor, row, column, at: row * factors[factor].effects + column, unit: units[factor][row] }];
  });
  const startSd = ({ factor, row, unit }: Entry) => Math.max(LEAST_START, sds[factor][row] / unit);
  return {
    entries,
    lower: Float64Array.from(entries, ({ row, column }) => (row === column ? 0 : -Infinity)),
    start: Float64Array.from(entries, (entry) => (entry.row === entry.column ? startSd(entry) : 0)),
    scale: Float64Array.from(entries, (entry) => {
      const { levels } = factors[entry.factor];
      const sd = startSd(entry);
      const signal = (products.view.rows / levels) * sd * sd;
      return (sd * (1 + signal)) / (signal * Math.sqrt(2 * levels));
    }),
    matrices: () => factors.map(({ effects: q }) => new Float64Array(q * q)),
    unpack(theta, Lambda) {
      entries.forEach(({ factor, at, unit }, k) => {
        Lambda[factor][at] = unit * theta[k];
      });
    },
    pack(Lambda, theta) {
      entries.forEach(({ factor, at, unit }, k) => {
        theta[k] = Lambda[factor][at] / unit;
      });
    },
    adjoint(gradient, out) {
      entries.forEach(({ factor, at, unit }, k) => {
        out[k] = unit * gradient[factor][at];
      });
    },
  };
}

/**
 * Per factor and effect, the sd in units of sigma: what a least-squares fit of each level's residuals to the covariate explains, less
 * what it explains by chance, as in a one-way analysis of variance, whatever the other effects share in it.
 */
function relativeSds({ view, ZZ, gram, effects, columns }: LinearProducts): number[][] {
  const n = view.rows;
  const total = gram[gram.length - 1];
  const cross = effects[columns - 1];
  let noise = total / n;
  const variances = view.factors.map(({ levels, effects: q }, f) =>
    Array.from({ length: q }, (_, e) => {
      let [explained, squares] = [0, 0];
      for (let at = e; at < levels * q; at += q) {
        const square = ZZ.factors[f][at * q + e];
        squares += square;
        if (square > 0) explained += cross[f][at] ** 2 / square;
      }
      const within = (total - explained) / Math.max(1, n - levels);
      const variance = Math.max(0, explained - levels * within) / squares;
      noise -= (variance * squares) / n;
      return variance;
    }),
  );
  const sigma = Math.sqrt(Math.max(noise, LEAST_NOISE * (total / n)));
  return variances.map((own) => own.map((variance) => Math.sqrt(variance) / sigma));
}

/** Per factor and effect; the squares of a covariate stand on the diagonals of Z'Z. */
function covariateUnits({ view, ZZ }: LinearProducts): number[][] {
  return view.factors.map(({ levels, effects: q }, f) =>
    Array.from({ length: q }, (_, e) => {
      let squares = 0;
      for (let j = 0; j < levels; j++) squares += ZZ.factors[f][(j * q + e) * q + e];
      return squares > 0 ? Math.sqrt(view.rows / squares) : 1;
    }),
  );
}
