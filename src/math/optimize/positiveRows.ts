import { addScaled, dot } from "../linalg/triangularFactor.js";
import { isLong, type Steps } from "../steps.js";

/** Below this share of the lengths of both, a row is orthogonal to a direction. */
const ORTHOGONAL = 1e-9;
/** A residual below this share of the sums it is left of is rounding. */
const ROUNDING = 1e-12;
/** Steps of the active set a dimension. */
const STEPS = 60;

/**
 * Which rows a_i of A (count x m, row-major, each of unit length or zero) some d with A d >= 0 makes positive: as many as any d does,
 * so that the others are zero in all of {d : A d >= 0}. Null if that cannot be decided in `mostOperations` multiplications.
 *
 * By Stiemke's theorem no row can be positive exactly if positive weights make sum w_i a_i = 0. The least squares of that sum over
 * w >= 1 (Lawson & Hanson, 1974, ch. 23) is zero then; else what it leaves is itself such a d, by the conditions of Karush, Kuhn and Tucker.
 * The rows that d makes positive are put aside, and the others searched again: a multiple of d besides makes up for what they cost.
 * There is a pause after each step of a search among many rows.
 */
export function* positiveRows(A: Float64Array, m: number, mostOperations = Infinity): Steps<Uint8Array | null> {
  const count = m === 0 ? 0 : A.length / m;
  const positive = new Uint8Array(count);
  let rest = Array.from({ length: count }, (_, i) => i).filter((i) => !isZero(A, m, i));
  let budget = mostOperations;
  while (rest.length > 0) {
    const search = yield* leastSum(A, m, rest, budget);
    if (search === null) return null;
    const { direction } = search;
    if (direction === null) break;
    budget -= search.operations;
    const left = rest.filter((i) => !(dotRow(A, m, i, direction) > ORTHOGONAL));
    if (left.length === rest.length) return null;
    for (const i of rest) if (dotRow(A, m, i, direction) > ORTHOGONAL) positive[i] = 1;
    rest = left;
  }
  return positive;
}

function isZero(A: Float64Array, m: number, i: number): boolean {
  for (let k = i * m; k < (i + 1) * m; k++) if (A[k] !== 0) return false;
  return true;
}

function dotRow(A: Float64Array, m: number, i: number, vector: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < m; k++) sum += A[i * m + k] * vector[k];
  return sum;
}

/**
 * The least of |sum w_i a_i| over w >= 1, rows of unit length: `direction`, its unit vector, or null where it is zero. Null where the
 * budget does not suffice.
 */
function* leastSum(A: Float64Array, m: number, rows: readonly number[], budget: number): Steps<LeastSum | null> {
  const base = new Float64Array(m);
  for (const i of rows) for (let k = 0; k < m; k++) base[k] += A[i * m + k];
  const active = new ActiveRows(m, base, (i) => A.subarray(i * m, (i + 1) * m));
  const steps = Math.min(STEPS * (m + 1), budget / (rows.length * m));
  for (let step = 0; step < steps; step++) {
    const residual = active.residual();
    const length = Math.sqrt(dot(residual, residual));
    const operations = step * rows.length * m;
    if (length <= ROUNDING * (rows.length + active.total())) return { direction: null, operations };
    const direction = residual.map((value) => value / length);
    let worst = -1;
    let least = -ORTHOGONAL;
    for (const i of rows) {
      const along = dotRow(A, m, i, direction);
      if (along < least && !active.has(i)) [worst, least] = [i, along];
    }
    if (worst < 0) return { direction, operations };
    active.add(worst);
    if (isLong(rows.length)) yield;
  }
  return null;
}

interface LeastSum {
  readonly direction: Float64Array | null;
  readonly operations: number;
}

/** The rows whose weights are above their least, and those weights' excess: Lawson and Hanson's passive set, with its QR factors. */
class ActiveRows {
  private readonly rows: number[] = [];
  private excess: number[] = [];
  private basis: Float64Array[] = [];
  /** Coordinates of each row in the basis up to its own. */
  private triangle: Float64Array[] = [];

  private readonly m: number;
  private readonly base: Float64Array;
  private readonly row: (i: number) => Float64Array;

  constructor(m: number, base: Float64Array, row: (i: number) => Float64Array) {
    this.m = m;
    this.base = base;
    this.row = row;
  }

  has(i: number): boolean {
    return this.rows.includes(i);
  }

  total(): number {
    return this.excess.reduce((sum, value) => sum + value, 0);
  }

  /** base + sum of excess x row: what is orthogonal to all active rows. */
  residual(): Float64Array {
    const residual = this.base.slice();
    for (let pass = 0; pass < 2; pass++)
      for (const direction of this.basis) addScaled(residual, -dot(residual, direction), direction);
    return residual;
  }

  /** Takes a row in, and leaves out those whose excess would be negative. */
  add(i: number): void {
    this.rows.push(i);
    this.excess.push(0);
    this.extend();
    for (;;) {
      const solution = this.solve();
      const blocked = solution.some((value) => !(value > 0));
      if (!blocked) {
        this.excess = solution;
        return;
      }
      const reach = solution.reduce(
        (least, value, k) => (value > 0 ? least : Math.min(least, this.excess[k] / (this.excess[k] - value))),
        1,
      );
      this.excess = this.excess.map((value, k) => value + reach * (solution[k] - value));
      this.drop(solution);
    }
  }

  /** Leaves out the rows that have come to zero, or the one nearest to it. */
  private drop(solution: readonly number[]): void {
    const falling = this.excess.map((value, k) => (solution[k] > 0 ? Infinity : value));
    const least = Math.min(...falling);
    const gone = falling.indexOf(least);
    this.rows.splice(gone, 1);
    this.excess.splice(gone, 1);
    this.basis = this.basis.slice(0, gone);
    this.triangle = this.triangle.slice(0, gone);
    this.extend();
  }

  /** Brings the QR factors up to the rows. */
  private extend(): void {
    for (let k = this.basis.length; k < this.rows.length; k++) {
      const rest = this.row(this.rows[k]).slice();
      const coordinates = new Float64Array(k + 1);
      for (let pass = 0; pass < 2; pass++) {
        this.basis.forEach((direction, b) => {
          const along = dot(rest, direction);
          coordinates[b] += along;
          addScaled(rest, -along, direction);
        });
      }
      const length = Math.sqrt(dot(rest, rest));
      coordinates[k] = length;
      this.basis.push(length > 0 ? rest.map((value) => value / length) : new Float64Array(this.m));
      this.triangle.push(coordinates);
    }
  }

  /** The excesses that make the sum smallest. */
  private solve(): number[] {
    const weights = this.basis.map((direction) => -dot(direction, this.base));
    for (let k = weights.length - 1; k >= 0; k--) {
      weights[k] /= this.triangle[k][k];
      for (let b = 0; b < k; b++) weights[b] -= weights[k] * this.triangle[k][b];
    }
    return weights;
  }
}
