import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeCholeskyCorrelation } from "../../src/transform/choleskyCorrelation.js";

const runs = { seed: 7, numRuns: 100 };
const OFFSET = 3;
const DIFFERENCE_TOLERANCE = 1e-8;

/** q and unconstrained values that stand at OFFSET of a longer position. */
const positions = (reach: number) =>
  fc.integer({ min: 2, max: 5 }).chain((q) => {
    const length = OFFSET + (q * (q - 1)) / 2 + 1;
    const values = fc.array(fc.double({ min: -reach, max: reach, noNaN: true }), {
      minLength: length,
      maxLength: length,
    });
    return fc.record({ q: fc.constant(q), u: values.map((array) => new Float64Array(array)) });
  });

function factor(q: number, u: Float64Array): { L: Float64Array; logJacobian: number } {
  const L = new Float64Array(q * q);
  return { L, logJacobian: makeCholeskyCorrelation(q).constrain(u, OFFSET, L) };
}

/** The derivative of each of f's values in u[k], by central differences with one Richardson step. */
function derivative(f: (u: Float64Array) => Float64Array, u: Float64Array, k: number): Float64Array {
  const shifted = (h: number) => f(u.map((value, i) => (i === k ? value + h : value)));
  const slope = (h: number) => {
    const [above, below] = [shifted(h), shifted(-h)];
    return above.map((value, i) => (value - below[i]) / (2 * h));
  };
  const [coarse, fine] = [slope(2e-3), slope(1e-3)];
  return fine.map((value, i) => (4 * value - coarse[i]) / 3);
}

/** log |det A| by elimination with row pivots. */
function logAbsDeterminant(matrix: readonly Float64Array[]): number {
  const A = matrix.map((row) => row.slice());
  let sum = 0;
  for (let k = 0; k < A.length; k++) {
    const pivot = A.slice(k).reduce((best, row) => (Math.abs(row[k]) > Math.abs(best[k]) ? row : best));
    A.splice(A.indexOf(pivot), 1);
    A.splice(k, 0, pivot);
    sum += Math.log(Math.abs(pivot[k]));
    for (const row of A.slice(k + 1)) {
      const ratio = row[k] / pivot[k];
      row.forEach((_, j) => {
        row[j] -= ratio * pivot[j];
      });
    }
  }
  return sum;
}

function belowDiagonal(q: number, L: Float64Array): Float64Array {
  return L.filter((_, at) => at % q < Math.floor(at / q));
}

describe("the Cholesky factor of a correlation matrix", () => {
  it("has rows of unit length and a positive diagonal, and leaves the upper triangle alone", () => {
    fc.assert(
      fc.property(positions(5), ({ q, u }) => {
        const L = new Float64Array(q * q).fill(99);
        makeCholeskyCorrelation(q).constrain(u, OFFSET, L);
        for (let i = 0; i < q; i++) {
          const row = L.slice(i * q, i * q + i + 1);
          expect(Math.abs(row.reduce((sum, entry) => sum + entry * entry, 0) - 1)).toBeLessThan(1e-14);
          expect(row[i]).toBeGreaterThan(0);
          expect(L.slice(i * q + i + 1, (i + 1) * q).every((entry) => entry === 99)).toBe(true);
        }
      }),
      runs,
    );
  });

  it("takes the values row by row, as partial correlations", () => {
    const z = [0.5, -0.3, 0.8];
    const u = new Float64Array([0, 0, 0, ...z.map(Math.atanh)]);
    const { L } = factor(3, u);
    const expected = [1, 0, 0, 0.5, Math.sqrt(0.75), 0, -0.3, 0.8 * Math.sqrt(0.91), Math.sqrt(0.36 * 0.91)];
    L.forEach((entry, k) => {
      expect(entry).toBeCloseTo(expected[k], 14);
    });
  });

  it("is undone by unconstrain", () => {
    fc.assert(
      fc.property(positions(12), ({ q, u }) => {
        const back = u.map((value, k) => (k < OFFSET ? value : 0));
        makeCholeskyCorrelation(q).unconstrain(factor(q, u).L, back, OFFSET);
        u.slice(0, -1).forEach((value, k) => {
          expect(Math.abs(back[k] - value)).toBeLessThan(1e-12);
        });
      }),
      runs,
    );
  });

  it("has the log Jacobian of a numerical determinant", () => {
    fc.assert(
      fc.property(positions(2), ({ q, u }) => {
        const { size } = makeCholeskyCorrelation(q);
        const entries = (at: Float64Array) => belowDiagonal(q, factor(q, at).L);
        const columns = Array.from({ length: size }, (_, k) => derivative(entries, u, OFFSET + k));
        expect(Math.abs(factor(q, u).logJacobian - logAbsDeterminant(columns))).toBeLessThan(1e-6);
      }),
      runs,
    );
  });

  it("has the adjoints of finite differences, added to what is there", () => {
    fc.assert(
      fc.property(positions(3), fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })), ({ q, u }, weights) => {
        const weight = Float64Array.from({ length: q * q }, () => weights.next().value);
        const { size, adjoint, jacobianAdjoint } = makeCholeskyCorrelation(q);
        const { L } = factor(q, u);
        const gradient = new Float64Array(u.length).fill(2);
        const jacobianGradient = new Float64Array(u.length).fill(2);
        adjoint(L, weight, gradient, OFFSET);
        jacobianAdjoint(L, jacobianGradient, OFFSET);
        const values = (at: Float64Array) => {
          const made = factor(q, at);
          return new Float64Array([made.L.reduce((sum, entry, k) => sum + weight[k] * entry, 0), made.logJacobian]);
        };
        u.forEach((_, k) => {
          const [ofEntries, ofJacobian] = derivative(values, u, k);
          expect(Math.abs(gradient[k] - 2 - ofEntries)).toBeLessThan(DIFFERENCE_TOLERANCE);
          expect(Math.abs(jacobianGradient[k] - 2 - ofJacobian)).toBeLessThan(DIFFERENCE_TOLERANCE);
        });
        expect(size).toBe(u.length - OFFSET - 1);
      }),
      runs,
    );
  });

  it("stays finite and invertible far out", () => {
    for (const [q, reach] of [
      [2, 30],
      [5, 30],
      [20, 30],
      [3, 300],
    ]) {
      const { size, constrain, adjoint, jacobianAdjoint, unconstrain } = makeCholeskyCorrelation(q);
      const u = Float64Array.from({ length: size }, (_, k) => (k % 3 === 0 ? -reach : reach));
      const L = new Float64Array(q * q);
      const gradient = new Float64Array(size);
      expect(Number.isFinite(constrain(u, 0, L))).toBe(true);
      for (let i = 0; i < q; i++) expect(L[i * q + i]).toBeGreaterThan(0);
      adjoint(L, new Float64Array(q * q).fill(1), gradient, 0);
      jacobianAdjoint(L, gradient, 0);
      expect(gradient.every(Number.isFinite)).toBe(true);
      const back = new Float64Array(size);
      unconstrain(L, back, 0);
      u.forEach((value, k) => {
        expect(Math.abs(back[k] / value - 1)).toBeLessThan(1e-13);
      });
    }
  });

  it("is the number one for a single variable", () => {
    const { size, constrain } = makeCholeskyCorrelation(1);
    const L = new Float64Array(1);
    expect([size, constrain(new Float64Array(0), 0, L), L[0]]).toEqual([0, 0, 1]);
  });
});
