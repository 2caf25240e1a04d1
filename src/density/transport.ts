import { logDeterminant } from "../math/linalg/cholesky.js";
import { EffectsDense } from "./EffectsDense.js";
import { EffectsSpectrum } from "./EffectsSpectrum.js";
import type { EffectsStage, PerFactor } from "./EffectsStage.js";
import { EffectsTree } from "./EffectsTree.js";
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
import type { Coupling, FactorReference, StageReference, TransportReference } from "./TransportReference.js";

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
 */
export function transportedDensity(parts: JointParts, reference: TransportReference): TransportedDensity {
  return new Transported(parts, reference);
}

class Transported implements TransportedDensity {
  readonly dimension: number;
  readonly tunable: number;
  readonly quantities: LogDensity["quantities"];
  private readonly parts: JointParts;
  private readonly reference: TransportReference;
  private readonly stages: readonly EffectsStage[];
  private readonly factors: readonly FactorCovariance[];
  private readonly starts: readonly number[];
  private readonly hyperTransport: HyperTransport;
  private readonly logScale: number;
  private readonly hyperPosition: Float64Array;
  private readonly hyperGradient: Float64Array;
  private readonly dBeta: Float64Array;
  private readonly P: PerFactor;
  private readonly PAdjoint: PerFactor;
  private readonly h: PerFactor;
  private readonly hAdjoint: PerFactor;
  private readonly bAdjoint: PerFactor;

  constructor(parts: JointParts, reference: TransportReference) {
    const { factors } = reference;
    const { data, hyper, quantities } = parts;
    const size = hyper.size;
    this.parts = parts;
    this.tunable = size;
    this.reference = reference;
    this.quantities = quantities;
    this.stages = reference.stages.map((stage) => createStage(stage, factors));
    this.factors = data[0].factors.map((factor) => factorCovariance(factor, hyper));
    const starts = [size];
    for (const { r } of factors) starts.push(starts[starts.length - 1] + r.length);
    this.starts = starts;
    this.dimension = starts[starts.length - 1];
    this.hyperTransport = new HyperTransport(reference);
    this.logScale = 0.5 * logDeterminant(reference.scale, size);
    this.hyperPosition = new Float64Array(size);
    this.hyperGradient = new Float64Array(size);
    this.dBeta = new Float64Array(reference.beta.length);
    const squares = () => factors.map(({ effects: q }) => new Float64Array(q * q));
    const vectors = () => factors.map(({ r }) => new Float64Array(r.length));
    [this.P, this.PAdjoint] = [squares(), squares()];
    [this.h, this.hAdjoint, this.bAdjoint] = [vectors(), vectors(), vectors()];
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
    collectGradients(hyper, likelihood);
    this.chainEffects(gradient);
    hyper.chain(this.hyperGradient, { prior: true, jacobian: true });
    this.hyperTransport.chain(this.hyperGradient, gradient);
    return value;
  }

  constrain(position: Float64Array, draw: Float64Array): void {
    this.readHyperparameters(position);
    this.placeEffects(position);
    let at = this.parts.writeParameters(draw);
    for (const b of this.effects) {
      draw.set(b, at);
      at += b.length;
    }
  }

  toCentred(position: Float64Array, centred: Float64Array): number {
    this.readHyperparameters(position);
    this.placeEffects(position);
    centred.set(this.hyperPosition);
    this.effects.forEach((b, f) => {
      centred.set(b, this.starts[f]);
    });
    return this.logScale + this.hyperTransport.logSlopes - this.logRoots;
  }

  /** log |L| of the last effects that were placed. */
  private logRoots = 0;

  private get effects(): PerFactor {
    return this.parts.likelihood.predictors[0].effects;
  }

  private readHyperparameters(position: Float64Array): ReturnType<Hyperparameters["read"]> {
    const { hyperPosition, reference, parts, dBeta } = this;
    this.hyperTransport.place(position, hyperPosition);
    const logs = parts.hyper.read(hyperPosition);
    const { beta } = parts.hyper.predictors[0];
    for (let k = 0; k < dBeta.length; k++) dBeta[k] = beta[k] - reference.beta[k];
    return logs;
  }

  /** Fills the effects; returns log N(b; 0, G) - log |L|. */
  private placeEffects(position: Float64Array): number {
    const { reference, factors, P, h, starts, effects } = this;
    let value = 0;
    for (let f = 0; f < factors.length; f++)
      value += reference.factors[f].levels * (0.5 * fillPrecision(factors[f], P[f]) - factors[f].effects * halfLog2Pi);
    this.logRoots = 0;
    for (let s = this.stages.length - 1; s >= 0; s--) {
      for (const f of this.stages[s].factors) fillInformation(reference.factors, f, this.dBeta, effects, h[f]);
      this.logRoots += this.stages[s].forward(P, h, position, starts, effects);
    }
    for (let f = 0; f < factors.length; f++) value -= 0.5 * quadraticForm(P[f], effects[f]);
    return value - this.logRoots;
  }

  /** The adjoint of `placeEffects` and of the likelihood in the effects: sets the gradient in z, adds to those of beta and Lambda. */
  private chainEffects(gradient: Float64Array): void {
    const { reference, factors, P, PAdjoint, bAdjoint, hAdjoint, starts, effects } = this;
    const { effectsGradient } = this.parts.likelihood.predictors[0];
    for (let f = 0; f < factors.length; f++) {
      PAdjoint[f].fill(0);
      bAdjoint[f].set(effectsGradient[f]);
      chainQuadraticForm(P[f], effects[f], bAdjoint[f], PAdjoint[f]);
    }
    for (const stage of this.stages) {
      stage.backward(effects, bAdjoint, gradient, starts, hAdjoint, PAdjoint);
      for (const f of stage.factors)
        chainInformation(reference.factors, f, hAdjoint[f], this.parts.hyper.predictors[0].betaGradient, bAdjoint);
    }
    for (let f = 0; f < factors.length; f++)
      addLambdaGradient(factors[f], P[f], PAdjoint[f], 0.5 * reference.factors[f].levels);
  }
}

function createStage(stage: StageReference, factors: readonly FactorReference[]): EffectsStage {
  if (stage.kind === "tree") return new EffectsTree(stage, factors);
  return stage.kind === "dense" ? new EffectsDense(stage, factors) : new EffectsSpectrum(stage);
}

/** h = r - A dBeta - the sum over the couplings of C (b - mode) */
function fillInformation(
  factors: readonly FactorReference[],
  f: number,
  dBeta: Float64Array,
  b: PerFactor,
  h: Float64Array,
): void {
  const { r, A, couplings } = factors[f];
  const p = dBeta.length;
  for (let k = 0, at = 0; k < h.length; k++) {
    let total = r[k];
    for (let j = 0; j < p; j++, at++) total -= A[at] * dBeta[j];
    h[k] = total;
  }
  for (const coupling of couplings) subtractCoupled(coupling, factors[f], factors[coupling.factor].mode, b, h);
}

/** The adjoint of `fillInformation`. */
function chainInformation(
  factors: readonly FactorReference[],
  f: number,
  hAdjoint: Float64Array,
  betaGradient: Float64Array,
  bAdjoint: PerFactor,
): void {
  const { A, couplings } = factors[f];
  const p = betaGradient.length;
  for (let k = 0, at = 0; k < hAdjoint.length; k++)
    for (let j = 0; j < p; j++, at++) betaGradient[j] -= A[at] * hAdjoint[k];
  for (const coupling of couplings) subtractCoupledAdjoint(coupling, factors[f], hAdjoint, bAdjoint);
}

/** h -= C (b - mode) of the other factor, whose effects are mostly one a level: that case is written out. */
function subtractCoupled(
  { factor: other, start, levels, blocks }: Coupling,
  { levels: J, effects: q }: FactorReference,
  mode: Float64Array,
  b: PerFactor,
  h: Float64Array,
): void {
  const shift = b[other].map((effect, k) => effect - mode[k]);
  const width = blocks.length / (levels.length * q);
  for (let j = 0; j < J; j++)
    for (let c = 0; c < q; c++) {
      let total = 0;
      if (width === 1) for (let m = start[j]; m < start[j + 1]; m++) total += blocks[m * q + c] * shift[levels[m]];
      else
        for (let m = start[j]; m < start[j + 1]; m++)
          for (let e = 0; e < width; e++) total += blocks[(m * q + c) * width + e] * shift[levels[m] * width + e];
      h[j * q + c] -= total;
    }
}

function subtractCoupledAdjoint(
  { factor: other, start, levels, blocks }: Coupling,
  { levels: J, effects: q }: FactorReference,
  hAdjoint: Float64Array,
  bAdjoint: PerFactor,
): void {
  const out = bAdjoint[other];
  const width = blocks.length / (levels.length * q);
  for (let j = 0; j < J; j++)
    for (let c = 0; c < q; c++) {
      const slope = hAdjoint[j * q + c];
      if (width === 1) for (let m = start[j]; m < start[j + 1]; m++) out[levels[m]] -= blocks[m * q + c] * slope;
      else
        for (let m = start[j]; m < start[j + 1]; m++)
          for (let e = 0; e < width; e++) out[levels[m] * width + e] -= blocks[(m * q + c) * width + e] * slope;
    }
}
