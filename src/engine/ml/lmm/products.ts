import type { EffectsBlocks, LatentGaussian } from "../../../density/LatentGaussian.js";
import { effectsVectors } from "../../../marginal/factorisations/BlockCholesky.js";
import { cholesky, solveLower, solveLowerTransposed } from "../../../math/linalg/cholesky.js";
import { EngineError } from "../../EngineError.js";

/**
 * All that a linear mixed model needs of its data: the cross-products of X, Z and the response. The response stands as a last column
 * of X, less its fit by ordinary least squares, so that sums of squares lose no digits to its mean.
 */
export interface LinearProducts {
  readonly view: LatentGaussian;
  /** Columns of X and the response, p + 1. */
  readonly columns: number;
  /** [X y]'[X y], (p + 1) x (p + 1). */
  readonly gram: Float64Array;
  /** Per column, its product with Z', one array a factor. */
  readonly effects: readonly (readonly Float64Array[])[];
  readonly ZZ: EffectsBlocks;
  /** The coefficients of that fit, length p. */
  readonly leastSquares: Float64Array;
  /** sigma where the model holds it at a number; null where it is estimated. */
  readonly heldSigma: number | null;
}

/** Throws EngineError for a likelihood that is not normal, and where X leaves nothing of the response or cannot be told apart. */
export function linearProducts(view: LatentGaussian): LinearProducts {
  if (!view.isGaussian) throw new EngineError("a linear mixed model needs a normal response with one sigma");
  const p = view.sizes.beta;
  if (view.rows <= p)
    throw new EngineError(
      `${p} coefficients leave nothing of ${view.rows} rows to estimate sigma from; leave some out`,
    );
  const products = view.crossProducts();
  view.accumulate(new Float64Array(view.rows).fill(1), products);
  const residuals = responseResiduals(view);
  const leastSquares = solveFixedEffects(view, products.XWX, residuals.at(new Float64Array(p)));
  const response = residuals.at(leastSquares);
  checkResponse(residuals.at(new Float64Array(p)), response);
  return {
    view,
    columns: p + 1,
    gram: gramMatrix(view, products.XWX, response),
    effects: columnEffects(view, products.factors, response),
    ZZ: { factors: products.factors.map(({ ZWZ }) => ZWZ), pairs: products.pairs },
    leastSquares,
    heldSigma: view.sizes.dispersion === 0 ? residuals.sigma : null,
  };
}

/** A least-squares residual that is this share of the response is rounding. */
const LEAST_RESIDUAL = 1e-12;

function checkResponse(response: Float64Array, residual: Float64Array): void {
  if (sumOfSquares(residual) > LEAST_RESIDUAL ** 2 * sumOfSquares(response)) return;
  throw new EngineError(
    "the fixed effects fit the response without error, which leaves nothing to estimate sigma from; look for a covariate made of the response",
  );
}

function sumOfSquares(x: Float64Array): number {
  return x.reduce((total, value) => total + value * value, 0);
}

/** y - offset - X beta: sigma^2 times the scores of the rows at b = 0. */
function responseResiduals(view: LatentGaussian) {
  const values = view.values();
  const table = view.rowTable();
  const zero = effectsVectors(view);
  values.dispersion.fill(1);
  view.evaluateRows(values, zero, 0, table);
  const sigma = table.psi[0][0];
  return {
    sigma,
    at(beta: Float64Array): Float64Array {
      values.beta.set(beta);
      view.evaluateRows(values, zero, 1, table);
      return table.dEta.map((score) => score * sigma * sigma);
    },
  };
}

function solveFixedEffects(view: LatentGaussian, XX: Float64Array, response: Float64Array): Float64Array {
  const p = view.sizes.beta;
  const beta = new Float64Array(p);
  view.crossBeta(response, beta);
  const R = XX.slice();
  if (!cholesky(R, p)) throw new EngineError("the columns of the fixed effects are linearly dependent; leave one out");
  solveLower(R, p, beta);
  solveLowerTransposed(R, p, beta);
  return beta;
}

function gramMatrix(view: LatentGaussian, XX: Float64Array, response: Float64Array): Float64Array {
  const p = view.sizes.beta;
  const k = p + 1;
  const Xy = new Float64Array(p);
  view.crossBeta(response, Xy);
  const gram = new Float64Array(k * k);
  for (let r = 0; r < p; r++) {
    for (let c = 0; c < p; c++) gram[r * k + c] = XX[r * p + c];
    gram[r * k + p] = Xy[r];
    gram[p * k + r] = Xy[r];
  }
  gram[p * k + p] = sumOfSquares(response);
  return gram;
}

function columnEffects(
  view: LatentGaussian,
  blocks: readonly { readonly ZWX: Float64Array }[],
  response: Float64Array,
): Float64Array[][] {
  const p = view.sizes.beta;
  const effects = Array.from({ length: p }, (_, column) =>
    effectsVectors(view).map((vector, f) => vector.map((__, row) => blocks[f].ZWX[row * p + column])),
  );
  const last = effectsVectors(view);
  last.forEach((vector, f) => {
    view.crossEffects(f, response, vector);
  });
  return [...effects, last];
}
