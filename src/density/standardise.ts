import type { Design, RandomTerm } from "../design/Design.js";
import { columnOfOnes, standardBasisSteps } from "../math/linalg/standardBasis.js";
import { mapSteps, type Steps } from "../math/steps.js";
import type { PredictorData } from "./PredictorData.js";

/** A design in coordinates in which neither the origin nor the unit of a covariate shows, and the way back. */
export interface StandardisedDesign {
  /** The same rows, names and factors; the columns of each X and of each term's Z are those of a `standardBasis`. */
  readonly design: Design;
  readonly predictors: readonly StandardisedPredictor[];
}

export interface StandardisedPredictor {
  /** p x p, row-major: beta of the sampled X is this times beta of the standardised one. */
  readonly coefficients: Float64Array;
  /** Per factor, q x q, row-major: the effects of a level as the model has them are this times the standardised ones. */
  readonly effects: readonly Float64Array[];
}

/**
 * The standardised design of a model: X = X* R and, per random term, Z = Z* R. What the model says of its rows stays the same, with
 * beta = R^-1 beta* and the covariance of a term's effects G = R^-1 G* R^-T. Beside an intercept both the origin and the unit of a
 * covariate drop out; in a term without one, as in each of those that `||` makes, only the unit does. `data` has the sampled X.
 */
export function* standardise(design: Design, data: readonly PredictorData[]): Steps<StandardisedDesign> {
  const parts = yield* mapSteps(design.predictors, function* (predictor, k) {
    const { columns, interceptColumn } = predictor;
    const fixed = yield* standardBasisSteps(data[k].X, columns.length, interceptColumn);
    const terms = yield* mapSteps(predictor.randomTerms, standardiseTerm);
    const columnMeans = Float64Array.from(columns, (_, column) => (column === interceptColumn ? 1 : 0));
    return {
      predictor: { ...predictor, X: fixed.basis, columnMeans, randomTerms: terms.map(({ term }) => term) },
      coefficients: fixed.toColumns,
      effects: predictor.factors.map((_, f) =>
        blockDiagonal(terms.filter(({ term }) => term.factor === f).map(({ effects }) => effects)),
      ),
    };
  });
  return { design: { ...design, predictors: parts.map(({ predictor }) => predictor) }, predictors: parts };
}

/** What is held of a covariance matrix is held of the effects as they are written. */
function* standardiseTerm(term: RandomTerm) {
  const q = term.coefficients.length;
  if (term.held !== undefined) return { term, effects: identity(q) };
  const { basis, toColumns } = yield* standardBasisSteps(term.Z, q, columnOfOnes(term.Z, q));
  return { term: { ...term, Z: basis }, effects: toColumns };
}

function identity(q: number): Float64Array {
  return Float64Array.from({ length: q * q }, (_, at) => (at % (q + 1) === 0 ? 1 : 0));
}

/** Square matrices along the diagonal of one. */
function blockDiagonal(blocks: readonly Float64Array[]): Float64Array {
  const sizes = blocks.map(({ length }) => Math.round(Math.sqrt(length)));
  const n = sizes.reduce((sum, size) => sum + size, 0);
  const whole = new Float64Array(n * n);
  let start = 0;
  blocks.forEach((block, k) => {
    const q = sizes[k];
    for (let r = 0; r < q; r++) whole.set(block.subarray(r * q, (r + 1) * q), (start + r) * n + start);
    start += q;
  });
  return whole;
}
