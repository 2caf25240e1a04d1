import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dependentColumns } from "../../../src/math/linalg/dependentColumns.js";
import { orthonormalPolynomials, polynomialsAt } from "../../../src/math/linalg/orthonormalPolynomials.js";
import { dot, triangularFactor } from "../../../src/math/linalg/triangularFactor.js";

const seed = 20260402;
const tolerance = 1e-10;

/** n x p with entries in [-1, 1], column-major. */
const matrixOf = fc
  .record({
    rows: fc.constantFrom(1, 2, 7, 511, 512, 513, 1100),
    columns: fc.integer({ min: 1, max: 5 }),
    start: fc.nat(),
  })
  .map(({ rows, columns, start }) => ({
    rows,
    columns: Array.from({ length: columns }, (_, j) =>
      Float64Array.from({ length: rows }, (__, i) => Math.sin(start + (i + 1) * (j + 1.7) ** 2)),
    ),
  }));

function factorOf(columns: readonly Float64Array[], rows: number): Float64Array {
  return triangularFactor(rows, columns.length, (start, count, block, stride) => {
    columns.forEach((column, j) => {
      block.set(column.subarray(start, start + count), j * stride);
    });
  });
}

const length = (vector: Float64Array) => Math.sqrt(dot(vector, vector));

describe("the triangular factor", () => {
  test("R'R = X'X, and R is upper triangular", () => {
    fc.assert(
      fc.property(matrixOf, ({ rows, columns }) => {
        const p = columns.length;
        const R = factorOf(columns, rows);
        for (let j = 0; j < p; j++) {
          for (let k = 0; k < p; k++) {
            const product = dot(R.subarray(j * p, (j + 1) * p), R.subarray(k * p, (k + 1) * p));
            expect(Math.abs(product - dot(columns[j], columns[k]))).toBeLessThan(tolerance * rows);
            if (k > j) expect(R[j * p + k]).toBe(0);
          }
        }
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe("dependent columns", () => {
  test("a combination of earlier columns is found and the others are kept", () => {
    fc.assert(
      fc.property(matrixOf, ({ rows, columns }) => {
        fc.pre(rows > columns.length);
        const sum = columns[0].map((_, i) => columns.reduce((total, column, j) => total + (j + 1) * column[i], 0));
        const all = [...columns, sum];
        expect(dependentColumns(factorOf(all, rows), Float64Array.from(all, length), 1e-7)).toEqual([columns.length]);
      }),
      { seed, numRuns: 100 },
    );
  });

  test.each([
    [1e-6, []],
    [1e-8, [1]],
  ])("a part of %d of a column is new: dependent %j", (part, dependent) => {
    const x = Float64Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const near = x.map((value, i) => value + part * (i % 4 < 2 ? 1 : -1));
    const after = x.map((_, i) => (i % 4 < 2 ? 1 : -1) + (i % 8 < 4 ? 1 : -1));
    const all = [x, near, after];
    expect(dependentColumns(factorOf(all, 1000), Float64Array.from(all, length), 1e-7)).toEqual(dependent);
  });

  test("more columns than rows", () => {
    const columns = [Float64Array.of(1, 0), Float64Array.of(1, 1), Float64Array.of(0, 2)];
    expect(dependentColumns(factorOf(columns, 2), Float64Array.from(columns, length), 1e-7)).toEqual([2]);
  });
});

describe("orthonormal polynomials", () => {
  test("they are orthonormal, orthogonal to 1, and of rising leading sign", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 8, maxLength: 60 }),
        fc.constantFrom(1e-150, 1, 1e150),
        (points, unit) => {
          const x = Float64Array.from(points, (point) => point * unit);
          const recurrence = orthonormalPolynomials(x, 4);
          const columns = recurrence === null ? [] : polynomialsAt(recurrence, x);
          expect(columns.length).toBe(4);
          const largest = points.indexOf(Math.max(...points));
          columns.forEach((column, j) => {
            expect(Math.abs(column.reduce((sum, value) => sum + value, 0))).toBeLessThan(tolerance);
            columns.forEach((other, k) => {
              expect(Math.abs(dot(column, other) - (j === k ? 1 : 0))).toBeLessThan(tolerance);
            });
            // Beyond its roots, which lie within the points, a polynomial has its leading coefficient's sign.
            expect(column[largest]).toBeGreaterThan(0);
          });
        },
      ),
      { seed, numRuns: 100 },
    );
  });
});
