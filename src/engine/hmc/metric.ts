import type { Point } from "./point.js";
import { SamplingError } from "./SamplingError.js";

/**
 * A Euclidean metric, through a factor of its inverse mass matrix L L'. The two halves of a leapfrog step stand here because
 * each is one loop over the components.
 */
export interface Metric {
  readonly kind: "diagonal" | "dense";
  /** Length dim if diagonal, else n x n with n = dim or the number of leading coordinates that are not in the unit metric. */
  readonly inverseMassMatrix: Float64Array;
  /** to.momentum = from.momentum + stepSize / 2 from.force; to.position = from.position + stepSize L to.momentum */
  beginStep(from: Point, to: Point, stepSize: number): void;
  /** force = L' gradient; momentum += stepSize / 2 force; and the kinetic energy. */
  endStep(point: Point, stepSize: number): void;
}

export class DiagonalMetric implements Metric {
  readonly kind = "diagonal";
  readonly inverseMassMatrix: Float64Array;
  private readonly scales: Float64Array;

  /** Takes variances. */
  constructor(inverseMassMatrix: Float64Array) {
    this.inverseMassMatrix = inverseMassMatrix;
    this.scales = inverseMassMatrix.map(Math.sqrt);
  }

  beginStep(from: Point, to: Point, stepSize: number): void {
    const { scales } = this;
    const { momentum, position } = to;
    const { force, momentum: fromMomentum, position: fromPosition } = from;
    const half = 0.5 * stepSize;
    for (let i = 0; i < scales.length; i++) {
      const moved = fromMomentum[i] + half * force[i];
      momentum[i] = moved;
      position[i] = fromPosition[i] + stepSize * scales[i] * moved;
    }
  }

  endStep(point: Point, stepSize: number): void {
    const { scales } = this;
    const { momentum, gradient, force } = point;
    const half = 0.5 * stepSize;
    let squares = 0;
    for (let i = 0; i < scales.length; i++) {
      const pull = scales[i] * gradient[i];
      const moved = momentum[i] + half * pull;
      force[i] = pull;
      momentum[i] = moved;
      squares += moved * moved;
    }
    point.kineticEnergy = 0.5 * squares;
  }
}

/**
 * Dense in the leading n coordinates. The rest, if any, are nearly N(0, I) by construction: their part |z|^2 / 2 of the potential energy is
 * moved by a rotation of (z, momentum), which has no error, and the momentum by the gradient of what is left (the splitting of Shahbaba et al.
 * 2014), so that any number of them costs no accuracy where they are normal. The leading ones are spared it: where their tails are heavier
 * than normal, large steps of a rotation err more than leapfrog's. The angle is that of the implicit midpoint rule, 2 atan(stepSize / 2), for
 * it needs no sines.
 */
export class DenseMetric implements Metric {
  readonly kind = "dense";
  readonly inverseMassMatrix: Float64Array;
  /** Lower Cholesky factor, row-major, n x n. */
  private readonly factor: Float64Array;
  private readonly size: number;

  /** Takes the covariance matrix of the leading coordinates, or of all; throws SamplingError if it is not positive definite. */
  constructor(inverseMassMatrix: Float64Array) {
    this.inverseMassMatrix = inverseMassMatrix;
    this.factor = choleskyFactor(inverseMassMatrix);
    this.size = Math.round(Math.sqrt(inverseMassMatrix.length));
  }

  beginStep(from: Point, to: Point, stepSize: number): void {
    const { size, factor } = this;
    const { momentum, position } = to;
    const { force, momentum: fromMomentum, position: fromPosition } = from;
    const half = 0.5 * stepSize;
    for (let i = 0; i < size; i++) momentum[i] = fromMomentum[i] + half * force[i];
    for (let i = 0; i < size; i++) position[i] = fromPosition[i] + stepSize * dotRow(factor, i, momentum, size);
    const cosine = (1 - half * half) / (1 + half * half);
    const sine = stepSize / (1 + half * half);
    for (let i = size; i < momentum.length; i++) {
      const moved = fromMomentum[i] + half * force[i];
      momentum[i] = cosine * moved - sine * fromPosition[i];
      position[i] = cosine * fromPosition[i] + sine * moved;
    }
  }

  endStep(point: Point, stepSize: number): void {
    const { size, factor } = this;
    const { position, momentum, gradient, force } = point;
    multiplyTransposed(factor, gradient, size, force);
    for (let i = size; i < force.length; i++) force[i] = gradient[i] + position[i];
    const half = 0.5 * stepSize;
    let squares = 0;
    for (let i = 0; i < momentum.length; i++) {
      const moved = momentum[i] + half * force[i];
      momentum[i] = moved;
      squares += moved * moved;
    }
    point.kineticEnergy = 0.5 * squares;
  }
}

export function unitMetric(kind: "diagonal" | "dense", dimension: number): Metric {
  if (kind === "diagonal") return new DiagonalMetric(new Float64Array(dimension).fill(1));
  return new DenseMetric(identity(dimension));
}

export function identity(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  return matrix;
}

function notPositiveDefinite(): SamplingError {
  return new SamplingError(
    'cannot use a dense metric: the covariance of the warm-up draws is not positive definite; scale covariates of large numbers, lengthen the warm-up, or set metric "diagonal"',
  );
}

/** Row i of L, n x n, times the leading entries of the vector. */
function dotRow(factor: Float64Array, i: number, vector: Float64Array, n: number): number {
  const row = i * n;
  let sum = 0;
  for (let j = 0; j <= i; j++) sum += factor[row + j] * vector[j];
  return sum;
}

/** out = L' vector in their n leading entries, row by row of L. */
function multiplyTransposed(factor: Float64Array, vector: Float64Array, n: number, out: Float64Array): void {
  out.fill(0, 0, n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const weight = vector[i];
    for (let j = 0; j <= i; j++) out[j] += factor[row + j] * weight;
  }
}

function choleskyFactor(matrix: Float64Array): Float64Array {
  const n = Math.round(Math.sqrt(matrix.length));
  const factor = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * n + j];
      for (let k = 0; k < j; k++) rest -= factor[i * n + k] * factor[j * n + k];
      if (i === j && !(rest > 0)) throw notPositiveDefinite();
      factor[i * n + j] = i === j ? Math.sqrt(rest) : rest / factor[j * n + j];
    }
  }
  return factor;
}
