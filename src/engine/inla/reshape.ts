import { minimize } from "../../math/optimize/minimize.js";
import type { Objective } from "../../math/optimize/Objective.js";
import { exp, log } from "../../math/special/elementary.js";
import { tabulatedDensity } from "../../math/tabulatedDensity.js";
import type { Shape } from "./parameterShapes.js";

/** Of the polynomials that correct a shape. */
const DEGREE = 4;

/**
 * The shape with its density multiplied by exp(polynomial) of its own distribution function u, so that Legendre polynomials of u have the means
 * that they have over weighted draws, given on the working scale: where the shape is right u is uniform and nothing is changed (comparison
 * densities: Parzen 1979; exponential series: Barron & Sheu 1991).
 */
export function reshaped(shape: Shape, draws: Float64Array, weights: Float64Array): Shape {
  const { cdf } = tabulatedDensity(shape.values, shape.logDensities);
  const wanted = new Float64Array(DEGREE);
  draws.forEach((value, i) => {
    if (!(weights[i] > 0)) return;
    const basis = legendre(2 * cdf(value) - 1);
    for (let k = 0; k < DEGREE; k++) wanted[k] += weights[i] * basis[k];
  });
  const bases = Array.from(shape.values, (value) => legendre(2 * cdf(value) - 1));
  const masses = shape.values.map((_, i) => {
    const [from, to] = [shape.values[Math.max(0, i - 1)], shape.values[Math.min(shape.values.length - 1, i + 1)]];
    return 0.5 * (cdf(to) - cdf(from));
  });
  const exponent = (coefficients: Float64Array, i: number) => {
    let total = 0;
    for (let k = 0; k < DEGREE; k++) total += coefficients[k] * bases[i][k];
    return total;
  };
  const divergence: Objective = (coefficients, gradient) => {
    let total = 0;
    gradient.fill(0);
    masses.forEach((mass, i) => {
      const tilted = mass * exp(exponent(coefficients, i));
      total += tilted;
      for (let k = 0; k < DEGREE; k++) gradient[k] += tilted * bases[i][k];
    });
    let value = log(total);
    for (let k = 0; k < DEGREE; k++) {
      gradient[k] = gradient[k] / total - wanted[k];
      value -= coefficients[k] * wanted[k];
    }
    return value;
  };
  const { position, converged } = minimize(divergence, new Float64Array(DEGREE));
  if (!converged) return shape;
  return { ...shape, logDensities: shape.logDensities.map((value, i) => value + exponent(position, i)) };
}

/** P_1(x) to P_DEGREE(x). */
function legendre(x: number): Float64Array {
  const values = Float64Array.of(1, x, ...new Array<number>(DEGREE - 1).fill(0));
  for (let k = 1; k < DEGREE; k++) values[k + 1] = ((2 * k + 1) * x * values[k] - k * values[k - 1]) / (k + 1);
  return values.subarray(1);
}
