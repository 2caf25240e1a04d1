import type { Spread } from "../../marginal/spreads.js";
import { positionAt, type Standardised } from "../../marginal/standardised.js";
import { cholesky } from "../../math/linalg/cholesky.js";
import { nearestDefinite } from "../../math/optimize/definite.js";
import { exp, log } from "../../math/special/elementary.js";

/** Beta given the hyperparameters, at its mode. */
export interface BetaCurvature {
  /** Minus the Hessian of the log density in beta, p x p. */
  readonly hessian: Float64Array;
  /** The gradient of 1/2 tr(V H), V beta's covariance at the mode of all; length p. */
  readonly skew: Float64Array;
}

/** Normal scores of a hyperparameter at which curvatures are measured besides the mode; beyond the outermost they go on along lines. */
const SCORES = [-2.5, -1, 1, 2.5];
/** How far from an end, in z, the slope of its line is taken. */
const INSIDE = 0.1;

/** z with every coefficient's at its centre given the hyperparameters', which are taken from `of`. */
export function withCentres(
  { hyperparameters: m }: Standardised,
  spreads: readonly Spread[],
  of: ArrayLike<number>,
): Float64Array {
  const z = Float64Array.from(spreads, (_, k) => (k < m ? of[k] : 0));
  return z.map((own, k) => (k < m ? own : spreads[k].given(z).centre));
}

/**
 * Curvatures as functions of the hyperparameters' z, which they vary little and smoothly with: measured at the mode and along each of the axes, what each
 * of those changes interpolated by a polynomial and added up, in the logs of the pivots, the rest of the Cholesky factors and the skews.
 */
export function betaCurvatures(
  coordinates: Standardised,
  spreads: readonly Spread[],
  measure: (position: Float64Array) => BetaCurvature,
): (z: ArrayLike<number>) => BetaCurvature {
  const m = coordinates.hyperparameters;
  const p = spreads.length - m;
  const at = (axis: number, place: number) => {
    const z = spreads.slice(0, m).map((_, k) => (k === axis ? place : 0));
    return flat(measure(positionAt(coordinates, withCentres(coordinates, spreads, z))), p);
  };
  const centre = at(0, 0);
  const axes = spreads.slice(0, m).map(({ shape }, axis) => {
    const places = SCORES.map((score) => shape.at(score).place);
    const changes = places.map((place) => at(axis, place).map((value, i) => value - centre[i]));
    return { places, changes };
  });
  return (z) => {
    const found = centre.slice();
    axes.forEach(({ places, changes }, axis) => {
      const shares = sharesAt(places, z[axis]);
      changes.forEach((change, k) => {
        const share = shares[k];
        for (let i = 0; i < found.length; i++) found[i] += share * change[i];
      });
    });
    return unflattened(found, p);
  };
}

/** Of what is at some places, and nothing at 0, in the polynomial through them all or the line that prolongs it. */
function sharesAt(places: readonly number[], place: number): number[] {
  const end = Math.min(Math.max(place, places[0]), places[places.length - 1]);
  const inside = end - INSIDE * Math.sign(end);
  return places.map((own) => {
    const at = (x: number) => lagrange(own, [0, ...places], x);
    return at(end) + (end === place ? 0 : ((place - end) * (at(end) - at(inside))) / (end - inside));
  });
}

/** The polynomial that is 1 at one of the knots and 0 at the others. */
function lagrange(own: number, knots: readonly number[], place: number): number {
  return knots.reduce((product, knot) => (knot === own ? product : (product * (place - knot)) / (own - knot)), 1);
}

/** The lower triangle of the Cholesky factor with the logs of its pivots, row by row, and the skew. */
function flat({ hessian, skew }: BetaCurvature, p: number): Float64Array {
  const L = nearestDefinite(hessian, p).slice();
  cholesky(L, p);
  const rows = Array.from({ length: p }, (_, r) => [...L.subarray(r * p, r * p + r), log(L[r * (p + 1)])]);
  return Float64Array.of(...rows.flat(), ...skew);
}

function unflattened(flattened: Float64Array, p: number): BetaCurvature {
  const row = (r: number) => flattened.subarray((r * (r + 1)) / 2, ((r + 1) * (r + 2)) / 2);
  const entry = (r: number, c: number) => (r === c ? exp(row(r)[r]) : row(r)[c]);
  const hessian = new Float64Array(p * p);
  for (let r = 0; r < p; r++)
    for (let c = 0; c <= r; c++) {
      for (let k = 0; k <= c; k++) hessian[r * p + c] += entry(r, k) * entry(c, k);
      hessian[c * p + r] = hessian[r * p + c];
    }
  return { hessian, skew: flattened.slice((p * (p + 1)) / 2) };
}
