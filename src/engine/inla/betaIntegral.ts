import { marginalPosterior, type PosteriorMode } from "../../marginal/exploration/posteriorMode.js";
import type { MarginalLikelihood } from "../../marginal/likelihoods/MarginalLikelihood.js";
import { cholesky, inverseFromCholesky, logDeterminant, solveLowerTransposed } from "../../math/linalg/cholesky.js";
import { dot } from "../../math/linalg/triangularFactor.js";
import { multiply, nearestDefinite, submatrix } from "../../math/optimize/definite.js";
import { minimize } from "../../math/optimize/minimize.js";
import type { Objective } from "../../math/optimize/Objective.js";
import { LOG_SQRT_TWO_PI } from "../../math/special/normalDistribution.js";
import type { Steps } from "../../math/steps.js";
import type { BetaCurvature } from "./betaCurvatures.js";
import type { VariationalMean } from "./variationalMean.js";

/** The posterior at one value of the hyperparameters, beta integrated out by Laplace's approximation about its mode there. */
export interface BetaIntegral {
  /** The hyperparameters with beta at its mode, or its mean where that was asked for; unconstrained. */
  readonly position: Float64Array;
  readonly logDensity: number;
  /** p x p: beta's covariance given the hyperparameters; zero for coefficients that are explored with them. */
  readonly covariance: Float64Array;
}

/** Length of the differences, in sds of beta given the hyperparameters. */
const STEP = 0.3;
/** A last Newton step in those sds, which leaves an error of the third order, and how many there may be. */
const NEAR = 0.1;
const MOST_STEPS = 8;

/** What is integrated, and about where. */
export interface Centring {
  readonly value: MarginalLikelihood;
  /** Where beta's mode and curvature are taken: the likelihood itself, or for the classical approximation the profile over the random effects. */
  readonly centre: MarginalLikelihood;
  /** Beta's place: its mode, its mean to the first order in third derivatives, or that of a mean field about a joint mode. */
  readonly place: "mode" | "mean" | VariationalMean;
}

/** Beta's mode given the hyperparameters, with the log density there. */
interface BetaMode {
  readonly mode: Float64Array;
  readonly height: number;
  readonly curvature: BetaCurvature;
}

/** Integrates beta out by Laplace's approximation. */
export class BetaIntegrator {
  /** Coefficients that are integrated out, and how many there are of these and of all. */
  private readonly free: readonly number[];
  private readonly p: number;
  private readonly all: number;
  private readonly place: Centring["place"];
  private readonly value: Objective;
  private readonly centre: Objective;
  private readonly precision: Float64Array;
  private readonly root: Float64Array;
  private readonly full: Float64Array;
  private readonly fullGradient: Float64Array;
  /** Of the coordinates that are integrated out, the others where `full` has them. */
  private readonly ofBeta: Objective;

  /** Integrates the coordinates `free` of a position out, which are among the first `all`, beta. */
  constructor({ value, centre, place }: Centring, mode: PosteriorMode, free: readonly number[], all: number) {
    const n = mode.position.length;
    const p = free.length;
    this.place = place;
    this.free = free;
    this.p = p;
    this.all = all;
    this.value = marginalPosterior(value);
    this.centre = centre === value ? this.value : marginalPosterior(centre);
    this.precision = submatrix(mode.precision, n, free);
    this.root = factored(this.precision, p).covariance;
    cholesky(this.root, p);
    this.full = new Float64Array(n);
    this.fullGradient = new Float64Array(n);
    this.ofBeta = this.minusLogDensity();
  }

  /** From a position near beta's mode at its hyperparameters; `known` is the curvature there if it need not be measured. */
  *at(position: Float64Array, known: BetaCurvature | null = null): Steps<BetaIntegral> {
    const { p, full } = this;
    full.set(position);
    if (p === 0)
      return {
        position: full.slice(),
        logDensity: -this.value(full, this.fullGradient),
        covariance: new Float64Array(this.all * this.all),
      };
    const found = (known && (yield* this.stepped(position, known))) ?? (yield* this.searched(position));
    const { mode, curvature } = found;
    this.setFree(mode);
    const { L, covariance } = factored(nearestDefinite(curvature.hessian, p), p);
    const height = this.centre === this.value ? found.height : -this.value(full, this.fullGradient);
    const logDensity = height + p * LOG_SQRT_TWO_PI - 0.5 * logDeterminant(L, p);
    const placed = this.placed(full.slice(), covariance, curvature.skew);
    return { position: placed, logDensity, covariance: this.ofAll(covariance) };
  }

  /** Beta's curvature at its mode, or near it, from a position near that. */
  *curvatureAt(position: Float64Array): Steps<BetaCurvature> {
    this.full.set(position);
    const { curvature } = yield* this.searched(position, NEAR);
    return curvature;
  }

  private *searched(position: Float64Array, tolerance?: number): Steps<BetaMode> {
    const options = { hessian: this.precision, confirm: false, ...(tolerance === undefined ? {} : { tolerance }) };
    const { value, ...found } = yield* minimize(this.ofBeta, this.freeOf(position), options);
    const curvature = yield* this.derivatives(found.position, found.gradient);
    return { mode: found.position, height: -value, curvature };
  }

  /** By Newton's steps until what a last one adds is known; null if that takes too many. */
  private *stepped(position: Float64Array, curvature: BetaCurvature): Steps<BetaMode | null> {
    const { p } = this;
    const { covariance } = factored(curvature.hessian, p);
    const gradient = new Float64Array(p);
    let mode = this.freeOf(position);
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const ahead = this.ofBeta.inAdvance?.(mode);
      if (ahead) yield* ahead;
      const value = this.ofBeta(mode, gradient);
      yield;
      const step = multiply(covariance, gradient);
      const decrement = dot(step, gradient);
      mode = mode.map((x, k) => x - step[k]);
      if (decrement < NEAR * NEAR) return { mode, height: 0.5 * decrement - value, curvature };
    }
    return null;
  }

  private placed(mode: Float64Array, covariance: Float64Array, skew: Float64Array): Float64Array {
    const { place, free } = this;
    if (place === "mode") return mode;
    if (place !== "mean") return place.at(mode, covariance) ?? mode;
    const pull = multiply(covariance, skew);
    free.forEach((i, k) => {
      mode[i] -= pull[k];
    });
    return mode;
  }

  private freeOf(position: Float64Array): Float64Array {
    return Float64Array.from(this.free, (i) => position[i]);
  }

  private setFree(beta: Float64Array): void {
    this.free.forEach((i, k) => {
      this.full[i] = beta[k];
    });
  }

  /** A covariance of the coefficients that are integrated out as one of all. */
  private ofAll(covariance: Float64Array): Float64Array {
    const { free, p, all } = this;
    if (p === all) return covariance;
    const out = new Float64Array(all * all);
    free.forEach((i, r) => {
      free.forEach((j, c) => {
        out[i * all + j] = covariance[r * p + c];
      });
    });
    return out;
  }

  /**
   * The curvature H of the centre and the gradient of 1/2 tr(V H), V beta's covariance at the mode of all: by central differences of the gradient
   * along the columns of V's root. To the first order in third derivatives beta's mean is its mode less V times the latter.
   */
  private *derivatives(mode: Float64Array, atMode: Float64Array): Steps<BetaCurvature> {
    const { p, root } = this;
    const columns = new Float64Array(p * p);
    const skew = new Float64Array(p);
    const sides = [-STEP, STEP].map((step) => ({ step, gradient: new Float64Array(p) }));
    for (let k = 0; k < p; k++) {
      for (const { step, gradient } of sides) {
        const beta = mode.map((x, r) => (r < k ? x : x + step * root[r * p + k]));
        const ahead = this.ofBeta.inAdvance?.(beta);
        if (ahead) yield* ahead;
        this.ofBeta(beta, gradient);
        yield;
      }
      const [{ gradient: below }, { gradient: above }] = sides;
      for (let i = 0; i < p; i++) {
        columns[i * p + k] = (above[i] - below[i]) / (2 * STEP);
        skew[i] += (0.5 * (above[i] + below[i] - 2 * atMode[i])) / (STEP * STEP);
      }
    }
    return { hessian: this.throughRoot(columns), skew };
  }

  /** H from H R, row by row: R' h = c. What could not be computed is taken from the mode of all. */
  private throughRoot(columns: Float64Array): Float64Array {
    const { p, root, precision } = this;
    if (!columns.every(Number.isFinite)) return precision;
    for (let i = 0; i < p; i++) solveLowerTransposed(root, p, columns, 0, i * p);
    return columns.map((_, at) => 0.5 * (columns[at] + columns[(at % p) * p + Math.floor(at / p)]));
  }

  private minusLogDensity(): Objective {
    const { inAdvance } = this.centre;
    const at = (beta: Float64Array, gradient: Float64Array) => {
      this.setFree(beta);
      const value = this.centre(this.full, this.fullGradient);
      this.free.forEach((i, k) => {
        gradient[k] = this.fullGradient[i];
      });
      return value;
    };
    const ahead = (beta: Float64Array) => {
      this.setFree(beta);
      return inAdvance?.(this.full) ?? null;
    };
    return Object.assign(at, inAdvance && { inAdvance: ahead });
  }
}

/** A precision's Cholesky factor and its inverse. */
function factored(precision: Float64Array, p: number): { readonly L: Float64Array; readonly covariance: Float64Array } {
  const [L, covariance] = [precision.slice(), new Float64Array(p * p)];
  cholesky(L, p);
  inverseFromCholesky(L, p, covariance);
  return { L, covariance };
}
