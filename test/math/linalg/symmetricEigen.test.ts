import fc from "fast-check";
import { expect, it } from "vitest";
import { symmetricEigen } from "../../../src/math/linalg/symmetricEigen.js";
import { dot } from "../../../src/math/linalg/triangularFactor.js";
import { multiply } from "../../../src/math/optimize/definite.js";

/** Of the largest entry. */
const tolerance = 1e-13;

const matrices = fc.integer({ min: 1, max: 6 }).chain((n) =>
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: n * n, maxLength: n * n }).map((entries) => {
    const at = (i: number, j: number) => entries[Math.max(i, j) * n + Math.min(i, j)];
    return { n, matrix: Float64Array.from(entries, (_, k) => at(Math.floor(k / n), k % n)) };
  }),
);

it("finds orthonormal directions that a symmetric matrix only stretches", () => {
  fc.assert(
    fc.property(matrices, ({ n, matrix }) => {
      const { values, vectors } = symmetricEigen(matrix, n);
      const size = Math.max(1, ...matrix.map(Math.abs)) * n;
      vectors.forEach((vector, k) => {
        multiply(matrix, vector).forEach((entry, i) => {
          expect(Math.abs(entry - values[k] * vector[i])).toBeLessThan(tolerance * size);
        });
        vectors.forEach((other, j) => {
          expect(Math.abs(dot(vector, other) - (j === k ? 1 : 0))).toBeLessThan(tolerance * n);
        });
      });
    }),
    { numRuns: 200, seed: 11 },
  );
});
