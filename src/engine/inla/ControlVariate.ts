import { momentsOfSplitNormal } from "../../marginal/exploration/axisShape.js";
import { atMeans, proposeCore, type WidenedPoint } from "../../marginal/exploration/proposal.js";
import type { Spread } from "../../marginal/exploration/spreads.js";
import { hasFlatCoefficients, type Standardised } from "../../marginal/exploration/standardised.js";
import { rowsOf } from "../../math/linalg/rows.js";
import { addScaled } from "../../math/linalg/triangularFactor.js";
import type { RandomStream } from "../../math/random/RandomStream.js";
import { log } from "../../math/special/elementary.js";
import { sum } from "../../math/totals.js";
import { smoothedWeights } from "../laplace/importance.js";
import { momentErrors } from "../laplace/monteCarloErrors.js";
import { type ParameterMoments, weightedMoments } from "../laplace/weightedMoments.js";
import { coefficientSlopes, covariances, skewnessOf, spreadsOf, weightedSquares } from "./coefficientParts.js";
import type { Given } from "./effectMixtures.js";
import type { Targets } from "./Targets.js";

/**
 * The core of a proposal as a control variate (Owen & Zhou 2000): most of what weights are uneven by is that positions are spread wider than the
 * density is found to be, and what that does to means is known, for those over the core are.
 */
export class ControlVariate {
  /** The log of the mean of the core's own weights, whose expectation is 1. */
  readonly logMean: number;
  private readonly values: readonly Float64Array[];
  private readonly weights: Float64Array;
  /** The targets' values at positions of the core, which count the same. */
  readonly core: readonly Float64Array[];
  private readonly targets: Targets;
  private readonly hasFlat: boolean;
  /** Roots of the covariances of the z that the core has at their means, and the targets' slopes along these z; none where there are flat coefficients, whose core is sampled whole. */
  private readonly roots: Float64Array;
  private readonly slopes: readonly Float64Array[];
  private readonly spreads: readonly Spread[];
  private readonly proposed: readonly WidenedPoint[];

  /** `values` are the targets' at the positions proposed; `count` positions of the core give its moments, which takes no likelihood. */
  constructor(
    { targets, coordinates, spreads }: Core,
    proposed: readonly WidenedPoint[],
    values: readonly Float64Array[],
    count: number,
    stream: RandomStream,
  ) {
    const own = smoothedWeights(Float64Array.from(proposed, ({ logCore, logDensity }) => logCore - logDensity));
    this.logMean = own.logMean;
    this.weights = own.weights;
    this.values = values;
    this.targets = targets;
    this.hasFlat = hasFlatCoefficients(coordinates);
    this.slopes = this.hasFlat ? [] : coefficientSlopes(targets, coordinates);
    const dimensions = spreads.length - this.slopes.length;
    const { positions, roots } = proposeCore(coordinates, spreads, { count, dimensions }, stream);
    this.core = positions.map(targets.at);
    this.roots = roots;
    this.spreads = spreads;
    this.proposed = proposed;
  }

  /** The targets given the hyperparameters of each proposed position, with its weight; none where there are flat coefficients. */
  given(weights: Float64Array): Given[] {
    const { slopes, spreads } = this;
    if (slopes.length === 0) return [];
    const first = spreads.length - slopes.length;
    const skewness = spreads.slice(first).map(({ shape }) => skewnessOf(momentsOfSplitNormal(shape)));
    const putAtMeans = atMeans(spreads, first);
    const root = new Float64Array(slopes.length ** 2);
    return this.proposed.flatMap((point, i) => {
      if (weights[i] === 0) return [];
      const z = point.z.slice();
      root.fill(0);
      putAtMeans(z, root, 0);
      const means = this.values[i].slice();
      slopes.forEach((slope, j) => {
        addScaled(means, z[first + j] - point.z[first + j], slope);
      });
      return [{ weight: weights[i], means, ...spreadsOf(root, slopes, skewness, means.length) }];
    });
  }

  /**
   * The targets' values, with weights summing to 1 some of which are negative: those given less the core's, and the core itself. It is for the
   * hyperparameters' shapes; coefficients are at their means in the core.
   */
  sample(weights: Float64Array): SignedSample {
    const { values, core } = this;
    const all = new Float64Array(values.length + core.length).fill(1 / core.length);
    for (let i = 0; i < values.length; i++) all[i] = weights[i] - this.weights[i];
    return { values: [...values, ...core], weights: all };
  }

  /** Of the targets, by weights summing to 1: these alone where a core with heavy tails takes them further than their own errors allow. */
  moments(weights: Float64Array): ParameterMoments {
    // Not those of the core, whose tails may be so heavy that nothing is left of the digits.
    const plain = weightedMoments(this.values, weights);
    const count = plain.means.length;
    const { found, within } = this.means(weights, 2 * count, (values, out) => {
      standardise(values, plain, out.subarray(0, count));
      for (let k = 0; k < count; k++) out[count + k] = out[k] * out[k];
    });
    const sds = plain.sds.map((sd, k) =>
      Math.sqrt(sd * sd * (found[count + k] - found[k] ** 2) + within[k * (count + 1)]),
    );
    const errors = momentErrors(this.values, weights);
    const isNear = plain.sds.map((sd, k) => {
      const isMeanNear = Math.abs(found[k]) <= MOST_ERRORS * errors.means[k];
      return Number(isMeanNear && Math.abs(log(sds[k] / sd)) <= MOST_ERRORS * errors.sds[k]);
    });
    return {
      means: plain.means.map((centre, k) => centre + isNear[k] * plain.sds[k] * found[k]),
      sds: plain.sds.map((sd, k) => (isNear[k] === 1 ? sds[k] : sd)),
    };
  }

  /** Of each two of the first so many targets, whose moments by these weights are known. */
  correlations(weights: Float64Array, moments: ParameterMoments, count: number): Float64Array {
    const { sds } = moments;
    const offs = new Float64Array(count);
    const { found, within } = this.means(weights, (count * (count - 1)) / 2, (values, out) => {
      standardise(values, moments, offs);
      productsOf(offs, out);
    });
    let at = 0;
    for (let k = 0; k < count; k++)
      for (let j = 0; j < k; j++) found[at++] += within[k * sds.length + j] / (sds[k] * sds[j]);
    return found;
  }

  /**
   * Means of so many functions of the targets, which are written to a row: over the core, and what the given weights make of them less what its own do; far off, where the core's
   * tails may be heavier than the density's by any factor, what the given weights make of them. And the targets' covariances within the core.
   */
  private means(given: Float64Array, count: number, functions: (values: Float64Array, out: Float64Array) => void) {
    const { targets, hasFlat, values, core } = this;
    const isNear = neighbourhood(targets, hasFlat, values, given);
    const inside = values.map(isNear);
    const near = weightsWhere(inside, given);
    const own = weightsWhere(inside, this.weights);
    const far = given.map((weight, i) => weight - near[i]);
    const even = Float64Array.from(core, (values) => (isNear(values) ? 1 / core.length : 0));
    const total = sum(even) + sum(near) - sum(own) + sum(far);
    const valuesAt = (positions: readonly Float64Array[]) => {
      const rows = rowsOf(positions.length, count);
      for (let i = 0; i < rows.length; i++) functions(positions[i], rows[i]);
      return rows;
    };
    const at = valuesAt(values);
    const atCore = valuesAt(core);
    const [ofGiven, ofOwn, ofFar] = [near, own, far].map((weights) => weightedSums(at, weights));
    const most = largestShares(at, near, own);
    const found = weightedSums(atCore, even).map(
      (value, k) => (value + shrunk(ofGiven[k] - ofOwn[k], most[k]) + ofFar[k]) / total,
    );
    const covariance = weightedSquares(this.roots, even, this.slopes.length).map((sum) => sum / total);
    return { found, within: covariances(covariance, this.slopes, targets.names.length) };
  }
}

/** Standard errors of weighted moments that a control may take them; it is there to halve them. */
const MOST_ERRORS = 4;

/** The share of the weights beyond either limit. */
const BEYOND = 0.005;

/**
 * Whether all hyperparameters, and where there are flat coefficients all targets, are within limits that leave next to nothing out, by weighted
 * positions.
 */
function neighbourhood(
  { kinds }: Targets,
  hasFlat: boolean,
  positions: readonly Float64Array[],
  weights: Float64Array,
): (values: Float64Array) => boolean {
  const limits = kinds.flatMap((kind, k) => {
    if (kind === "coefficient" && !hasFlat) return [];
    const column = Float64Array.from(positions, (values) => values[k]);
    const ascending = Array.from(column.keys()).sort((i, j) => column[i] - column[j]);
    const limit = (order: readonly number[]) => column[firstBeyond(order, weights)];
    return [{ k, low: limit(ascending), high: limit(ascending.reverse()) }];
  });
  return (values) => {
    for (const { k, low, high } of limits) if (!(values[k] >= low && values[k] <= high)) return false;
    return true;
  };
}

/** The first in this order with which more than `BEYOND` of the weights are behind. */
function firstBeyond(order: readonly number[], weights: Float64Array): number {
  let share = 0;
  for (const i of order) {
    share += weights[i];
    if (share > BEYOND) return i;
  }
  return order[0];
}

function weightsWhere(inside: readonly boolean[], weights: Float64Array): Float64Array {
  return weights.map((weight, i) => (inside[i] ? weight : 0));
}

/** The most that one position contributes to the difference of two sums, each about its own mean. */
function largestShares(values: readonly Float64Array[], given: Float64Array, own: Float64Array): Float64Array {
  const [one, other] = [given, own].map((weights) => {
    const total = sum(weights);
    return weightedSums(values, weights).map((value) => value / total);
  });
  const most = new Float64Array(one.length);
  for (let i = 0; i < values.length; i++) {
    if (given[i] === 0 && own[i] === 0) continue;
    const at = values[i];
    for (let k = 0; k < most.length; k++)
      most[k] = Math.max(most[k], Math.abs(given[i] * (at[k] - one[k]) - own[i] * (at[k] - other[k])));
  }
  return most;
}

function weightedSums(values: readonly Float64Array[], weights: Float64Array): Float64Array {
  const sums = new Float64Array(values[0].length);
  for (let i = 0; i < values.length; i++) if (weights[i] !== 0) addScaled(sums, weights[i], values[i]);
  return sums;
}

/**
 * A sum of which zero is a good guess and of which one position has so large a share, shrunk as if that were its standard error (James & Stein 1961, the
 * positive part): a position far out in a tail, of which a few runs have one and most have none, says nothing by itself.
 */
function shrunk(sum: number, share: number): number {
  return Math.abs(sum) > share ? sum - share ** 2 / sum : 0;
}

export interface SignedSample {
  readonly values: readonly Float64Array[];
  readonly weights: Float64Array;
}

/** The density that a proposal is wider than, and what means are wanted of. */
export interface Core {
  readonly targets: Targets;
  readonly coordinates: Standardised;
  readonly spreads: readonly Spread[];
}

/** As many values as there is room for in `out`, less their means, in units of their sds. */
export function standardise(values: Float64Array, { means, sds }: ParameterMoments, out: Float64Array): void {
  for (let k = 0; k < out.length; k++) out[k] = (values[k] - means[k]) / sds[k];
}

/** Of each two of some numbers. */
export function productsOf(offs: Float64Array, out: Float64Array): void {
  for (let k = 0, at = 0; k < offs.length; k++) for (let j = 0; j < k; j++) out[at++] = offs[k] * offs[j];
}
