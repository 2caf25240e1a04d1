import { log } from "../math/special/elementary.js";
import type { Hyperparameters } from "./Hyperparameters.js";
import type { Likelihood } from "./Likelihood.js";
import type { LogDensity, Quantities } from "./LogDensity.js";
import type { FactorData, PredictorData } from "./PredictorData.js";
import { chainScaleEffects, scaleEffects, solveTransposed, type TermCovariance, whiten } from "./TermCovariance.js";

/** Centred: a position holds b. Non-centred: it holds u ~ N(0, I), and b = Lambda u. */
export type Parametrization = "centred" | "noncentred";

/** The parts of a compiled model that a joint density is put together from. */
export interface JointParts {
  readonly data: readonly PredictorData[];
  readonly likelihood: Likelihood;
  readonly hyper: Hyperparameters;
  readonly quantities: Quantities;
  /** Writes the population parameters that stand in `hyper`; returns how many. */
  writeParameters(draw: Float64Array): number;
}

export const halfLog2Pi = 0.9189385332046727;

/** One factor's effects in a position, with the covariances of its terms. */
interface EffectsBlock {
  readonly start: number;
  readonly end: number;
  readonly predictor: number;
  readonly factor: number;
  readonly data: FactorData;
  readonly terms: readonly TermCovariance[];
}

/** The joint posterior of all parameters and random effects: position = hyperparameters, then the effects factor by factor. */
export function jointDensity(parts: JointParts, parametrization: Parametrization): LogDensity {
  const blocks = effectsBlocks(parts);
  const dimension = blocks.at(-1)?.end ?? parts.hyper.size;
  const mapping = parametrization === "centred" ? centred(parts) : noncentred(parts);
  const include = { prior: true, jacobian: true };

  function logDensityGradient(position: Float64Array, gradient: Float64Array): number {
    if (position.length !== dimension || gradient.length !== dimension)
      throw new RangeError(`position and gradient must have length ${dimension}`);
    const { likelihood, hyper } = parts;
    const { logPrior, logJacobian } = hyper.read(position);
    let value = logPrior + logJacobian;
    for (const block of blocks) value += mapping.forward(block, position);
    passHyperparameters(hyper, likelihood);
    value += likelihood.evaluate();
    if (!Number.isFinite(value)) return Number.NEGATIVE_INFINITY;
    collectGradients(hyper, likelihood);
    for (const block of blocks) mapping.backward(block, position, gradient);
    hyper.chain(gradient, include);
    return value;
  }

  function constrain(position: Float64Array, draw: Float64Array): void {
    parts.hyper.read(position);
    let at = parts.writeParameters(draw);
    for (const block of blocks) {
      mapping.forward(block, position);
      const b = parts.likelihood.predictors[block.predictor].effects[block.factor];
      draw.set(b, at);
      at += b.length;
    }
  }

  return { dimension, quantities: parts.quantities, logDensityGradient, constrain };
}

function effectsBlocks({ data, hyper }: JointParts): EffectsBlock[] {
  let end = hyper.size;
  return data.flatMap((part, predictor) =>
    part.factors.map((factorData, factor) => {
      const start = end;
      end += factorData.levels * factorData.effects;
      const terms = factorData.terms.map((t) => hyper.predictors[predictor].terms[t]);
      return { start, end, predictor, factor, data: factorData, terms };
    }),
  );
}

/** Hands beta and the scalars on to the likelihood. */
export function passHyperparameters(hyper: Hyperparameters, likelihood: Likelihood): void {
  for (let k = 0; k < hyper.predictors.length; k++) likelihood.predictors[k].beta.set(hyper.predictors[k].beta);
  if (hyper.scalars.length > 0) likelihood.scalars.set(hyper.scalars);
}

/** The adjoint of `passHyperparameters`; what comes through Lambda is to be added. */
export function collectGradients(hyper: Hyperparameters, likelihood: Likelihood): void {
  for (let k = 0; k < hyper.predictors.length; k++) {
    hyper.predictors[k].betaGradient.set(likelihood.predictors[k].betaGradient);
    for (const term of hyper.predictors[k].terms) term.LambdaGradient.fill(0);
  }
  if (hyper.scalars.length > 0) hyper.scalarsGradient.set(likelihood.scalarsGradient);
}

/** How the effects of a position become b, with their log density, and the adjoint of that. */
interface EffectsMapping {
  forward(block: EffectsBlock, position: Float64Array): number;
  backward(block: EffectsBlock, position: Float64Array, gradient: Float64Array): void;
}

function noncentred({ likelihood }: JointParts): EffectsMapping {
  return {
    forward({ start, end, terms, data, predictor, factor }, position) {
      let squares = 0;
      for (let i = start; i < end; i++) squares += position[i] * position[i];
      const b = likelihood.predictors[predictor].effects[factor];
      for (let t = 0; t < terms.length; t++)
        scaleEffects(terms[t], position, start, b, data.termStart[t], data.effects);
      return -0.5 * squares - (end - start) * halfLog2Pi;
    },
    backward({ start, terms, data, predictor, factor }, position, gradient) {
      const bGradient = likelihood.predictors[predictor].effectsGradient[factor];
      for (let t = 0; t < terms.length; t++)
        chainScaleEffects(terms[t], position, start, bGradient, gradient, data.termStart[t], data.effects);
    },
  };
}

function centred({ likelihood }: JointParts): EffectsMapping {
  return {
    forward({ start, end, terms, data, predictor, factor }, position) {
      const b = likelihood.predictors[predictor].effects[factor];
      for (let i = 0; i < b.length; i++) b[i] = position[start + i];
      let value = -(end - start) * halfLog2Pi;
      for (let t = 0; t < terms.length; t++) value += logNormal(terms[t], b, data, data.termStart[t]);
      return value;
    },
    backward({ start, terms, data, predictor, factor }, _position, gradient) {
      const { effects, effectsGradient } = likelihood.predictors[predictor];
      gradient.set(effectsGradient[factor], start);
      for (let t = 0; t < terms.length; t++)
        chainLogNormal(terms[t], effects[factor], data, data.termStart[t], gradient, start);
    },
  };
}

/** Sum over the levels of log N(b; 0, G) without its constant. */
function logNormal(term: TermCovariance, b: Float64Array, data: FactorData, start: number): number {
  const u = new Float64Array(term.size);
  let squares = 0;
  for (let at = start; at < b.length; at += data.effects) {
    whiten(term, b, at, u);
    for (let r = 0; r < term.size; r++) squares += u[r] * u[r];
  }
  return -0.5 * squares - data.levels * logDeterminant(term);
}

/** log |Lambda|, by way of the sds and the diagonal of the correlation's factor. */
function logDeterminant({ size, Lambda }: TermCovariance): number {
  let product = 0;
  for (let r = 0; r < size; r++) product += log(Lambda[r * size + r]);
  return product;
}

/** Adds the derivatives of `logNormal`: in b to `gradient`, in Lambda to LambdaGradient (Lambda^-T u u' - diag(1 / Lambda)). */
function chainLogNormal(
  term: TermCovariance,
  b: Float64Array,
  data: FactorData,
  start: number,
  gradient: Float64Array,
  offset: number,
): void {
  const { size, Lambda, LambdaGradient } = term;
  const u = new Float64Array(size);
  const v = new Float64Array(size);
  for (let at = start; at < b.length; at += data.effects) {
    whiten(term, b, at, u);
    v.set(u);
    solveTransposed(term, v);
    for (let r = 0; r < size; r++) {
      gradient[offset + at + r] -= v[r];
      for (let c = 0; c <= r; c++) LambdaGradient[r * size + c] += v[r] * u[c];
    }
  }
  for (let r = 0; r < size; r++) LambdaGradient[r * size + r] -= data.levels / Lambda[r * size + r];
}
