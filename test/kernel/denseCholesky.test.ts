import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DenseCholesky } from "../../src/kernel/denseCholesky.js";
import { cholesky, inverseFromCholesky } from "../../src/math/linalg/cholesky.js";
import { definiteMatrix, expectClose, lowerOf } from "../math/linalg/matrices.js";

const seed = 20260418;
const tolerance = 1e-10;

/** Writes the lower triangle and spoils what must not be read. */
function fill(dense: DenseCholesky, A: Float64Array): void {
  const { matrix, stride, size } = dense;
  matrix.fill(Number.NaN);
  for (let r = 0; r < size; r++) matrix.set(A.subarray(r * size, r * size + r + 1), r * stride);
}

function lowerTriangle(entries: Float64Array, { size, stride }: DenseCholesky): Float64Array {
  const rows = Array.from({ length: size }, (_, r) => [...entries.subarray(r * stride, r * stride + size)]);
  return lowerOf(Float64Array.from(rows.flat()), size);
}

function expectTwin(dense: DenseCholesky, A: Float64Array): void {
  const n = dense.size;
  const L = A.slice();
  cholesky(L, n);
  const inverse = new Float64Array(n * n);
  inverseFromCholesky(L, n, inverse);
  fill(dense, A);
  expect(dense.factor()).toBe(true);
  dense.invert();
  expectClose(lowerTriangle(dense.matrix, dense), lowerOf(L, n), tolerance);
  expectClose(
    lowerTriangle(dense.negativeInverse, dense).map((x) => -x),
    lowerOf(inverse, n),
    tolerance,
  );
}

describe("the dense Cholesky kernel against its plain twin", () => {
  test("any small order, one matrix after another", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.nat(), fc.nat(), (n, first, second) => {
        const dense = new DenseCholesky(n);
        expectTwin(dense, definiteMatrix(n, first));
        expectTwin(dense, definiteMatrix(n, second));
      }),
      { seed, numRuns: 30 },
    );
  });

  // Around the edges of the pieces a product is taken in, and past them.
  for (const n of [63, 64, 65, 95, 97, 128, 193, 280])
    test(`${n} x ${n}`, () => {
      expectTwin(new DenseCholesky(n), definiteMatrix(n, n));
    });

  test("a pivot that is not positive is reported, wherever it stands", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        fc.nat(),
        fc.constantFrom(-1, 0, Number.NaN, Infinity),
        (n, at, bad) => {
          const A = definiteMatrix(n, n);
          A[(at % n) * (n + 1)] = bad;
          const dense = new DenseCholesky(n);
          fill(dense, A);
          expect(dense.factor()).toBe(false);
        },
      ),
      { seed, numRuns: 30 },
    );
  });
});
