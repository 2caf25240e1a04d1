import type { Spread } from "../../marginal/exploration/spreads.js";
import { positionAt, type Standardised } from "../../marginal/exploration/standardised.js";
import { cholesky } from "../../math/linalg/cholesky.js";
import { nearestDefinite } from "../../math/optimize/definite.js";
import { exp, log } from "../../math/special/elementary.js";
import { mapSteps, type Steps } from "../../math/steps.js";

/** Beta given the hyperparameters, at its mode. */
export interface BetaCurvature {
  /** Minus the Hessian of the log density in beta, p x p. */
  readonly hessian: Float64Array;
  /** The gradient of 1/2 tr(V H), V beta's covariance at the mode of all; length p. */
  readonly skew: Float64Array;
}

/**
 * Normal scores of a hyperparameter at which curvatures are measured besides the mode, fewer of them where there are more than two hyperparameters;
 * beyond the outermost they go on along lines.
 */
const SCORES = [-2.5, -1, 1, 2.5];
const FEWER_SCORES = [-2, 2];
/** And at which scores of two of them together. */
const CORNERS = [-1.5, 1.5];
/** How far from an end, in z, the slope of its line is taken. */
const INSIDE = 0.1;

/** z with every coefficient's at its centre given the hyperparameters', which are taken from `of`. */
export function withCentres(
  { hyperparameters: m }: Standardised,
  spreads: readonly Spread[],
  of: ArrayLike<number>,
): Float64Array {
  const z = new Float64Array(spreads.length);
  for (let k = 0; k < z.length; k++) z[k] = k < m ? of[k] : spreads[k].given(z).centre;
  return z;
}

/** What curvatures change by at some places of one hyperparameter or of two together, on top of what is known of fewer. */
interface Changes {
  readonly axes: readonly number[];
  /** Of each of them. */
  readonly places: readonly (readonly number[])[];
  /** For every choice of a place an axis, the last axis' running fastest. */
  readonly values: readonly Float64Array[];
}

/**
 * Curvatures as functions of the hyperparameters' z, which they vary little and smoothly with: measured at the mode, along each of the axes, and of two
 * hyperparameters also at four places off them. What each of those changes is interpolated by a polynomial and added up, in the logs of the
 * pivots, the rest of the Cholesky factors and the skews.
 */
export function* betaCurvatures(
  coordinates: Standardised,
  spreads: readonly Spread[],
  measure: (position: Float64Array) => Steps<BetaCurvature>,
): Steps<(z: ArrayLike<number>) => BetaCurvature> {
  const m = coordinates.hyperparameters;
  const p = spreads.length - m;
  function* at(z: ArrayLike<number>): Steps<Float64Array> {
    return flat(yield* measure(positionAt(coordinates, withCentres(coordinates, spreads, z))), p);
  }
  const centre = yield* at(new Float64Array(m));
  const known: Changes[] = [];
  function* changes(axes: readonly number[], scores: readonly number[]): Steps<Changes> {
    const places = axes.map((axis) => scores.map((score) => spreads[axis].shape.at(score).place));
    const values = yield* mapSteps(combinations(places), function* (chosen) {
      const z = new Float64Array(m);
      axes.forEach((axis, k) => {
        z[axis] = chosen[k];
      });
      const before = summed(centre, known, z);
      return (yield* at(z)).map((value, i) => value - before[i]);
    });
    return { axes, places, values };
  }
  const alone: Changes[] = [];
  for (let axis = 0; axis < m; axis++) alone.push(yield* changes([axis], m > 2 ? FEWER_SCORES : SCORES));
  known.push(...alone);
  if (m === 2) known.push(yield* changes([0, 1], CORNERS));
  return (z) => unflattened(summed(centre, known, z), p);
}

function summed(centre: Float64Array, known: readonly Changes[], z: ArrayLike<number>): Float64Array {
  const found = centre.slice();
  for (const { axes, places, values } of known) {
    const shares = combinations(axes.map((axis, k) => sharesAt(places[k], z[axis])));
    values.forEach((change, j) => {
      const share = shares[j].reduce((product, one) => product * one, 1);
      for (let i = 0; i < found.length; i++) found[i] += share * change[i];
    });
  }
  return found;
}

/** One number of each list, in all ways, those of the last list running fastest. */
function combinations(lists: readonly (readonly number[])[]): number[][] {
  return lists.reduce<number[][]>((all, list) => all.flatMap((chosen) => list.map((one) => [...chosen, one])), [[]]);
}

/** Of what is at some places, and nothing at 0, in the polynomial through them all or the line that prolongs it. */
function sharesAt(places: readonly number[], place: number): number[] {
  const end = Math.min(Math.max(place, places[0]), places[places.length - 1]);
  const inside = end - INSIDE * Math.sign(end);
  const knots = [0, ...places];
  return places.map((own) => {
    const atEnd = lagrange(own, knots, end);
    if (end === place) return atEnd;
    return atEnd + ((place - end) * (atEnd - lagrange(own, knots, inside))) / (end - inside);
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
  const L = new Float64Array(p * p);
  for (let r = 0, at = 0; r < p; r++)
    for (let c = 0; c <= r; c++, at++) L[r * p + c] = r === c ? exp(flattened[at]) : flattened[at];
  const hessian = new Float64Array(p * p);
  for (let r = 0; r < p; r++)
    for (let c = 0; c <= r; c++) {
      for (let k = 0; k <= c; k++) hessian[r * p + c] += L[r * p + k] * L[c * p + k];
      hessian[c * p + r] = hessian[r * p + c];
    }
  return { hessian, skew: flattened.slice((p * (p + 1)) / 2) };
}
