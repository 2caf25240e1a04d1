import { chiSquareTail } from "../math/special/tailProbability.js";
import type { PreparedModel } from "./PreparedModel.js";

/** How the rows of counts vary about their fitted means, beside what the family allows. */
export interface DispersionCheck {
  /** Sum of squared Pearson residuals, given the random effects. */
  readonly chiSquare: number;
  /** Rows less parameters. */
  readonly degreesOfFreedom: number;
  /** chiSquare / degreesOfFreedom: about 1, or less, where the family is right. */
  readonly ratio: number;
  /** Whether the rows vary by more than chance makes likely. */
  readonly isLarge: boolean;
}

/** A ratio above this is large where chance alone brings one as large with a probability below `CHANCE`. */
const LARGE_RATIO = 1.2;
const CHANCE = 0.01;

/**
 * Pearson's chi-square of a Poisson or binomial model without a dispersion or an effect a row, at estimates of its parameters and of its
 * random effects, both in the order of the model's quantities; null for other models, and where an estimate is missing.
 */
export function dispersionCheck(
  { design, compiled }: PreparedModel,
  parameters: readonly number[],
  effects: readonly number[],
): DispersionCheck | null {
  const { pearsonChiSquare, quantities } = compiled;
  const isComplete =
    parameters.length === quantities.parameters.length && effects.length === quantities.randomEffects.length;
  if (pearsonChiSquare === null || !isComplete || ![...parameters, ...effects].every(Number.isFinite)) return null;
  const [{ columns, factors, randomTerms }] = design.predictors;
  let at = 0;
  const byFactor = factors.map(({ levels }, f) => {
    const own = randomTerms.filter(({ factor }) => factor === f);
    const count = levels.length * own.reduce((sum, { coefficients }) => sum + coefficients.length, 0);
    at += count;
    return Float64Array.from(effects.slice(at - count, at));
  });
  const beta = Float64Array.from(
    columns,
    (column) => parameters[quantities.parameters.indexOf(`beta[${column}]`)] ?? NaN,
  );
  const chiSquare = pearsonChiSquare(beta, byFactor);
  const degreesOfFreedom = design.rows - parameters.length;
  if (degreesOfFreedom < 1 || !Number.isFinite(chiSquare)) return null;
  const ratio = chiSquare / degreesOfFreedom;
  const isLarge = ratio > LARGE_RATIO && chiSquareTail(chiSquare, degreesOfFreedom) < CHANCE;
  return { chiSquare, degreesOfFreedom, ratio, isLarge };
}
