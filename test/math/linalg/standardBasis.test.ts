import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lowerFactor, lowerFactorAdjoint } from "../../../src/math/linalg/lowerFactor.js";
import { matrixProduct } from "../../../src/math/linalg/smallMatrices.js";
import { standardBasis } from "../../../src/math/linalg/standardBasis.js";

const rows = 40;
const seeds = fc.integer({ min: 1, max: 1e6 });
const numbers = (seed: number, length: number) =>
  Float64Array.from({ length }, (_, i) => Math.sin(seed + 1.3 * (i + 1) ** 2));
/** A column of ones, two covariates and their product. */
function columnsOf(seed: number, change: (x: number) => number): Float64Array {
  const [x, z] = [numbers(seed, rows).map(change), numbers(seed + 1, rows).map((value) => (value > 0 ? 1 : 0))];
  return Float64Array.from([...x.map(() => 1), ...x, ...z, ...x.map((value, i) => value * z[i])]);
}
const worst = (a: Float64Array, b: Float64Array) => a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);

describe("the standard basis", () => {
  it("is orthogonal with mean squares 1, and gives the columns back", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const matrix = columnsOf(seed, (x) => 3 * x + 2);
        const { basis, toColumns } = standardBasis(matrix, 4, 0);
        for (let a = 0; a < 4; a++)
          for (let b = 0; b <= a; b++) {
            const products = basis.subarray(a * rows, (a + 1) * rows).map((value, i) => value * basis[b * rows + i]);
            expect(products.reduce((sum, value) => sum + value, 0) / rows).toBeCloseTo(a === b ? 1 : 0, 13);
          }
        // basis = matrix R^-1.
        for (let k = 0; k < 4; k++)
          for (let i = 0; i < rows; i++) {
            const value = [0, 1, 2, 3].reduce((sum, j) => sum + matrix[j * rows + i] * toColumns[j * 4 + k], 0);
            expect(value).toBeCloseTo(basis[k * rows + i], 11);
          }
      }),
    );
  });

  it("knows neither origin nor unit of a covariate beside a constant, its products with others included", () => {
    const { basis } = standardBasis(
      columnsOf(7, (x) => x),
      4,
      0,
    );
    for (const [shift, scale] of [
      [2005, 1],
      [2457024.5, 1],
      [0, 1e9],
      [0, 1e-9],
      [1e6, 1e-3],
    ]) {
      const moved = standardBasis(
        columnsOf(7, (x) => scale * x + shift),
        4,
        0,
      );
      // The numbers themselves lose as many digits as the shift is larger than their spread.
      expect(worst(moved.basis, basis)).toBeLessThan(1e-13 + (1e-14 * shift) / scale);
    }
  });

  it("only scales where there is no constant column, and a column that depends on others", () => {
    const x = numbers(3, rows);
    const alone = standardBasis(
      x.map((value) => value + 5),
      1,
      -1,
    );
    expect(alone.basis[1] / alone.basis[0]).toBeCloseTo((x[1] + 5) / (x[0] + 5), 13);
    const twice = standardBasis(Float64Array.from([...x, ...x.map((value) => 2 * value)]), 2, -1);
    expect(worst(twice.basis.subarray(0, rows), twice.basis.subarray(rows))).toBeLessThan(1e-14);
    expect(twice.toColumns[1]).toBeCloseTo(0, 15);
  });

  it("leaves a column of zeros", () => {
    expect([...standardBasis(new Float64Array(6), 2, -1).basis]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe("the lower factor", () => {
  it("is triangular with a diagonal that is not negative, and L Q = A with Q orthogonal", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, n) => {
        const A = numbers(seed, n * n);
        const { L, Q } = lowerFactor(A, n);
        expect(worst(matrixProduct(L, Q, n), A)).toBeLessThan(1e-13);
        const transposed = Q.map((_, at) => Q[(at % n) * n + Math.floor(at / n)]);
        const identity = A.map((_, at) => (at % (n + 1) === 0 ? 1 : 0));
        expect(worst(matrixProduct(Q, transposed, n), identity)).toBeLessThan(1e-13);
        L.forEach((entry, at) => {
          if (at % n > Math.floor(at / n)) expect(entry === 0).toBe(true);
          if (at % (n + 1) === 0) expect(entry).toBeGreaterThanOrEqual(0);
        });
      }),
    );
  });

  it("keeps a row of zeros", () => {
    const { L } = lowerFactor(Float64Array.of(1, 2, 3, 0, 0, 0, 4, 5, 6), 3);
    expect(L.subarray(3, 6).every((entry) => entry === 0)).toBe(true);
  });

  it("has the adjoint that differences have", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 4 }), (seed, n) => {
        const A = numbers(seed, n * n).map((value, at) => value + (at % (n + 1) === 0 ? 2 : 0));
        const weights = numbers(seed + 9, n * n).map((value, at) => (at % n <= Math.floor(at / n) ? value : 0));
        const value = (matrix: Float64Array) =>
          lowerFactor(matrix, n).L.reduce((sum, entry, at) => sum + entry * weights[at], 0);
        const adjoint = lowerFactorAdjoint(lowerFactor(A, n), n, weights);
        const moved = (at: number, by: number) => A.map((entry, k) => (k === at ? entry + by : entry));
        const differences = A.map((_, at) => (value(moved(at, 1e-6)) - value(moved(at, -1e-6))) / 2e-6);
        expect(worst(adjoint, differences)).toBeLessThan(1e-7);
      }),
    );
  });
});
