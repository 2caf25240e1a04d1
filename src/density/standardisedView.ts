import { type LowerFactor, lowerFactor, lowerFactorAdjoint } from "../math/linalg/lowerFactor.js";
import { matrixProduct, matrixVector, transposedProduct, transposedVector } from "../math/linalg/smallMatrices.js";
import { addScaled } from "../math/linalg/triangularFactor.js";
import { log } from "../math/special/elementary.js";
import type { LatentGaussian } from "./LatentGaussian.js";
import type { LatentValues } from "./LatentValues.js";
import type { StandardisedPredictor } from "./standardise.js";

/** A diagonal entry of Lambda below this share of its row is taken as so much where a derivative is: at zero there is none. */
const LEAST_PIVOT = 1e-8;

/**
 * A model in the coordinates of its standardised design, of which `standard` is the view: beta, Lambda, dispersion and the effects are
 * those of that design, and so is the likelihood. What has a name is of the model as written, of which `written` is the view: the
 * quantities of a draw, their priors and supports.
 */
export function standardisedView(
  standard: LatentGaussian,
  written: LatentGaussian,
  predictors: readonly StandardisedPredictor[],
): LatentGaussian {
  const { effects: maps } = predictors[0];
  const model = new WrittenValues(written, predictors);
  return {
    ...standard,
    logDeterminantToWritten: logDeterminant(predictors[0].coefficients),
    factors: standard.factors.map((factor, f) => ({ ...factor, toWritten: maps[f] })),
    quantities: written.quantities,
    parameterKinds: written.parameterKinds,
    supports: written.supports,
    place(values) {
      model.set(values);
      written.place(model.values);
    },
    writeDraw(b, draw) {
      const effects = b.map((part, f) => mapLevels(maps[f], part));
      written.writeDraw(effects, draw);
    },
    logPrior(values, gradients) {
      model.set(values);
      const logPrior = written.logPrior(model.values, null);
      if (gradients !== null && Number.isFinite(logPrior)) model.addPriorGradient(values, gradients);
      return logPrior;
    },
  };
}

/** Of a matrix that is triangular but for the order of its rows and columns. */
function logDeterminant(matrix: Float64Array): number {
  const p = Math.round(Math.sqrt(matrix.length));
  return Array.from({ length: p }, (_, k) => log(Math.abs(matrix[k * p + k]))).reduce((sum, value) => sum + value, 0);
}

/** The effects of all levels times a q x q matrix. */
export function mapLevels(map: Float64Array, effects: Float64Array): Float64Array {
  const q = Math.round(Math.sqrt(map.length));
  const mapped = new Float64Array(effects.length);
  for (let at = 0; at < effects.length; at += q) mapped.set(matrixVector(map, effects.subarray(at, at + q)), at);
  return mapped;
}

/** Values of the model as written that stand for those of its standardised design. */
class WrittenValues {
  readonly values: LatentValues;
  private readonly written: LatentGaussian;
  private readonly gradients: LatentValues;
  private readonly mean: StandardisedPredictor;
  private readonly others: readonly StandardisedPredictor[];

  constructor(written: LatentGaussian, [mean, ...others]: readonly StandardisedPredictor[]) {
    this.written = written;
    this.mean = mean;
    this.others = others;
    this.values = written.values();
    this.gradients = written.values();
  }

  /** The Lambda of the written effects are the triangular factors of their maps times the standardised ones. */
  set({ beta, dispersion, Lambda }: LatentValues): LowerFactor[] {
    const { values, mean } = this;
    values.beta.set(matrixVector(mean.coefficients, beta));
    values.dispersion.set(this.ofOthers(dispersion, matrixVector));
    return Lambda.map((matrix, f) => {
      const { effects: q } = this.written.factors[f];
      const factor = lowerFactor(matrixProduct(mean.effects[f], matrix, q), q);
      values.Lambda[f].set(factor.L);
      return factor;
    });
  }

  /** Adds the derivatives of the log prior in the standardised values. */
  addPriorGradient(standard: LatentValues, out: LatentValues): void {
    const { written, values, gradients, mean } = this;
    const factors = this.set(standard);
    factors.forEach(({ L }, f) => {
      keepRegular(L, written.factors[f].effects);
      values.Lambda[f].set(L);
    });
    for (const part of [gradients.beta, gradients.dispersion, ...gradients.Lambda]) part.fill(0);
    written.logPrior(values, gradients);
    addScaled(out.beta, 1, transposedVector(mean.coefficients, gradients.beta));
    addScaled(out.dispersion, 1, this.ofOthers(gradients.dispersion, transposedVector));
    factors.forEach((factor, f) => {
      const { effects: q } = written.factors[f];
      const inProduct = lowerFactorAdjoint(factor, q, gradients.Lambda[f]);
      const inLambda = transposedProduct(mean.effects[f], inProduct, q);
      for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) out.Lambda[f][r * q + c] += inLambda[r * q + c];
    });
  }

  /** The coefficients of the other predictors, each by a product with its own matrix; the scalars as they are. */
  private ofOthers(values: Float64Array, product: (matrix: Float64Array, part: Float64Array) => Float64Array) {
    const out = values.slice();
    let at = 0;
    for (const { coefficients } of this.others) {
      const end = at + Math.round(Math.sqrt(coefficients.length));
      out.set(product(coefficients, values.subarray(at, end)), at);
      at = end;
    }
    return out;
  }
}

function keepRegular(L: Float64Array, q: number): void {
  for (let r = 0; r < q; r++) {
    const length = Math.sqrt(L.subarray(r * q, r * q + r + 1).reduce((sum, x) => sum + x * x, 0));
    L[r * (q + 1)] = Math.max(L[r * (q + 1)], LEAST_PIVOT * (length || 1));
  }
}
