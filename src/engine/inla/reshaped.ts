import { rowsOf } from "../../math/linalg/rows.js";
import { addScaled } from "../../math/linalg/triangularFactor.js";
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
  for (let i = 0; i < draws.length; i++) {
    if (weights[i] === 0) continue;
    legendre(2 * cdf(draws[i]) - 1, basis);
    addScaled(wanted, weights[i], basis);
  }
  const probabilities = values.map(cdf);
  const off = rowsOf(values.length, DEGREE);
  for (let i = 0; i < off.length; i++) {
    legendre(2 * probabilities[i] - 1, off[i]);
    for (let k = 0; k < DEGREE; k++) off[i][k] -= wanted[k];
  }
  const last = values.length - 1;
  const masses = probabilities.map(
    (_, i) => 0.5 * (probabilities[Math.min(last, i + 1)] - probabilities[Math.max(0, i - 1)]),
  );
  const tilting = entropyTilting(masses, off);
  if (tilting === null) return shape;
  return { ...shape, logDensities: logDensities.map((value, i) => value + exponent(tilting.multipliers, off[i])) };
}

/** P_1(x) to P_DEGREE(x), into `out`. */
function legendre(x: number, out: Float64Array): void {
  out[0] = x;
  for (let k = 1; k < DEGREE; k++) out[k] = ((2 * k + 1) * x * out[k - 1] - k * (k === 1 ? 1 : out[k - 2])) / (k + 1);
}
