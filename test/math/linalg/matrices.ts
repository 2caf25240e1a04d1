import { expect } from "vitest";

/** Deterministic uniform numbers on (-1, 1) (mulberry32). */
export function uniforms(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}

/** A dense symmetric positive definite matrix, n x n, condition in the tens to thousands. */
export function definiteMatrix(n: number, seed: number): Float64Array {
  const next = uniforms(seed);
  const root = Float64Array.from({ length: n * n }, next);
  const matrix = product(root, transposed(root, n), n);
  for (let i = 0; i < n; i++) matrix[i * n + i] += 0.3;
  return matrix;
}

export function product(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const C = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) C[i * n + j] += A[i * n + k] * B[k * n + j];
  return C;
}

export const transposed = (A: Float64Array, n: number) => A.map((_, k) => A[(k % n) * n + Math.floor(k / n)]);

export const lowerOf = (A: Float64Array, n: number) => A.map((x, k) => (k % n <= Math.floor(k / n) ? x : 0));

export const identity = (n: number) => Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));

/** Every entry within `tolerance` of the largest expected one. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const scale = Array.from(expected).reduce((largest, x) => Math.max(largest, Math.abs(x)), 1);
  let worst = 0;
  for (let k = 0; k < expected.length; k++) {
    const error = Math.abs(actual[k] - expected[k]);
    worst = error <= worst ? worst : error;
  }
  expect(worst / scale).toBeLessThan(tolerance);
}
