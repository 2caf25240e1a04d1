import type { Design, PredictorDesign } from "../design/Design.js";
import type { Hyperparameters } from "./Hyperparameters.js";
import type { ParameterKind } from "./LatentGaussian.js";
import type { Quantities, RandomEffectName } from "./LogDensity.js";
import { predictorPrefix } from "./priorSlots.js";
import type { ModelPriors } from "./resolvePriors.js";
import type { TermCovariance } from "./TermCovariance.js";

/** The names of a draw, in the order in which `writeParameters` and the random effects fill it. */
export function quantities(design: Design): Quantities {
  const free = design.scalars.filter(({ fixed }) => fixed === null);
  return {
    parameters: [
      ...design.predictors.flatMap((part, k) => parameterNames(part, predictorPrefix(design, k))),
      ...free.map(({ parameter }) => parameter),
    ],
    randomEffects: design.predictors.flatMap((part, k) => randomEffectNames(part, predictorPrefix(design, k))),
  };
}

/** What each of the parameters is. */
export function parameterKinds(design: Design): ParameterKind[] {
  return [
    ...design.predictors.flatMap(({ columns, randomTerms }) => [
      ...columns.map(() => "coefficient" as const),
      ...randomTerms.flatMap(({ coefficients: { length: q } }) => [
        ...Array.from({ length: q }, () => "sd" as const),
        ...Array.from({ length: (q * (q - 1)) / 2 }, () => "correlation" as const),
      ]),
    ]),
    ...design.scalars.filter(({ fixed }) => fixed === null).map(() => "dispersion" as const),
  ];
}

function parameterNames(part: PredictorDesign, prefix: string): string[] {
  const betas = part.columns.map((column) => `${prefix}beta[${column}]`);
  const terms = part.randomTerms.flatMap(({ factor, coefficients }) => {
    const group = part.factors[factor].name;
    const sds = coefficients.map((coefficient) => `${prefix}sd[${group}, ${coefficient}]`);
    const cors = coefficients.flatMap((a, r) =>
      coefficients.slice(r + 1).map((b) => `${prefix}cor[${group}, ${a}, ${b}]`),
    );
    return [...sds, ...cors];
  });
  return [...betas, ...terms];
}

function randomEffectNames(part: PredictorDesign, prefix: string): RandomEffectName[] {
  return part.factors.flatMap(({ name: factor, levels }, f) => {
    const coefficients = part.randomTerms.filter((term) => term.factor === f).flatMap((term) => term.coefficients);
    return levels.flatMap((level) =>
      coefficients.map((coefficient) => ({
        name: `${prefix}b[${factor}, ${level}, ${coefficient}]`,
        factor,
        level,
        coefficient,
      })),
    );
  });
}

/** Writes the population parameters as they are reported (the raw intercept); returns how many. */
export function writeParameters(
  design: Design,
  priors: ModelPriors,
  values: Hyperparameters,
  draw: Float64Array,
): number {
  let at = 0;
  design.predictors.forEach((part, k) => {
    const { beta, terms } = values.predictors[k];
    draw.set(beta, at);
    if (priors.predictors[k].intercept?.centred)
      draw[at + part.interceptColumn] = rawIntercept(beta, part.columnMeans, part.interceptColumn);
    at += beta.length;
    for (const term of terms) at = writeTerm(term, draw, at);
  });
  draw.set(values.scalars, at);
  return at + values.scalars.length;
}

/** beta[Intercept] = the linear predictor at the means - sum of mean_k beta_k. */
function rawIntercept(beta: Float64Array, means: Float64Array, interceptColumn: number): number {
  let value = beta[interceptColumn];
  for (let k = 0; k < beta.length; k++) if (k !== interceptColumn) value -= means[k] * beta[k];
  return value;
}

function writeTerm({ size, sds, correlation: L }: TermCovariance, draw: Float64Array, start: number): number {
  draw.set(sds, start);
  let at = start + size;
  for (let r = 0; r < size; r++)
    for (let s = r + 1; s < size; s++) {
      let total = 0;
      for (let c = 0; c <= r; c++) total += L[r * size + c] * L[s * size + c];
      draw[at++] = total;
    }
  return at;
}
