import { logDeterminant } from "../math/linalg/cholesky.js";
import { EffectsDense } from "./EffectsDense.js";
import type { EffectsStage, PerFactor } from "./EffectsStage.js";
import { EffectsTree } from "./EffectsTree.js";
import type { Hyperparameters } from "./Hyperparameters.js";
import { collectGradients, halfLog2Pi, type JointParts, passHyperparameters } from "./jointDensity.js";
import type { LogDensity } from "./LogDensity.js";
import type { FactorData } from "./PredictorData.js";
import { chainPrecision, precision } from "./precision.js";
import type { TermCovariance } from "./TermCovariance.js";
import type { FactorReference, TransportReference } from "./TransportReference.js";

/** A density in coordinates (w, z): the hyperparameters', then the effects' factor by factor. */
export interface TransportedDensity extends LogDensity {
  /** The position of the centred density that a position stands for; returns log |d centred / d position|. */
  toCentred(position: Float64Array, centred: Float64Array): number;
}

/**
 * The joint posterior of a model in coordinates in which it is nearly N(0, I):
 *
 *     (beta, theta, dispersion) = reference + scale w,
 *     b = (P(theta) + W)^-1 (r - A (beta - beta0)) + L^-T z,   L L' = P(theta) + W,
 *
 * with W, r and A frozen in the reference, and the Jacobian's log, log |scale| - log |L|, in the density. What W, r and A are touches the
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
    this.stages = reference.stages.map((stage) =>
      stage.kind === "tree" ? new EffectsTree(stage, factors) : new EffectsDense(stage, factors),
    );
    this.factors = data[0].factors.map((factor) => factorCovariance(factor, hyper));
    const starts = [size];
    for (const { r } of factors) starts.push(starts[starts.length - 1] + r.length);
    this.starts = starts;
    this.dimension = starts[starts.length - 1];
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
    let value = logPrior + logJacobian + this.logScale + this.placeEffects(position);
    passHyperparameters(hyper, likelihood);
    value += likelihood.evaluate();
    if (!Number.isFinite(value)) return Number.NEGATIVE_INFINITY;
    collectGradients(hyper, likelihood);
    this.chainEffects(gradient);
    hyper.chain(this.hyperGradient, { prior: true, jacobian: true });
    multiplyTransposed(this.reference.scale, this.hyperGradient, gradient);
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
    return this.logScale - this.logRoots;
  }

  /** log |L| of the last effects that were placed. */
  private logRoots = 0;

  private get effects(): PerFactor {
    return this.parts.likelihood.predictors[0].effects;
  }

  private readHyperparameters(position: Float64Array): ReturnType<Hyperparameters["read"]> {
    const { hyperPosition, reference, parts, dBeta } = this;
    const size = hyperPosition.length;
    for (let r = 0; r < size; r++) {
      let total = reference.position[r];
      for (let c = 0; c <= r; c++) total += reference.scale[r * size + c] * position[c];
      hyperPosition[r] = total;
    }
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

/** A factor's covariance, block diagonal in its terms. */
interface FactorCovariance {
  readonly effects: number;
  readonly terms: readonly { readonly term: TermCovariance; readonly start: number; readonly block: Float64Array }[];
}

function factorCovariance({ effects, terms, termStart }: FactorData, hyper: Hyperparameters): FactorCovariance {
  const placed = terms.map((t, k) => {
    const term = hyper.predictors[0].terms[t];
    return { term, start: termStart[k], block: new Float64Array(term.size * term.size) };
  });
  return { effects, terms: placed };
}

/** P = G^-1; returns its log determinant. */
function fillPrecision({ effects: q, terms }: FactorCovariance, P: Float64Array): number {
  let total = 0;
  for (const { term, start, block } of terms) {
    total += precision(term.Lambda, block);
    for (let r = 0; r < term.size; r++)
      for (let c = 0; c < term.size; c++) P[(start + r) * q + start + c] = block[r * term.size + c];
  }
  return total;
}

/** The adjoint of `fillPrecision`, from the derivatives in the lower entries of P and in log |P| to those in Lambda, which it adds. */
function addLambdaGradient(
  { effects: q, terms }: FactorCovariance,
  P: Float64Array,
  PAdjoint: Float64Array,
  logDeterminant: number,
): void {
  for (const { term, start, block } of terms) {
    const { size } = term;
    const slopes = new Float64Array(size * size);
    for (let r = 0; r < size; r++)
      for (let c = 0; c < size; c++) {
        block[r * size + c] = P[(start + r) * q + start + c];
        if (c <= r) slopes[r * size + c] = PAdjoint[(start + r) * q + start + c];
      }
    chainPrecision(term.Lambda, block, { P: slopes, logDeterminant }, term.LambdaGradient);
  }
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
  for (const { factor: other, start, levels, blocks } of couplings) {
    const [q, width, effects, mode] = [factors[f].effects, factors[other].effects, b[other], factors[other].mode];
    for (let j = 0; j + 1 < start.length; j++)
      for (let m = start[j]; m < start[j + 1]; m++)
        for (let e = 0; e < width; e++) {
          const shift = effects[levels[m] * width + e] - mode[levels[m] * width + e];
          for (let c = 0; c < q; c++) h[j * q + c] -= blocks[(m * q + c) * width + e] * shift;
        }
  }
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
  for (const { factor: other, start, levels, blocks } of couplings) {
    const [q, width] = [factors[f].effects, factors[other].effects];
    for (let j = 0; j + 1 < start.length; j++)
      for (let m = start[j]; m < start[j + 1]; m++)
        for (let e = 0; e < width; e++) {
          let total = 0;
          for (let c = 0; c < q; c++) total += blocks[(m * q + c) * width + e] * hAdjoint[j * q + c];
          bAdjoint[other][levels[m] * width + e] -= total;
        }
  }
}

/** The sum over the levels of b'Pb. */
function quadraticForm(P: Float64Array, b: Float64Array): number {
  const q = Math.round(Math.sqrt(P.length));
  let total = 0;
  for (let at = 0; at < b.length; at += q)
    for (let r = 0; r < q; r++) for (let c = 0; c < q; c++) total += P[r * q + c] * b[at + r] * b[at + c];
  return total;
}

/** Adds the derivatives of - b'Pb / 2 in b and in the lower entries of P. */
function chainQuadraticForm(P: Float64Array, b: Float64Array, bAdjoint: Float64Array, PAdjoint: Float64Array): void {
  const q = Math.round(Math.sqrt(P.length));
  for (let at = 0; at < b.length; at += q)
    for (let r = 0; r < q; r++) {
      let slope = 0;
      for (let c = 0; c < q; c++) slope += P[r * q + c] * b[at + c];
      bAdjoint[at + r] -= slope;
      for (let c = 0; c < r; c++) PAdjoint[r * q + c] -= b[at + r] * b[at + c];
      PAdjoint[r * q + r] -= 0.5 * b[at + r] * b[at + r];
    }
}

/** out = L' x in the leading entries of `out`, as many as x has. */
function multiplyTransposed(L: Float64Array, x: Float64Array, out: Float64Array): void {
  const n = x.length;
  for (let c = 0; c < n; c++) {
    let total = 0;
    for (let r = c; r < n; r++) total += L[r * n + c] * x[r];
    out[c] = total;
  }
}
