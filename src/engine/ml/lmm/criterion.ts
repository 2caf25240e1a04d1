import { log } from "../../../math/special/elementary.js";
import { LOG_SQRT_TWO_PI } from "../../../math/special/normalDistribution.js";
import { PenalizedLeastSquares } from "./leastSquares.js";
import type { LinearProducts } from "./products.js";

/** Where the criterion has been computed: a relative Lambda, and sigma. */
export interface CriterionValue {
  /** Minus the log-likelihood, or minus the REML criterion, with all constants; +Infinity where it cannot be computed. */
  readonly value: number;
  readonly sigma: number;
}

/**
 * Minus the log-likelihood of a linear mixed model, beta at its best, or minus the restricted one, beta integrated out under a flat
 * prior (Bates et al. 2015, section 3, halved), as functions of a relative Lambda and of sigma.
 */
export class LinearCriterion {
  readonly isRestricted: boolean;
  readonly solution: PenalizedLeastSquares;
  /** n, or n - p: what sigma is estimated from. */
  readonly degrees: number;
  private readonly heldSigma: number | null;
  private readonly adjoint: Float64Array;

  constructor(products: LinearProducts, isRestricted: boolean) {
    const p = products.columns - 1;
    this.isRestricted = isRestricted;
    this.solution = new PenalizedLeastSquares(products);
    this.degrees = products.view.rows - (isRestricted ? p : 0);
    this.heldSigma = products.heldSigma;
    this.adjoint = new Float64Array(products.columns ** 2);
  }

  /**
   * At the best sigma for Lambda (or the one the model holds), or at a given one; fills `gradient` with the derivatives in Lambda's
   * lower triangles, sigma held, which at the best sigma are the total ones.
   */
  evaluate(
    Lambda: readonly Float64Array[],
    gradient: readonly Float64Array[] | null,
    sigma: number | null = null,
  ): CriterionValue {
    const { solution, degrees, isRestricted } = this;
    if (!solution.factor(Lambda)) return { value: Infinity, sigma: NaN };
    const at = sigma ?? this.heldSigma ?? Math.sqrt(solution.squares / degrees);
    const logs = 0.5 * (solution.logEffects + (isRestricted ? solution.logFixed : 0));
    const { gaussianConstant } = solution.products.view;
    const value = logs + degrees * (LOG_SQRT_TWO_PI + log(at)) + solution.squares / (2 * at * at) - gaussianConstant;
    if (gradient !== null) this.fillGradient(at, gradient);
    return { value: Number.isFinite(value) ? value : Infinity, sigma: at };
  }

  private fillGradient(sigma: number, gradient: readonly Float64Array[]): void {
    const { solution, adjoint } = this;
    solution.hessian.lambdaAdjoint(gradient);
    adjoint.fill(0);
    solution.addSquaresAdjoint(0.5 / (sigma * sigma), adjoint);
    if (this.isRestricted) solution.addLogFixedAdjoint(0.5, adjoint);
    solution.chainReduced(adjoint, gradient);
  }

  /** Derivatives in Lambda of the last value's d / d log sigma, by which the curvature has its row of sigma. */
  fillSigmaRow(sigma: number, gradient: readonly Float64Array[]): void {
    for (const matrix of gradient) matrix.fill(0);
    this.adjoint.fill(0);
    this.solution.addSquaresAdjoint(-1 / (sigma * sigma), this.adjoint);
    this.solution.chainReduced(this.adjoint, gradient);
  }

  /** d^2 value / d log sigma^2. */
  sigmaCurvature(sigma: number): number {
    return (2 * this.solution.squares) / (sigma * sigma);
  }

  /** Derivatives in Lambda of direction' S^-1 direction, for a direction in the coefficients. */
  fillVarianceGradient(direction: Float64Array, gradient: readonly Float64Array[]): void {
    const { solution, adjoint } = this;
    const p = direction.length;
    const image = Float64Array.from(direction, (_, r) =>
      direction.reduce((total, d, c) => total + solution.inverse[r * p + c] * d, 0),
    );
    for (const matrix of gradient) matrix.fill(0);
    adjoint.fill(0);
    for (let r = 0; r < p; r++) for (let c = 0; c < p; c++) adjoint[r * (p + 1) + c] = -image[r] * image[c];
    solution.chainReduced(adjoint, gradient);
  }
}
