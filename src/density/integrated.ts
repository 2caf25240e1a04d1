import { EffectsKernel } from "../kernel/map/EffectsKernel.js";
import type { EffectsModel } from "../kernel/map/EffectsModel.js";
import { effectsBytes } from "../kernel/map/effectsLayout.js";
import { predictorMemory } from "../kernel/PredictorMemory.js";
import { logDeterminant } from "../math/linalg/cholesky.js";
import { dot } from "../math/linalg/triangularFactor.js";
import { log } from "../math/special/elementary.js";
import {
  addLambdaGradient,
  chainQuadraticForm,
  type FactorCovariance,
  factorCovariance,
  fillPrecision,
  sumOfSquares,
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
  /** What the log-likelihood adds to that of the rows as they are seen (`ResponseModel.constant`). */
  readonly constant: number;
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
  /** x = Q^-1 h + L^-T z, by factors of the tree, of which the last is its root: P is v P, with the same of each level that stands in the root. */
  private readonly map: EffectsKernel;
  private readonly x: readonly Float64Array[];
  private readonly xAdjoint: readonly Float64Array[];
  /** h of the root. */
  private readonly h: Float64Array;
  private readonly factors: readonly FactorCovariance[];
  /** Per factor of the model, G^-1, d value / d its lower entries, and the lower entries of the sum of bb'. */
  private readonly P: readonly Float64Array[];
  private readonly PAdjoint: readonly Float64Array[];
  private readonly squares: readonly Float64Array[];
  private readonly zeros: Float64Array;
  private readonly hyperPosition: Float64Array;
  private readonly hyperGradient: Float64Array;
  private readonly constant: number;
  /** log |L| of the last x that was solved for. */
  private logRoots = 0;

  constructor(parts: IntegratedParts, reference: GaussianReference) {
    const { data, hyper, quantities, coefficients, constant } = parts;
    const { shapes, scale, rows } = reference;
    const p = coefficients.means.length;
    this.parts = parts;
    this.reference = reference;
    this.quantities = quantities;
    this.dimension = hyper.size - p;
    this.tunable = this.dimension;
    const model = effectsModel(reference);
    const memory = predictorMemory({ columns: 0, factors: shapes }, effectsBytes(model, 0));
    this.map = new EffectsKernel(model, memory);
    this.x = memory.effects;
    this.xAdjoint = memory.effectsGradient;
    this.h = new Float64Array(shapes[shapes.length - 1].effects);
    this.factors = data[0].factors.map((factor) => factorCovariance(factor, hyper));
    const squares = () => this.factors.map(({ effects: q }) => new Float64Array(q * q));
    [this.P, this.PAdjoint, this.squares] = [squares(), squares(), squares()];
    this.innovations = this.map.z.length;
    this.zeros = new Float64Array(this.innovations);
    this.hyperPosition = reference.position.slice();
    this.hyperGradient = new Float64Array(hyper.size);
    this.constant =
      0.5 * logDeterminant(scale, this.dimension) + (p - rows) * halfLog2Pi - coefficients.logJacobian + constant;
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
    const { factors, P, x, parts, reference } = this;
    this.read(position);
    const v = this.variance();
    for (let f = 0; f < factors.length; f++) fillPrecision(factors[f], P[f]);
    this.solve(v, innovations);
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

  /** Sets x = Q^-1 h + L^-T sqrt(v) innovations for Q = L L' and log |L|; returns y0'y0 - h'x. */
  private solve(v: number, innovations: Float64Array): number {
    const { reference, factors, P, map, h, x, parts } = this;
    const { information, beta } = reference;
    for (let f = 0; f < factors.length; f++) fillScaled(reference.sites[f], v, P[f], map.P);
    const root = x.length - 1;
    const { means, precisions } = parts.coefficients;
    const first = h.length - means.length;
    h.set(information[root]);
    for (let k = 0; k < means.length; k++) {
      map.P[root][(first + k) * (h.length + 1)] = v * precisions[k];
      h[first + k] += v * precisions[k] * (means[k] - beta[k]);
    }
    map.setInformation(root, h);
    const sigma = Math.sqrt(v);
    for (let k = 0; k < map.z.length; k++) map.z[k] = sigma * innovations[k];
    this.logRoots = map.place();
    let squares = reference.squares - dot(h, x[root]);
    for (let f = 0; f < root; f++) squares -= dot(information[f], x[f]);
    return squares;
  }

  /** The adjoint of `logDensityGradient` up to the hyperparameters' own scale. */
  private chain(v: number, squares: number): void {
    const { reference, factors, P, PAdjoint, map, x, parts } = this;
    const { hyper, coefficients } = parts;
    for (const adjoint of this.xAdjoint) adjoint.fill(0);
    map.chain();
    for (const { betaGradient, terms } of hyper.predictors) {
      betaGradient.fill(0);
      for (const term of terms) term.LambdaGradient.fill(0);
    }
    let slope = (this.innovations - reference.rows + squares / v) / (2 * v);
    for (let f = 0; f < factors.length; f++) {
      const adjoint = PAdjoint[f];
      readScaled(reference.sites[f], v, map.PAdjoint, adjoint);
      sumOfSquares(this.effectsOf(f), factors[f].effects, this.squares[f]);
      chainQuadraticForm(factors[f], this.squares[f], adjoint);
      for (let k = 0; k < adjoint.length; k++) slope += (adjoint[k] * P[f][k]) / v;
      addLambdaGradient(factors[f], P[f], adjoint, 0.5 * reference.sites[f].levels);
    }
    if (hyper.scalars.length === 0) return;
    const root = x[x.length - 1];
    const first = root.length - coefficients.means.length;
    coefficients.precisions.forEach((precision, k) => {
      const step = root[first + k];
      const shift = coefficients.means[k] - reference.beta[k] - 0.5 * step;
      slope += precision * (map.PAdjoint[x.length - 1][(first + k) * (root.length + 1)] + (step * shift) / v);
    });
    hyper.scalarsGradient[0] = 2 * hyper.scalars[0] * slope;
  }
}

/** The tree with its root, as a model of effects whose information is given. */
function effectsModel({ shapes, information, tree }: GaussianReference): EffectsModel {
  const none = new Float64Array(0);
  const factors = shapes.map((shape, f) => ({ ...shape, mode: none, r: information[f], A: none, couplings: [] }));
  return { factors, stages: [tree] };
}

/** Writes v P to the places of a factor's levels. */
function fillScaled(
  { shape, starts }: GaussianSite,
  v: number,
  P: Float64Array,
  scaled: readonly Float64Array[],
): void {
  const q = Math.round(Math.sqrt(P.length));
  const n = Math.round(Math.sqrt(scaled[shape].length));
  for (const start of starts)
    for (let r = 0; r < q; r++)
      for (let c = 0; c < q; c++) scaled[shape][(start + r) * n + start + c] = v * P[r * q + c];
}

/** The adjoint of `fillScaled` in the lower entries of P. */
function readScaled(
  { shape, starts }: GaussianSite,
  v: number,
  scaled: readonly Float64Array[],
  P: Float64Array,
): void {
  const q = Math.round(Math.sqrt(P.length));
  const n = Math.round(Math.sqrt(scaled[shape].length));
  P.fill(0);
  for (const start of starts)
    for (let r = 0; r < q; r++)
      for (let c = 0; c <= r; c++) P[r * q + c] += v * scaled[shape][(start + r) * n + start + c];
}
