import { logDeterminant } from "../math/linalg/cholesky.js";
import { log } from "../math/special/elementary.js";
import type { PerFactor } from "./EffectsStage.js";
import { EffectsTree } from "./EffectsTree.js";
import {
  addLambdaGradient,
  chainQuadraticForm,
  type FactorCovariance,
  factorCovariance,
  fillPrecision,
} from "./factorCovariance.js";
import { halfLog2Pi, type JointParts } from "./jointDensity.js";
import type { LogDensity } from "./LogDensity.js";
import type { GaussianReference, GaussianSite } from "./TransportReference.js";

/** Independent normal priors of the coefficients, length p each, in the coordinates of the sampled X; a precision of 0 is a flat one. */
export interface NormalCoefficients {
  readonly means: Float64Array;
  readonly precisions: Float64Array;
  /** log |d beta / d position|, a constant. */
  readonly logJacobian: number;
}

/** What an integrated density is put together from; the likelihood is in its reference. */
export type IntegratedParts = Pick<JointParts, "data" | "hyper" | "quantities" | "writeParameters"> & {
  readonly coefficients: NormalCoefficients;
};

/**
 * The posterior of (theta, sigma) of a linear mixed model, beta and b integrated out exactly, in standardised coordinates; a draw
 * of (beta, b) is then made from its Gaussian given them, by standard normal innovations. With x = (b, beta - beta0), the residuals y0
 * at beta0 and v = sigma^2, the precision of x is Q / v, Q = [Z X]'[Z X] + v P with P the precisions of b and beta, and its information
 * vector is h / v, h = [Z X]'y0 + v P (prior mean - beta0); the sum of squares is y0'y0 - h' Q^-1 h.
 */
export function integratedDensity(parts: IntegratedParts, reference: GaussianReference): LogDensity {
  return new Integrated(parts, reference);
}

class Integrated implements LogDensity {
  readonly dimension: number;
  readonly tunable: number;
  readonly innovations: number;
  readonly quantities: LogDensity["quantities"];
  private readonly parts: IntegratedParts;
  private readonly reference: GaussianReference;
  private readonly tree: EffectsTree;
  private readonly factors: readonly FactorCovariance[];
  /** Per factor of the model, G^-1 and d value / d its lower entries. */
  private readonly P: PerFactor;
  private readonly PAdjoint: PerFactor;
  /** Per factor of the tree, of which the last is its root: v P, with the same of each level that stands in the root. */
  private readonly scaled: PerFactor;
  private readonly scaledAdjoint: PerFactor;
  private readonly h: PerFactor;
  private readonly hAdjoint: PerFactor;
  private readonly x: PerFactor;
  private readonly xAdjoint: PerFactor;
  private readonly starts: readonly number[];
  private readonly zeros: Float64Array;
  private readonly scratch: Float64Array;
  private readonly hyperPosition: Float64Array;
  private readonly hyperGradient: Float64Array;
  private readonly constant: number;
  /** log |L| of the last x that was solved for. */
  private logRoots = 0;

  constructor(parts: IntegratedParts, reference: GaussianReference) {
    const { data, hyper, quantities, coefficients } = parts;
    const { shapes, scale, rows } = reference;
    const p = coefficients.means.length;
    this.parts = parts;
    this.reference = reference;
    this.quantities = quantities;
    this.dimension = hyper.size - p;
    this.tunable = this.dimension;
    this.tree = new EffectsTree(reference.tree, shapes);
    this.factors = data[0].factors.map((factor) => factorCovariance(factor, hyper));
    const squares = (of: readonly { readonly effects: number }[]) =>
      of.map(({ effects: q }) => new Float64Array(q * q));
    const vectors = () => shapes.map(({ levels, effects }) => new Float64Array(levels * effects));
    [this.P, this.PAdjoint] = [squares(this.factors), squares(this.factors)];
    [this.scaled, this.scaledAdjoint] = [squares(shapes), squares(shapes)];
    [this.h, this.hAdjoint, this.x, this.xAdjoint] = [vectors(), vectors(), vectors(), vectors()];
    let end = 0;
    this.starts = this.x.map(({ length }) => {
      end += length;
      return end - length;
    });
    this.innovations = end;
    this.zeros = new Float64Array(end);
    this.scratch = new Float64Array(end);
    this.hyperPosition = reference.position.slice();
    this.hyperGradient = new Float64Array(hyper.size);
    this.constant = 0.5 * logDeterminant(scale, this.dimension) + (p - rows) * halfLog2Pi - coefficients.logJacobian;
  }

  logDensityGradient(position: Float64Array, gradient: Float64Array): number {
    const { dimension, parts, reference, factors, P } = this;
    if (position.length !== dimension || gradient.length !== dimension)
      throw new RangeError(`position and gradient must have length ${dimension}`);
    const { logPrior, logJacobian } = this.read(position);
    const v = this.variance();
    let value = this.constant + logPrior + logJacobian - 0.5 * (reference.rows - this.innovations) * log(v);
    for (let f = 0; f < factors.length; f++) value += 0.5 * reference.sites[f].levels * fillPrecision(factors[f], P[f]);
    const squares = this.solve(v, this.zeros);
    value -= this.logRoots + (0.5 * squares) / v;
    if (!Number.isFinite(value)) return Number.NEGATIVE_INFINITY;
    this.chain(v, squares);
    parts.hyper.chain(this.hyperGradient, { prior: true, jacobian: true });
    const p = parts.coefficients.means.length;
    for (let c = 0; c < dimension; c++) {
      let total = 0;
      for (let r = c; r < dimension; r++) total += reference.scale[r * dimension + c] * this.hyperGradient[p + r];
      gradient[c] = total;
    }
    return value;
  }

  constrain(position: Float64Array, draw: Float64Array, innovations = this.zeros): void {
    const { factors, P, x, scratch, parts, reference } = this;
    this.read(position);
    const v = this.variance();
    for (let f = 0; f < factors.length; f++) fillPrecision(factors[f], P[f]);
    const sigma = Math.sqrt(v);
    for (let k = 0; k < scratch.length; k++) scratch[k] = sigma * innovations[k];
    this.solve(v, scratch);
    const { beta } = parts.hyper.predictors[0];
    const root = x[x.length - 1];
    const first = root.length - beta.length;
    for (let k = 0; k < beta.length; k++) beta[k] = reference.beta[k] + root[first + k];
    let at = parts.writeParameters(draw);
    for (let f = 0; f < factors.length; f++) {
      const b = this.effectsOf(f);
      draw.set(b, at);
      at += b.length;
    }
  }

  private read(position: Float64Array): { logPrior: number; logJacobian: number } {
    const { hyperPosition, reference, dimension, parts } = this;
    const p = parts.coefficients.means.length;
    for (let r = 0; r < dimension; r++) {
      let total = reference.position[p + r];
      for (let c = 0; c <= r; c++) total += reference.scale[r * dimension + c] * position[c];
      hyperPosition[p + r] = total;
    }
    return parts.hyper.read(hyperPosition);
  }

  private variance(): number {
    const sigma = this.reference.sigma ?? this.parts.hyper.scalars[0];
    return sigma * sigma;
  }

  private effectsOf(f: number): Float64Array {
    const { shape, levels, starts } = this.reference.sites[f];
    return this.x[shape].subarray(starts[0], starts[0] + levels * this.factors[f].effects);
  }

  /** Sets x = Q^-1 h + L^-T z for Q = L L' and log |L|; returns y0'y0 - h'x. */
  private solve(v: number, z: Float64Array): number {
    const { reference, factors, P, scaled, h, x, parts } = this;
    for (let f = 0; f < factors.length; f++) fillScaled(reference.sites[f], v, P[f], scaled);
    const root = h.length - 1;
    const { means, precisions } = parts.coefficients;
    const size = reference.shapes[root].effects;
    const first = size - means.length;
    for (let f = 0; f < h.length; f++) h[f].set(reference.information[f]);
    for (let k = 0; k < means.length; k++) {
      scaled[root][(first + k) * (size + 1)] = v * precisions[k];
      h[root][first + k] += v * precisions[k] * (means[k] - reference.beta[k]);
    }
    this.logRoots = this.tree.forward(scaled, h, z, this.starts, x);
    let squares = reference.squares;
    for (let f = 0; f < h.length; f++) for (let k = 0; k < h[f].length; k++) squares -= h[f][k] * x[f][k];
    return squares;
  }

  /** The adjoint of `logDensityGradient` up to the hyperparameters' own scale. */
  private chain(v: number, squares: number): void {
    const { reference, factors, P, PAdjoint, scaledAdjoint, x, parts } = this;
    const { hyper, coefficients } = parts;
    for (const adjoint of scaledAdjoint) adjoint.fill(0);
    for (const adjoint of this.xAdjoint) adjoint.fill(0);
    this.tree.backward(x, this.xAdjoint, this.scratch, this.starts, this.hAdjoint, scaledAdjoint);
    for (const { betaGradient, terms } of hyper.predictors) {
      betaGradient.fill(0);
      for (const term of terms) term.LambdaGradient.fill(0);
    }
    let slope = (this.innovations - reference.rows + squares / v) / (2 * v);
    for (let f = 0; f < factors.length; f++) {
      const adjoint = PAdjoint[f];
      readScaled(reference.sites[f], v, scaledAdjoint, adjoint);
      chainQuadraticForm(P[f], this.effectsOf(f), null, adjoint);
      for (let k = 0; k < adjoint.length; k++) slope += (adjoint[k] * P[f][k]) / v;
      addLambdaGradient(factors[f], P[f], adjoint, 0.5 * reference.sites[f].levels);
    }
    if (hyper.scalars.length === 0) return;
    const root = x[x.length - 1];
    const first = root.length - coefficients.means.length;
    coefficients.precisions.forEach((precision, k) => {
      const step = root[first + k];
      const shift = coefficients.means[k] - reference.beta[k] - 0.5 * step;
      slope += precision * (scaledAdjoint[x.length - 1][(first + k) * (root.length + 1)] + (step * shift) / v);
    });
    hyper.scalarsGradient[0] = 2 * hyper.scalars[0] * slope;
  }
}

/** Writes v P to the places of a factor's levels. */
function fillScaled({ shape, starts }: GaussianSite, v: number, P: Float64Array, scaled: PerFactor): void {
  const q = Math.round(Math.sqrt(P.length));
  const n = Math.round(Math.sqrt(scaled[shape].length));
  for (const start of starts)
    for (let r = 0; r < q; r++)
      for (let c = 0; c < q; c++) scaled[shape][(start + r) * n + start + c] = v * P[r * q + c];
}

/** The adjoint of `fillScaled` in the lower entries of P. */
function readScaled({ shape, starts }: GaussianSite, v: number, scaled: PerFactor, P: Float64Array): void {
  const q = Math.round(Math.sqrt(P.length));
  const n = Math.round(Math.sqrt(scaled[shape].length));
  P.fill(0);
  for (const start of starts)
    for (let r = 0; r < q; r++)
      for (let c = 0; c <= r; c++) P[r * q + c] += v * scaled[shape][(start + r) * n + start + c];
}
