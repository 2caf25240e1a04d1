import type { Design, PredictorDesign, RandomTerm } from "../design/Design.js";
import type { ScalarSupport } from "../design/FamilySignature.js";
import { predictorPrefix } from "../design/predictorName.js";
import { hasThresholds } from "../design/thresholds.js";
import type { Hyperparameters } from "./Hyperparameters.js";
import type { ParameterKind, ScalarKind } from "./LatentGaussian.js";
import type { Quantities, RandomEffectName } from "./LogDensity.js";
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
  return parameterRoles(design).map(({ kind }) => kind);
}

/** What a scalar is, by its support. */
export const scalarKinds: Readonly<Record<ScalarSupport, ScalarKind>> = {
  positive: "dispersion",
  probability: "probability",
  real: "shape",
};

/** What a parameter of a model is, by its parts. `prefix` is that of its predictor: "" for the mean, "phi." for a second one. */
export type ParameterRole =
  | { readonly kind: "coefficient"; readonly prefix: string; readonly coefficient: string }
  | { readonly kind: "sd"; readonly prefix: string; readonly factor: string; readonly coefficient: string }
  | {
      readonly kind: "correlation";
      readonly prefix: string;
      readonly factor: string;
      readonly coefficients: readonly [string, string];
    }
  | { readonly kind: ScalarKind; readonly prefix: ""; readonly parameter: string };

/** One a parameter, in the order of `quantities`. */
export function parameterRoles(design: Design): ParameterRole[] {
  return [
    ...design.predictors.flatMap(({ columns, factors, randomTerms }, k): ParameterRole[] => {
      const prefix = predictorPrefix(design, k);
      return [
        ...columns.map((coefficient): ParameterRole => ({ kind: "coefficient", prefix, coefficient })),
        ...randomTerms.flatMap((term): ParameterRole[] => {
          const factor = factors[term.factor].name;
          const { coefficients: names } = term;
          return [
            ...freeSds(term).map((r): ParameterRole => ({ kind: "sd", prefix, factor, coefficient: names[r] })),
            ...freePairs(term).map(
              ([r, s]): ParameterRole => ({
                kind: "correlation",
                prefix,
                factor,
                coefficients: [names[r], names[s]],
              }),
            ),
          ];
        }),
      ];
    }),
    ...design.scalars
      .filter(({ fixed }) => fixed === null)
      .map(({ parameter, support }): ParameterRole => ({ kind: scalarKinds[support], prefix: "", parameter })),
  ];
}

function parameterNames(part: PredictorDesign, prefix: string): string[] {
  const betas = part.columns.map((column) => `${prefix}beta[${column}]`);
  const terms = part.randomTerms.flatMap((term) => {
    const names = covarianceNames(part, term, prefix);
    return [...freeSds(term).map(names.sd), ...freePairs(term).map(names.cor)];
  });
  return [...betas, ...terms];
}

function covarianceNames({ factors }: PredictorDesign, { factor, coefficients }: RandomTerm, prefix: string) {
  const group = factors[factor].name;
  return {
    sd: (r: number) => `${prefix}sd[${group}, ${coefficients[r]}]`,
    cor: ([r, s]: readonly [number, number]) => `${prefix}cor[${group}, ${coefficients[r]}, ${coefficients[s]}]`,
  };
}

/** The effects of a term whose sds are parameters. */
function freeSds({ coefficients, held }: RandomTerm): number[] {
  return coefficients.flatMap((_, r) => ((held?.sds[r] ?? null) === null ? [r] : []));
}

/** The pairs of effects whose correlations are parameters. */
function freePairs({ coefficients, held }: RandomTerm): (readonly [number, number])[] {
  if ((held?.correlation ?? null) !== null) return [];
  return coefficients.flatMap((_, r) => coefficients.slice(r + 1).map((__, k) => [r, r + 1 + k] as const));
}

/** Sds and correlations that are held at numbers, by the names that they would have as parameters. */
export function heldCovariances(design: Design): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  design.predictors.forEach((part, k) => {
    for (const term of part.randomTerms) {
      const names = covarianceNames(part, term, predictorPrefix(design, k));
      term.held?.sds.forEach((sd, r) => {
        if (sd !== null) held.set(names.sd(r), sd);
      });
      const correlation = term.held?.correlation ?? null;
      if (correlation !== null) held.set(names.cor([0, 1]), correlation);
    }
  });
  return held;
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
    terms.forEach((term, t) => {
      at = writeTerm(term, part.randomTerms[t], draw, at);
    });
  });
  draw.set(values.scalars, at);
  const shift = thresholdShift(design, values.predictors[0].beta);
  design.scalars.forEach(({ threshold }, k) => {
    if (threshold !== undefined) draw[at + k] += shift;
  });
  return at + values.scalars.length;
}

/** What thresholds where all covariates are 0 are more than those at their means. */
export function thresholdShift(design: Design, beta: ArrayLike<number>): number {
  const [mean] = design.predictors;
  return !hasThresholds(design) ? 0 : mean.columnMeans.reduce((sum, value, k) => sum + value * beta[k], 0);
}

/** beta[Intercept] = the linear predictor at the means - sum of mean_k beta_k. */
function rawIntercept(beta: Float64Array, means: Float64Array, interceptColumn: number): number {
  let value = beta[interceptColumn];
  for (let k = 0; k < beta.length; k++) if (k !== interceptColumn) value -= means[k] * beta[k];
  return value;
}

/** Those of `freeSds` and then of `freePairs`; each draw is written, so without lists of them. */
function writeTerm(
  { size, sds, correlation: L }: TermCovariance,
  { held }: RandomTerm,
  draw: Float64Array,
  start: number,
): number {
  let at = start;
  for (let r = 0; r < size; r++) if ((held?.sds[r] ?? null) === null) draw[at++] = sds[r];
  if ((held?.correlation ?? null) !== null) return at;
  for (let r = 0; r < size; r++)
    for (let s = r + 1; s < size; s++) {
      let total = 0;
      for (let c = 0; c <= r; c++) total += L[r * size + c] * L[s * size + c];
      draw[at++] = total;
    }
  return at;
}
