import { instantiate, type KernelExports } from "./instantiate.js";

/** The kernel's order is a multiple of this; rows beyond the matrix are those of the identity. */
const UNIT = 8;
/** Where the first matrix starts, so that every row starts on a cache line. */
const START = 64;

/**
 * The Cholesky factor, and the inverse, of one dense symmetric matrix after another, by the SIMD kernel of `assembly/denseCholesky.ts`.
 * Entry (row, column), row >= column, of either stands at row * stride + column.
 */
export class DenseCholesky {
  readonly size: number;
  readonly stride: number;
  /** The lower triangle of A, and after `factor` of L, A = L L'; what stands above it means nothing. */
  readonly matrix: Float64Array;
  /** The lower triangle of -A^-1 after `invert`. */
  readonly negativeInverse: Float64Array;
  private readonly exports: KernelExports;

  /** Throws RangeError where three such matrices are over 4 GiB. */
  constructor(size: number) {
    const order = Math.max(1, Math.ceil(size / UNIT)) * UNIT;
    this.size = size;
    // An odd number of cache lines, so that a column's entries are spread over the sets of a cache.
    this.stride = order % (2 * UNIT) === 0 ? order + UNIT : order;
    const length = order * this.stride;
    const { exports, buffer } = instantiate(START + 3 * 8 * length);
    this.exports = exports;
    this.matrix = new Float64Array(buffer, START, length);
    this.negativeInverse = new Float64Array(buffer, START + 8 * length, length);
  }

  /** False, with the matrix spoilt, if it is not positive definite. */
  factor(): boolean {
    const { matrix, stride, size } = this;
    const order = matrix.length / stride;
    for (let i = size; i < order; i++) {
      matrix.fill(0, i * stride, i * stride + i);
      matrix[i * stride + i] = 1;
    }
    return this.exports.denseCholesky(matrix.byteOffset, 8 * stride, order) !== 0;
  }

  /** Leaves L as it is. */
  invert(): void {
    const { matrix, negativeInverse, stride } = this;
    const scratch = negativeInverse.byteOffset + negativeInverse.byteLength;
    const order = matrix.length / stride;
    this.exports.denseInverse(negativeInverse.byteOffset, scratch, matrix.byteOffset, 8 * stride, order);
  }
}
