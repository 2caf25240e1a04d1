import { rowsOf } from "../../math/linalg/rows.js";
import { probabilityBelow, tabulatedDensity } from "../../math/tabulatedDensity.js";
import { entropyTilting, exponent } from "./entropyTilting.js";
import type { Shape } from "./Shape.js";

/** Of the polynomials that correct a shape. */
const DEGREE = 4;

/**
 * The shape with its density multiplied by exp(polynomial) of its own distribution function u, so that Legendre polynomials of u have the means
 * that they have over draws, given on the working scale with weights that may be negative: where the shape is right u is uniform and nothing is changed (comparison
 * densities: Parzen 1979; exponential series: Barron & Sheu 1991).
 */
export function reshaped(shape: Shape, draws: Float64Array, weights: Float64Array): Shape {
  const { values, logDensities } = shape;
  const { knots } = tabulatedDensity(values, logDensities);
  const cdf = (value: number) => probabilityBelow(knots, value);
  const wanted = new Float64Array(DEGREE);
  const basis = new Float64Array(DEGREE);
  draws.forEach((value, i) => {
    if (weights[i] === 0) return;
    legendre(2 * cdf(value) - 1, basis);
    for (let k = 0; k < DEGREE; k++) wanted[k] += weights[i] * basis[k];
  });
  const off = rowsOf(values.length, DEGREE);
  off.forEach((row, i) => {
    legendre(2 * cdf(values[i]) - 1, row);
    for (let k = 0; k < DEGREE; k++) row[k] -= wanted[k];
  });
  const masses = values.map((_, i) => {
    const [from, to] = [values[Math.max(0, i - 1)], values[Math.min(values.length - 1, i + 1)]];
    return 0.5 * (cdf(to) - cdf(from));
  });
  const tilting = entropyTilting(masses, off);
  if (tilting === null) return shape;
  return { ...shape, logDensities: logDensities.map((value, i) => value + exponent(tilting.multipliers, off[i])) };
}

/** P_1(x) to P_DEGREE(x), into `out`. */
function legendre(x: number, out: Float64Array): void {
  out[0] = x;
  for (let k = 1; k < DEGREE; k++) out[k] = ((2 * k + 1) * x * out[k - 1] - k * (k === 1 ? 1 : out[k - 2])) / (k + 1);
}
