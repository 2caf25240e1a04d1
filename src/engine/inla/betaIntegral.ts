import type { MarginalLikelihood } from "../../marginal/MarginalLikelihood.js";
import { marginalPosterior, type PosteriorMode } from "../../marginal/posteriorMode.js";
import { cholesky, inverseFromCholesky, logDeterminant, solveLowerTransposed } from "../../math/linalg/cholesky.js";
import { multiply, nearestDefinite, submatrix } from "../../math/optimize/definite.js";
import { minimize } from "../../math/optimize/minimize.js";
import type { Objective } from "../../math/optimize/Objective.js";
import { LOG_SQRT_TWO_PI } from "../../math/special/normalDistribution.js";
import type { VariationalMean } from "./variationalMean.js";

/** The posterior at one value of the hyperparameters, beta integrated out by Laplace's approximation about its mode there. */
export interface BetaIntegral {
  /** The hyperparameters with beta at its mode, or its mean where that was asked for; unconstrained. */
  readonly position: Float64Array;
  readonly logDensity: number;
  /** p x p: beta's covariance given the hyperparameters. */
  readonly covariance: Float64Array;
}

/** Length of the differences, in sds of beta given the hyperparameters. */
const STEP = 0.3;

/** What is integrated, and about where. */
export interface Centring {
  readonly value: MarginalLikelihood;
  /** Where beta's mode and curvature are taken: the likelihood itself, or for the classical approximation the profile over the random effects. */
  readonly centre: MarginalLikelihood;
  /** Beta's place: its mode, its mean to the first order in third derivatives, or that of a mean field about a joint mode. */
  readonly place: "mode" | "mean" | VariationalMean;
}

/** Integrates beta out by Laplace's approximation. */
export class BetaIntegrator {
  private readonly p: number;
  private readonly place: Centring["place"];
  private readonly value: Objective;
  private readonly centre: Objective;
  private readonly precision: Float64Array;
  private readonly root: Float64Array;
  private readonly full: Float64Array;
  private readonly fullGradient: Float64Array;

  /** Integrates the first p coordinates of a position out; with p = 0 none. */
  constructor({ value, centre, place }: Centring, mode: PosteriorMode, p: number) {
    const n = mode.position.length;
    this.place = place;
    this.p = p;
    this.value = marginalPosterior(value);
    this.centre = centre === value ? this.value : marginalPosterior(centre);
    const betas = Array.from({ length: this.p }, (_, k) => k);
    this.precision = submatrix(mode.precision, n, betas);
    const L = this.precision.slice();
    cholesky(L, p);
    this.root = new Float64Array(p * p);
    inverseFromCholesky(L, p, this.root);
    cholesky(this.root, p);
    this.full = new Float64Array(n);
    this.fullGradient = new Float64Array(n);
  }

  /** From a position near beta's mode at its hyperparameters. */
  at(position: Float64Array): BetaIntegral {
    const { p, full } = this;
    full.set(position);
    if (p === 0)
      return {
        position: full.slice(),
        logDensity: -this.value(full, this.fullGradient),
        covariance: new Float64Array(0),
      };
    const found = minimize(this.ofBeta, position.subarray(0, p), { hessian: this.precision, confirm: false });
    const { hessian, skew } = this.derivatives(found.position, found.gradient);
    full.set(found.position);
    const L = nearestDefinite(hessian, p).slice();
    cholesky(L, p);
    const covariance = new Float64Array(p * p);
    inverseFromCholesky(L, p, covariance);
    const logDensity = -this.value(full, this.fullGradient) + p * LOG_SQRT_TWO_PI - 0.5 * logDeterminant(L, p);
    return { position: this.placed(full.slice(), covariance, skew), logDensity, covariance };
  }

  /** Of the last value, at the mode. */
  private placed(mode: Float64Array, covariance: Float64Array, skew: Float64Array): Float64Array {
    const { place, p, fullGradient } = this;
    if (place === "mode") return mode;
    if (place !== "mean") return place.at(mode, covariance) ?? mode;
    const pull = multiply(
      covariance,
      skew.map((value, k) => value + fullGradient[k]),
    );
    return mode.map((value, k) => (k < p ? value - pull[k] : value));
  }

  /**
   * The curvature H of the centre and the gradient of 1/2 tr(V H), V beta's covariance at the mode of all: by central differences of the gradient
   * along the columns of V's root. To the first order in third derivatives beta's mean is its mode less V times the latter.
   */
  private derivatives(mode: Float64Array, atMode: Float64Array): { hessian: Float64Array; skew: Float64Array } {
    const { p, root } = this;
    const columns = new Float64Array(p * p);
    const skew = new Float64Array(p);
    const sides = [-STEP, STEP].map((step) => ({ step, gradient: new Float64Array(p) }));
    for (let k = 0; k < p; k++) {
      for (const { step, gradient } of sides)
        this.ofBeta(
          mode.map((x, r) => (r < k ? x : x + step * root[r * p + k])),
          gradient,
        );
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

  private readonly ofBeta: Objective = (beta, gradient) => {
    this.full.set(beta);
    const value = this.centre(this.full, this.fullGradient);
    gradient.set(this.fullGradient.subarray(0, this.p));
    return value;
  };
}
