import type { ParameterVector } from "../parameters.js";
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

/** theta of lme4: the free entries of a relative Lambda, in units that make identity a start on any scale of the covariates. */
export interface RelativeCovariance {
  readonly entries: readonly Entry[];
  readonly lower: Float64Array;
  readonly start: Float64Array;
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
  const entries = coordinates.flatMap((place, coordinate) => {
    if (place.part !== "Lambda") return [];
    const { factor, row, column } = place;
    return [{ coordinate, factor, row, column, at: row * factors[factor].effects + column, unit: units[factor][row] }];
  });
  return {
    entries,
    lower: Float64Array.from(entries, ({ row, column }) => (row === column ? 0 : -Infinity)),
    start: Float64Array.from(entries, ({ row, column }) => (row === column ? 1 : 0)),
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
