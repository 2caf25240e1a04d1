import { EffectsKernel } from "../kernel/map/EffectsKernel.js";
import type { PredictorMemory } from "../kernel/PredictorMemory.js";
import { logDeterminant } from "../math/linalg/cholesky.js";
import {
  addLambdaGradient,
  chainQuadraticForm,
  type FactorCovariance,
  factorCovariance,
  fillPrecision,
  quadraticForm,
} from "./factorCovariance.js";
import type { Hyperparameters } from "./Hyperparameters.js";
import { HyperTransport } from "./hyperTransport.js";
import { collectGradients, halfLog2Pi, type JointParts, passHyperparameters } from "./jointDensity.js";
import type { LogDensity } from "./LogDensity.js";
import type { TransportReference } from "./TransportReference.js";

/** A density in coordinates (w, z): the hyperparameters', then the effects' factor by factor. */
export interface TransportedDensity extends LogDensity {
  /** The position of the centred density that a position stands for; returns log |d centred / d position|. */
  toCentred(position: Float64Array, centred: Float64Array): number;
}

/**
 * The joint posterior of a model in coordinates in which it is nearly N(0, I):
 *
 *     (beta, theta, dispersion) = reference + scale g(w),
 *     b = (P(theta) + W)^-1 (r - A (beta - beta0)) + L^-T z,   L L' = P(theta) + W,
 *
 * with W, r and A frozen in the reference, and the Jacobian's log, log |scale g'| - log |L|, in the density. What W, r and A are touches the
 * speed of a sampler, never its answer. For crossed factors b is put together factor by factor, each given those after it.
 *
 * The likelihood's first predictor stands in `memory`, with room for the map of the effects.
 */
export function transportedDensity(
  parts: JointParts,
  memory: PredictorMemory,
  reference: TransportReference,
): TransportedDensity {
  return new Transported(parts, memory, reference);
}

class Transported implements TransportedDensity {
  readonly dimension: number;
  readonly tunable: number;
  readonly quantities: LogDensity["quantities"];
  private readonly parts: JointParts;
  private readonly reference: TransportReference;
  private readonly memory: PredictorMemory;
  private readonly map: EffectsKernel;
  private readonly factors: readonly FactorCovariance[];
  private readonly hyperTransport: HyperTransport;
  private readonly logScale: number;
  private readonly hyperPosition: Float64Array;
  private readonly hyperGradient: Float64Array;

  constructor(parts: JointParts, memory: PredictorMemory, reference: TransportReference) {
    const { data, hyper, quantities } = parts;
    const size = hyper.size;
    this.parts = parts;
    this.memory = memory;
    this.tunable = size;
    this.reference = reference;
    this.quantities = quantities;
    this.map = new EffectsKernel(reference, memory);
    this.factors = data[0].factors.map((factor) => factorCovariance(factor, hyper));
    this.dimension = size + this.map.z.length;
    this.hyperTransport = new HyperTransport(reference);
    this.logScale = 0.5 * logDeterminant(reference.scale, size);
    this.hyperPosition = new Float64Array(size);
    this.hyperGradient = new Float64Array(size);
  }

  logDensityGradient(position: Float64Array, gradient: Float64Array): number {
    const { dimension, parts } = this;
    if (position.length !== dimension || gradient.length !== dimension)
      throw new RangeError(`position and gradient must have length ${dimension}`);
    const { likelihood, hyper } = parts;
    const { logPrior, logJacobian } = this.readHyperparameters(position);
    const { logSlopes } = this.hyperTransport;
    let value = logPrior + logJacobian + this.logScale + logSlopes + this.placeEffects(position);
    passHyperparameters(hyper, likelihood);
    value += likelihood.evaluate();
    if (!Number.isFinite(value)) return Number.NEGATIVE_INFINITY;
    this.map.pull();
    this.map.chain();
    collectGradients(hyper, likelihood);
    this.chainPrecisions();
    gradient.set(this.map.zGradient, this.tunable);
    hyper.chain(this.hyperGradient, { prior: true, jacobian: true });
    this.hyperTransport.chain(this.hyperGradient, gradient);
    return value;
  }

  constrain(position: Float64Array, draw: Float64Array): void {
    this.readHyperparameters(position);
    this.placeEffects(position);
    let at = this.parts.writeParameters(draw);
    for (const b of this.memory.effects) {
      draw.set(b, at);
      at += b.length;
    }
  }

  toCentred(position: Float64Array, centred: Float64Array): number {
    this.readHyperparameters(position);
    this.placeEffects(position);
    centred.set(this.hyperPosition);
    let at = this.tunable;
    for (const b of this.memory.effects) {
      centred.set(b, at);
      at += b.length;
    }
    return this.logScale + this.hyperTransport.logSlopes - this.logRoots;
  }

  /** log |L| of the last effects that were placed. */
  private logRoots = 0;

  private readHyperparameters(position: Float64Array): ReturnType<Hyperparameters["read"]> {
    const { hyperPosition, reference, parts } = this;
    const { dBeta } = this.map;
    this.hyperTransport.place(position, hyperPosition);
    const logs = parts.hyper.read(hyperPosition);
    const { beta } = parts.hyper.predictors[0];
    for (let k = 0; k < dBeta.length; k++) dBeta[k] = beta[k] - reference.beta[k];
    return logs;
  }

  /** Fills the effects; returns log N(b; 0, G) - log |L|. */
  private placeEffects(position: Float64Array): number {
    const { reference, factors, map } = this;
    const { P, squares } = map;
    let value = 0;
    for (let f = 0; f < factors.length; f++)
      value += reference.factors[f].levels * (0.5 * fillPrecision(factors[f], P[f]) - factors[f].effects * halfLog2Pi);
    for (let k = 0; k < map.z.length; k++) map.z[k] = position[this.tunable + k];
    this.logRoots = map.place();
    for (let f = 0; f < factors.length; f++) value -= 0.5 * quadraticForm(factors[f], P[f], squares[f]);
    return value - this.logRoots;
  }

  /** Adds to the derivatives in Lambda what comes through the precisions. */
  private chainPrecisions(): void {
    const { reference, factors } = this;
    const { P, PAdjoint, squares } = this.map;
    for (let f = 0; f < factors.length; f++) {
      chainQuadraticForm(factors[f], squares[f], PAdjoint[f]);
      addLambdaGradient(factors[f], P[f], PAdjoint[f], 0.5 * reference.factors[f].levels);
    }
  }
}
