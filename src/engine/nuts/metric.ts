import type { Point } from "./point.js";
import { SamplingError } from "./SamplingError.js";

/**
 * A Euclidean metric, through a factor of its inverse mass matrix L L'. The two halves of a leapfrog step stand here because
 * each is one loop over the components.
 */
export interface Metric {
  readonly kind: "diagonal" | "dense";
  /** Length dim if diagonal, else dim x dim. */
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

export class DenseMetric implements Metric {
  readonly kind = "dense";
  readonly inverseMassMatrix: Float64Array;
  /** Lower Cholesky factor, row-major. */
  private readonly factor: Float64Array;

  /** Takes a covariance matrix; throws SamplingError if it is not positive definite. */
  constructor(inverseMassMatrix: Float64Array) {
    this.inverseMassMatrix = inverseMassMatrix;
    this.factor = choleskyFactor(inverseMassMatrix);
  }

  beginStep(from: Point, to: Point, stepSize: number): void {
    const { momentum, position } = to;
    const half = 0.5 * stepSize;
    for (let i = 0; i < momentum.length; i++) momentum[i] = from.momentum[i] + half * from.force[i];
    for (let i = 0; i < position.length; i++) {
      position[i] = from.position[i] + stepSize * dotRow(this.factor, i, momentum);
    }
  }

  endStep(point: Point, stepSize: number): void {
    const { momentum, force } = point;
    multiplyTransposed(this.factor, point.gradient, force);
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

export function unitMetric(kind: Metric["kind"], dimension: number): Metric {
  if (kind === "diagonal") return new DiagonalMetric(new Float64Array(dimension).fill(1));
  const identity = new Float64Array(dimension * dimension);
  for (let i = 0; i < dimension; i++) identity[i * dimension + i] = 1;
  return new DenseMetric(identity);
}

function notPositiveDefinite(): SamplingError {
  return new SamplingError(
    'cannot use a dense metric: the covariance of the warm-up draws is not positive definite; scale covariates of large numbers, lengthen the warm-up, or set metric "diagonal"',
  );
}

/** Row i of L times the vector. */
function dotRow(factor: Float64Array, i: number, vector: Float64Array): number {
  const row = i * vector.length;
  let sum = 0;
  for (let j = 0; j <= i; j++) sum += factor[row + j] * vector[j];
  return sum;
}

/** out = L' vector, row by row of L. */
function multiplyTransposed(factor: Float64Array, vector: Float64Array, out: Float64Array): void {
  out.fill(0);
  for (let i = 0; i < vector.length; i++) {
    const row = i * vector.length;
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
