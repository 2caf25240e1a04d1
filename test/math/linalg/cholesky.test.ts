import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cholesky,
  choleskyAdjoint,
  inverseFromCholesky,
  logDeterminant,
  partialCholesky,
  solveLower,
  solveLowerTransposed,
} from "../../../src/math/linalg/cholesky.js";
import { definiteMatrix, expectClose, identity, lowerOf, product, transposed, uniforms } from "./matrices.js";

const seed = 20260403;
const tolerance = 1e-10;
const differenceTolerance = 1e-7;

const cases = fc.record({ n: fc.integer({ min: 1, max: 6 }), seed: fc.nat(), at: fc.integer({ min: 0, max: 3 }) });

describe("small Cholesky factors", () => {
  test("L L' = A, wherever the matrix starts, and nothing else is touched", () => {
    fc.assert(
      fc.property(cases, ({ n, seed: start, at }) => {
        const A = definiteMatrix(n, start);
        const buffer = new Float64Array(n * n + 2 * at).fill(7);
        buffer.set(A, at);
        expect(cholesky(buffer, n, at)).toBe(true);
        const L = lowerOf(buffer.slice(at, at + n * n), n);
        expectClose(product(L, transposed(L, n), n), A, tolerance);
        expect([...buffer.subarray(0, at), ...buffer.subarray(at + n * n)].every((x) => x === 7)).toBe(true);
        for (let r = 0; r < n; r++) for (let c = r + 1; c < n; c++) expect(buffer[at + r * n + c]).toBe(A[r * n + c]);
      }),
      { seed, numRuns: 60 },
    );
  });

  test("solves, inverse and determinant agree with one another", () => {
    fc.assert(
      fc.property(cases, ({ n, seed: start, at }) => {
        const A = definiteMatrix(n, start);
        const L = new Float64Array(n * n + at);
        L.set(A, at);
        cholesky(L, n, at);
        const inverse = new Float64Array(n * n + at);
        inverseFromCholesky(L, n, inverse, at);
        expectClose(product(A, inverse.slice(at), n), identity(n), tolerance);
        const stride = 2;
        const x = Float64Array.from({ length: 1 + n * stride }, uniforms(start + 1));
        const b = Float64Array.from({ length: n }, (_, r) =>
          A.subarray(r * n, (r + 1) * n).reduce((total, a, c) => total + a * x[1 + c * stride], 0),
        );
        const solved = x.slice();
        b.forEach((value, r) => {
          solved[1 + r * stride] = value;
        });
        solveLower(L, n, solved, at, 1, stride);
        solveLowerTransposed(L, n, solved, at, 1, stride);
        expectClose(solved, x, tolerance);
        expect(logDeterminant(L, n, at)).toBeCloseTo(Math.log(determinant(A, n)), 9);
      }),
      { seed, numRuns: 60 },
    );
  });

  test("a partial factor goes on to the whole one, by way of the Schur complement", () => {
    fc.assert(
      fc.property(cases, fc.nat({ max: 6 }), ({ n, seed: start, at }, first) => {
        const columns = Math.min(first, n);
        const A = definiteMatrix(n, start);
        const buffer = new Float64Array(n * n + at);
        buffer.set(A, at);
        expect(partialCholesky(buffer, n, columns, at)).toBe(true);
        const rest = n - columns;
        const schur = Float64Array.from({ length: rest * rest }, (_, k) => {
          const [r, c] = [columns + Math.floor(k / rest), columns + (k % rest)];
          return buffer[at + r * n + c];
        });
        if (rest > 0) expect(cholesky(schur, rest)).toBe(true);
        const L = lowerOf(buffer.slice(at), n).map((x, k) => {
          const [r, c] = [Math.floor(k / n) - columns, (k % n) - columns];
          return c < 0 ? x : c <= r ? schur[r * rest + c] : 0;
        });
        expectClose(product(L, transposed(L, n), n), A, tolerance);
      }),
      { seed, numRuns: 60 },
    );
    expect(partialCholesky(Float64Array.of(1, 0, 2, 1), 2, 1)).toBe(true);
    expect(partialCholesky(Float64Array.of(1, 0, 2, 1), 2, 2)).toBe(false);
    expect(partialCholesky(Float64Array.of(Infinity), 1, 1)).toBe(false);
  });

  test("what is not positive definite, or not finite, is reported", () => {
    expect(cholesky(Float64Array.of(1, 2, 2, 1), 2)).toBe(false);
    expect(cholesky(Float64Array.of(1, 1, 1, 1), 2)).toBe(false);
    expect(cholesky(Float64Array.of(0), 1)).toBe(false);
    expect(cholesky(Float64Array.of(Number.NaN), 1)).toBe(false);
    expect(cholesky(Float64Array.of(Infinity), 1)).toBe(false);
    expect(cholesky(Float64Array.of(1, 0, Number.NaN, 1), 2)).toBe(false);
  });

  test("the adjoint is the derivative of a functional of L", () => {
    fc.assert(
      fc.property(cases, ({ n, seed: start }) => {
        const A = definiteMatrix(n, start);
        const weights = lowerOf(Float64Array.from({ length: n * n }, uniforms(start + 2)), n);
        const functional = (matrix: Float64Array) => {
          const L = matrix.slice();
          cholesky(L, n);
          return weights.reduce((total, w, k) => total + w * L[k], 0);
        };
        const L = A.slice();
        cholesky(L, n);
        const adjoint = weights.slice();
        choleskyAdjoint(L, n, adjoint);
        const numerical = new Float64Array(n * n);
        for (let r = 0; r < n; r++)
          for (let c = 0; c <= r; c++) {
            const slope = centralDifference((h) => {
              const moved = A.slice();
              moved[r * n + c] += h;
              if (r !== c) moved[c * n + r] += h;
              return functional(moved);
            });
            numerical[r * n + c] = r === c ? slope : slope / 2;
            numerical[c * n + r] = numerical[r * n + c];
          }
        expectClose(adjoint, numerical, differenceTolerance);
      }),
      { seed, numRuns: 40 },
    );
  });
});

const centralDifference = (f: (h: number) => number, h = 1e-3) =>
  (4 * ((f(h / 2) - f(-h / 2)) / h) - (f(h) - f(-h)) / (2 * h)) / 3;

/** By elimination without pivoting. */
function determinant(A: Float64Array, n: number): number {
  const rest = A.slice();
  let value = 1;
  for (let k = 0; k < n; k++) {
    value *= rest[k * n + k];
    for (let i = k + 1; i < n; i++) {
      const factor = rest[i * n + k] / rest[k * n + k];
      for (let j = k; j < n; j++) rest[i * n + j] -= factor * rest[k * n + j];
    }
  }
  return value;
}
