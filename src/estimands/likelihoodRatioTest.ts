import type { Design, PredictorDesign } from "../design/Design.js";
import { EngineError } from "../engine/EngineError.js";
import { maximumLikelihood } from "../engine/ml/ml.js";
import type { MlFit } from "../fit/MlFit.js";
import { recompiled } from "../fit/runMl.js";
import { errorAt, ModelError } from "../language/ModelError.js";
import { mean as meanOf } from "../math/moments.js";
import { chiSquareTail } from "../math/special/tailProbability.js";
import type { Steps } from "../math/steps.js";
import { type LinearForm, linearForm } from "./arithmetic.js";
import type { Hypothesis } from "./hypothesis.js";

/** A restriction is no more than rounding of others where no weight is left that is this share of its largest. */
const RANK = 1e-10;

export interface LikelihoodRatio {
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/**
 * The likelihood-ratio test of equations of sums of coefficients of the mean: the model is fitted again with some of its coefficients told by the others.
 * Throws ModelError for other hypotheses, EngineError for a fit without such a likelihood.
 */
export function* likelihoodRatioTest(fit: MlFit, hypotheses: readonly Hypothesis[]): Steps<LikelihoodRatio> {
  const { ml, design, compiled, options } = fit;
  const reason = refusal(fit);
  if (reason !== null) throw new EngineError(`the likelihood-ratio test cannot be had: ${reason}`);
  const restrictions = solved(hypotheses.map((one) => restrictionOf(one, design.predictors[0])));
  const restricted = restrictedDesign(design, restrictions);
  const model = recompiled(fit, restricted, { families: [compiled.family] });
  const latent = yield* model.standardisedLatentGaussian();
  if (!("view" in latent)) throw new EngineError(`the restricted model cannot be fitted: ${latent.refusal}`);
  const { logLikelihood } = yield* maximumLikelihood(latent.view, options, [], null);
  const statistic = Math.max(0, 2 * ((ml.logLikelihood ?? Number.NaN) - (logLikelihood ?? Number.NaN)));
  const degreesOfFreedom = restrictions.length;
  return { statistic, degreesOfFreedom, pValue: chiSquareTail(statistic, degreesOfFreedom) };
}

/** Why a fit has no such test; null where it has. */
function refusal({ ml, notEstimable }: MlFit): string | null {
  if (ml.reml)
    return "restricted likelihoods of different coefficients do not compare; fit without REML, or take Wald's test";
  if (ml.logPrior !== null) return "the fit is penalised by priors; take Wald's test";
  if (ml.logLikelihood === null) return `the method ${ml.method} has no likelihood; take Wald's test`;
  if (ml.method === "conditional") return "the method conditional leaves coefficients out; take Wald's test";
  if (notEstimable.length > 0)
    return `${notEstimable[0].name} has no estimate (${notEstimable[0].reason}); take Wald's test`;
  return null;
}

/** weights' beta = -constant, weights by the columns of the mean. */
interface Restriction {
  readonly weights: Float64Array;
  readonly constant: number;
}

function restrictionOf({ relation, difference, source }: Hypothesis, { columns }: PredictorDesign): Restriction {
  const form: LinearForm | null = relation === "=" ? linearForm(difference) : null;
  const names = columns.map((column) => `beta[${column}]`);
  if (form === null || [...form.weights.keys()].some((name) => !names.includes(name)))
    throw new ModelError(
      [
        errorAt(
          "not-linear",
          { start: 0, end: source.text.length },
          "a likelihood-ratio test is of equations of sums of the mean's coefficients",
          "take Wald's test",
        ),
      ],
      source,
    );
  return { weights: Float64Array.from(names, (name) => form.weights.get(name) ?? 0), constant: form.constant };
}

/** A coefficient as a sum of others: beta_column = constant - weights' beta. */
interface Solved extends Restriction {
  readonly column: number;
}

/** Restrictions solved for one coefficient each by Gauss and Jordan's elimination; those that follow from others are left out. */
function solved(restrictions: readonly Restriction[]): Solved[] {
  const found: Solved[] = [];
  for (const restriction of restrictions) {
    const weights = restriction.weights.slice();
    let { constant } = restriction;
    for (const known of found) {
      const factor = weights[known.column];
      if (factor === 0) continue;
      for (let j = 0; j < weights.length; j++) weights[j] -= factor * known.weights[j];
      weights[known.column] = 0;
      constant += factor * known.constant;
    }
    const sizes = weights.map(Math.abs);
    const column = lastLargest(sizes);
    if (!(sizes[column] > RANK * Math.max(...restriction.weights.map(Math.abs)))) {
      if (Math.abs(constant) > RANK) throw new EngineError("the hypotheses contradict one another");
      continue;
    }
    const pivot = weights[column];
    const own = { column, weights: weights.map((weight) => weight / pivot), constant: -constant / pivot };
    found.forEach((known, k) => {
      const factor = known.weights[column];
      const left = known.weights.map((weight, j) => weight - factor * own.weights[j]);
      found[k] = { ...known, weights: left, constant: known.constant - factor * own.constant };
    });
    found.push(own);
  }
  return found;
}

/** The intercept, which stands first, is left as it is where another will do. */
function lastLargest(sizes: Float64Array): number {
  return sizes.reduce((best, size, j) => (size > 0 && (best === 0 || size >= sizes[best] / 2) ? j : best), 0);
}

/** The design in the coefficients that are left: X beta = (rest of X - solved columns x weights) beta + solved columns x constants. */
function restrictedDesign(design: Design, restrictions: readonly Solved[]): Design {
  const [mean, ...others] = design.predictors;
  const { rows } = design;
  const { X, columns, interceptColumn } = mean;
  const columnOf = (j: number) => X.subarray(j * rows, (j + 1) * rows);
  const kept = columns.map((_, j) => j).filter((j) => restrictions.every(({ column }) => column !== j));
  const offset = mean.offset?.slice() ?? new Float64Array(rows);
  for (const { column, constant } of restrictions)
    columnOf(column).forEach((value, i) => {
      offset[i] += constant * value;
    });
  const changed = kept.map((j) => {
    const out = columnOf(j).slice();
    for (const { column, weights } of restrictions)
      if (weights[j] !== 0)
        columnOf(column).forEach((value, i) => {
          out[i] -= weights[j] * value;
        });
    return out;
  });
  const isWhole = restrictions.every(({ column, weights }) => column !== interceptColumn && !weights[interceptColumn]);
  const joined = new Float64Array(rows * kept.length);
  changed.forEach((column, k) => {
    joined.set(column, k * rows);
  });
  return {
    ...design,
    predictors: [
      {
        ...mean,
        X: joined,
        columns: kept.map((j) => columns[j]),
        columnMeans: Float64Array.from(changed, meanOf),
        terms: [],
        dependent: null,
        interceptColumn: interceptColumn >= 0 && isWhole ? kept.indexOf(interceptColumn) : -1,
        offset,
      },
      ...others,
    ],
  };
}
