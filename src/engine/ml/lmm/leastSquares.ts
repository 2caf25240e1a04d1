import type { EffectsBlocks, LatentGaussian } from "../../../density/LatentGaussian.js";
import { scaleEffects, scaleTransposed } from "../../../marginal/effects/effects.js";
import { effectsVectors } from "../../../marginal/factorisations/BlockCholesky.js";
import { type EffectsHessian, effectsHessian } from "../../../marginal/factorisations/EffectsHessian.js";
import {
  inverseFromCholesky,
  logDeterminant,
  partialCholesky,
  solveLowerTransposed,
} from "../../../math/linalg/cholesky.js";
import { dot } from "../../../math/linalg/triangularFactor.js";
import type { LinearProducts } from "./products.js";

/**
 * Penalised least squares (Bates et al. 2015, section 3): the minimum over beta and u of |y - X beta - Z Lambda u|^2 + |u|^2 for a
 * relative Lambda (in units of sigma), what surrounds it, and the derivatives of all that in Lambda. A step costs nothing that
 * grows with n. Everything is said of the last Lambda that was factored.
 */
export class PenalizedLeastSquares {
  readonly products: LinearProducts;
  readonly hessian: EffectsHessian;
  /** log |Lambda' Z'Z Lambda + I|, the square of |L|. */
  logEffects = NaN;
  /** log |S|, with S = R_X' R_X the matrix of beta once u is eliminated. */
  logFixed = NaN;
  /** The least penalised sum of squares. */
  squares = NaN;
  /** Length p. */
  readonly beta: Float64Array;
  /** S^-1, p x p. */
  readonly inverse: Float64Array;
  /** The minimum in (-beta, 1), beta less its least-squares fit: the residual as a combination of the columns of [X y]. */
  private readonly weights: Float64Array;
  /** Lower triangle: the Cholesky factor of S, the last row that of y. */
  private readonly reduced: Float64Array;
  /** Per column a of [X y]: C_a = (Lambda' Z'Z Lambda + I)^-1 Lambda' Z'a and R_a = Z'(a - Z Lambda C_a). */
  private readonly solutions: readonly (readonly Float64Array[])[];
  private readonly residuals: readonly (readonly Float64Array[])[];
  /** Lambda C_a of one column. */
  private readonly lifted: readonly Float64Array[];
  private readonly combined: readonly Float64Array[];
  private Lambda: readonly Float64Array[] = [];

  constructor(products: LinearProducts) {
    const { view, columns } = products;
    const p = columns - 1;
    this.products = products;
    this.hessian = effectsHessian(view);
    this.beta = new Float64Array(p);
    this.inverse = new Float64Array(p * p);
    this.weights = new Float64Array(columns);
    this.reduced = new Float64Array(columns * columns);
    this.solutions = products.effects.map(() => effectsVectors(view));
    this.residuals = products.effects.map(() => effectsVectors(view));
    this.lifted = effectsVectors(view);
    this.combined = effectsVectors(view);
  }

  /** False where the problem has no solution in floating point: a Lambda that is too large. */
  factor(Lambda: readonly Float64Array[]): boolean {
    const { products, hessian, reduced } = this;
    const { columns: k } = products;
    this.Lambda = Lambda;
    const logEffects = hessian.factor(products.ZZ, Lambda);
    if (logEffects === null) return false;
    this.logEffects = logEffects;
    reduced.set(products.gram);
    for (let a = 0; a < k; a++) this.eliminateEffects(a);
    return this.solveFixed();
  }

  /** Fills C_a and R_a, and takes the column's share off [X y]'[X y]. */
  private eliminateEffects(a: number): void {
    const { products, solutions, residuals, lifted, reduced, Lambda } = this;
    const { view, effects, columns: k, ZZ } = products;
    Lambda.forEach((matrix, f) => {
      solutions[a][f].set(effects[a][f]);
      scaleTransposed(matrix, solutions[a][f]);
    });
    this.hessian.solve(solutions[a]);
    Lambda.forEach((matrix, f) => {
      scaleEffects(matrix, solutions[a][f], lifted[f]);
    });
    for (let b = a; b < k; b++) reduced[b * k + a] -= innerProduct(effects[b], lifted);
    residuals[a].forEach((vector, f) => {
      vector.set(effects[a][f]);
    });
    subtractProduct(view, ZZ, lifted, residuals[a]);
  }

  private solveFixed(): boolean {
    const { reduced, weights, products, beta, inverse } = this;
    const k = products.columns;
    const p = k - 1;
    if (!partialCholesky(reduced, k, p)) return false;
    this.squares = reduced[k * k - 1];
    const L = leadingTriangle(reduced, k, p);
    this.logFixed = logDeterminant(L, p);
    inverseFromCholesky(L, p, inverse);
    for (let a = 0; a < p; a++) weights[a] = reduced[p * k + a];
    solveLowerTransposed(L, p, weights);
    for (let a = 0; a < p; a++) {
      beta[a] = products.leastSquares[a] + weights[a];
      weights[a] = -weights[a];
    }
    weights[p] = 1;
    return this.squares > 0;
  }

  /** What other coefficients add to the least penalised sum of squares; fills `gradient` with its derivatives in them. */
  excessAt(beta: Float64Array, gradient: Float64Array): number {
    const { reduced } = this;
    const [p, k] = [beta.length, beta.length + 1];
    const image = new Float64Array(p);
    for (let r = 0; r < p; r++) for (let c = 0; c <= r; c++) image[c] += reduced[r * k + c] * (beta[r] - this.beta[r]);
    gradient.fill(0);
    for (let r = 0; r < p; r++) for (let c = 0; c <= r; c++) gradient[r] += 2 * reduced[r * k + c] * image[c];
    return dot(image, image);
  }

  /**
   * Adds scale times d squares / d (reduced [X y]'[X y]) to `adjoint`, symmetric, (p + 1) x (p + 1): at the best coefficients, or at
   * given ones.
   */
  addSquaresAdjoint(scale: number, adjoint: Float64Array, beta: Float64Array | null = null): void {
    const { leastSquares } = this.products;
    const weights = this.weights.slice();
    beta?.forEach((value, a) => {
      weights[a] = leastSquares[a] - value;
    });
    const k = weights.length;
    for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) adjoint[a * k + b] += scale * weights[a] * weights[b];
  }

  /** The same for log |S|. */
  addLogFixedAdjoint(scale: number, adjoint: Float64Array): void {
    const k = this.weights.length;
    const p = k - 1;
    for (let a = 0; a < p; a++) for (let b = 0; b < p; b++) adjoint[a * k + b] += scale * this.inverse[a * p + b];
  }

  /**
   * From the derivatives in the reduced [X y]'[X y] to those in Lambda, which are added: a change of Lambda changes its entry (a, b)
   * by minus the sum over the levels of R_a' dLambda C_b + R_b' dLambda C_a.
   */
  chainReduced(adjoint: Float64Array, gradient: readonly Float64Array[]): void {
    const { solutions, residuals, combined } = this;
    const k = solutions.length;
    for (let a = 0; a < k; a++) {
      combined.forEach((vector, f) => {
        vector.fill(0);
        for (let b = 0; b < k; b++) addScaled(vector, adjoint[a * k + b], solutions[b][f]);
        subtractOuterProducts(residuals[a][f], vector, gradient[f]);
      });
    }
  }

  /** b = Lambda u at the minimum, one array a factor. */
  effects(): Float64Array[] {
    const { products, solutions, weights, combined, Lambda } = this;
    combined.forEach((vector, f) => {
      vector.fill(0);
      weights.forEach((weight, a) => {
        addScaled(vector, weight, solutions[a][f]);
      });
    });
    const b = effectsVectors(products.view);
    Lambda.forEach((matrix, f) => {
      scaleEffects(matrix, combined[f], b[f]);
    });
    return b;
  }
}

function leadingTriangle(matrix: Float64Array, width: number, size: number): Float64Array {
  const L = new Float64Array(size * size);
  for (let r = 0; r < size; r++) for (let c = 0; c <= r; c++) L[r * size + c] = matrix[r * width + c];
  return L;
}

function innerProduct(x: readonly Float64Array[], y: readonly Float64Array[]): number {
  let total = 0;
  for (let f = 0; f < x.length; f++) for (let i = 0; i < x[f].length; i++) total += x[f][i] * y[f][i];
  return total;
}

function addScaled(target: Float64Array, scale: number, x: Float64Array): void {
  if (scale !== 0) for (let i = 0; i < x.length; i++) target[i] += scale * x[i];
}

const sizeOf = (matrix: Float64Array) => Math.round(Math.sqrt(matrix.length));

/** gradient -= 2 sum_j r_j c_j', lower triangle. */
function subtractOuterProducts(r: Float64Array, c: Float64Array, gradient: Float64Array): void {
  const q = sizeOf(gradient);
  for (let at = 0; at < r.length; at += q)
    for (let a = 0; a < q; a++) for (let b = 0; b <= a; b++) gradient[a * q + b] -= 2 * r[at + a] * c[at + b];
}

/** out -= B x for a symmetric B in blocks. */
function subtractProduct(
  { factors, pairs }: LatentGaussian,
  B: EffectsBlocks,
  x: readonly Float64Array[],
  out: readonly Float64Array[],
): void {
  factors.forEach(({ levels, effects: q }, f) => {
    for (let j = 0; j < levels; j++) subtractBlock(B.factors[f], j * q * q, q, q, x[f], j * q, out[f], j * q);
  });
  pairs.forEach(({ first, second, start, levels }, k) => {
    const [rows, columns] = [factors[first].effects, factors[second].effects];
    for (let j = 0; j < factors[first].levels; j++)
      for (let m = start[j]; m < start[j + 1]; m++) {
        const [at, from, to] = [m * rows * columns, j * rows, levels[m] * columns];
        subtractBlock(B.pairs[k], at, rows, columns, x[second], to, out[first], from);
        subtractTransposedBlock(B.pairs[k], at, rows, columns, x[first], from, out[second], to);
      }
  });
}

function subtractBlock(
  B: Float64Array,
  at: number,
  rows: number,
  columns: number,
  x: Float64Array,
  xAt: number,
  out: Float64Array,
  outAt: number,
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[outAt + r] -= B[at + r * columns + c] * x[xAt + c];
}

function subtractTransposedBlock(
  B: Float64Array,
  at: number,
  rows: number,
  columns: number,
  x: Float64Array,
  xAt: number,
  out: Float64Array,
  outAt: number,
): void {
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[outAt + c] -= B[at + r * columns + c] * x[xAt + r];
}
