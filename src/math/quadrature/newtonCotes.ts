import { checkCount, type QuadratureRule } from "./QuadratureRule.js";

/** Beyond this the integers of the weights leave the range of a double, long after the weights have become useless. */
const MOST_POINTS = 50;

/**
 * Newton-Cotes quadrature on (-1, 1): equidistant points, with both ends (closed) or without them (open), exact for
 * polynomials up to degree points - 1, and one more if points is odd. Closed rules of 9 and of 11 or more points, and open ones
 * of 3 and of 5 or more, have negative weights, which grow like 2^points: many points are worse, not better. Use `composite`.
 * Throws RangeError unless points is a whole number from 2 (open: 1) to 50.
 */
export function newtonCotes(points: number, ends: "closed" | "open" = "closed"): QuadratureRule {
  checkCount("the number of quadrature points", points, ends === "closed" ? 2 : 1);
  if (points > MOST_POINTS)
    throw new RangeError(`Newton-Cotes rules have at most ${MOST_POINTS} points, not ${points}`);
  const first = ends === "closed" ? 0 : 1;
  const places = Array.from({ length: points }, (_, i) => i + first);
  const last = points - 1 + 2 * first;
  return {
    nodes: Float64Array.from(places, (place) => (2 * place - last) / last),
    weights: Float64Array.from(places, (place) => lagrangeIntegral(place, places, last)),
    lower: -1,
    upper: 1,
  };
}

/**
 * 2 / last times the integral over (0, last) of the polynomial that is 1 at one of the places and 0 at the others, in exact
 * integers.
 */
function lagrangeIntegral(place: number, places: readonly number[], last: number): number {
  let coefficients = [1n];
  let denominator = BigInt(last);
  for (const other of places) {
    if (other === place) continue;
    coefficients = timesLinear(coefficients, BigInt(other));
    denominator *= BigInt(place - other);
  }
  const divisor = places.reduce((product, _, k) => product * BigInt(k + 1), 1n);
  const end = BigInt(last);
  const sum = coefficients.reduce((total, c, k) => total + (c * end ** BigInt(k + 1) * divisor) / BigInt(k + 1), 0n);
  return Number(2n * sum) / Number(denominator * divisor);
}

/** The coefficients, from the constant up, of a polynomial times (x - root). */
function timesLinear(coefficients: readonly bigint[], root: bigint): bigint[] {
  return [...coefficients, 0n].map(
    (c, k) => (k === 0 ? 0n : coefficients[k - 1]) - (k < coefficients.length ? root * c : 0n),
  );
}
