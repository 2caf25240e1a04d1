import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { positiveRows } from "../../../src/math/optimize/positiveRows.js";
import { runSync } from "../../../src/math/steps.js";
import { processorTime } from "../../processorTime.js";

/** Rows of unit length, as the search takes them. */
function unitRows(rows: readonly (readonly number[])[]): Float64Array {
  return Float64Array.from(rows.flatMap((row) => row.map((value) => value / (Math.hypot(...row) || 1))));
}

/**
 * Which rows can be positive, by enumeration in exact whole numbers: the extreme rays of {d : A d >= 0} are where m - 1 independent
 * rows meet (the cone has no lines where A has full rank), and what a sum of all extreme rays makes positive is what any d does.
 */
function byEnumeration(rows: readonly (readonly number[])[]): number[] {
  const m = rows[0].length;
  const positive = new Set<number>();
  const choose = (from: number, chosen: number[]): void => {
    if (chosen.length === m - 1) {
      const normal = crossProduct(chosen.map((i) => rows[i]));
      for (const sign of [1, -1]) {
        const along = rows.map((row) => sign * row.reduce((sum, value, k) => sum + value * normal[k], 0));
        if (along.some((value) => value < 0)) continue;
        for (const [i, value] of along.entries()) if (value > 0) positive.add(i);
      }
      return;
    }
    for (let i = from; i < rows.length; i++) choose(i + 1, [...chosen, i]);
  };
  choose(0, []);
  return rows.map((_, i) => (positive.has(i) ? 1 : 0));
}

/** The vector orthogonal to m - 1 vectors in m dimensions: signed minors. */
function crossProduct(vectors: readonly (readonly number[])[]): number[] {
  const m = vectors.length + 1;
  return Array.from(
    { length: m },
    (_, k) => (k % 2 === 0 ? 1 : -1) * determinant(vectors.map((v) => v.filter((__, j) => j !== k))),
  );
}

function determinant(matrix: readonly (readonly number[])[]): number {
  if (matrix.length === 0) return 1;
  return matrix[0].reduce(
    (sum, value, j) =>
      sum + (j % 2 === 0 ? 1 : -1) * value * determinant(matrix.slice(1).map((row) => row.filter((_, c) => c !== j))),
    0,
  );
}

function rank(rows: readonly (readonly number[])[], m: number): number {
  const work = rows.map((row) => [...row]);
  let rank = 0;
  for (let c = 0; c < m; c++) {
    const pivot = work.findIndex((row, i) => i >= rank && Math.abs(row[c]) > 1e-9);
    if (pivot < 0) continue;
    [work[rank], work[pivot]] = [work[pivot], work[rank]];
    for (let i = rank + 1; i < work.length; i++) {
      const ratio = work[i][c] / work[rank][c];
      work[i] = work[i].map((value, j) => value - ratio * work[rank][j]);
    }
    rank++;
  }
  return rank;
}

describe("the rows that a direction can make positive", () => {
  const systems = fc.integer({ min: 1, max: 4 }).chain((m) =>
    fc.array(fc.array(fc.integer({ min: -2, max: 2 }), { minLength: m, maxLength: m }), {
      minLength: m,
      maxLength: 12,
    }),
  );

  it("are those that the extreme rays of the cone do", () => {
    const counts = { none: 0, some: 0, all: 0 };
    fc.assert(
      fc.property(systems, (rows) => {
        const m = rows[0].length;
        fc.pre(rank(rows, m) === m);
        const expected = byEnumeration(rows);
        const size = expected.filter((value) => value === 1).length;
        counts[
          size === 0 ? "none" : size === rows.filter((row) => row.some((value) => value !== 0)).length ? "all" : "some"
        ]++;
        expect(Array.from(runSync(positiveRows(unitRows(rows), m)) ?? [])).toEqual(expected);
      }),
      { numRuns: 3000, seed: 3 },
    );
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(100);
  });

  it("are found at once where no row is", () => {
    const [count, m] = [100_000, 10];
    const A = new Float64Array(count * m);
    let state = 1;
    for (let k = 0; k < A.length; k++) {
      state = (state * 48271) % 2147483647;
      A[k] = state / 2147483647 - 0.45;
    }
    for (let i = 0; i < count; i++) {
      const length = Math.hypot(...A.subarray(i * m, (i + 1) * m));
      for (let k = 0; k < m; k++) A[i * m + k] /= length;
    }
    const start = processorTime();
    expect(runSync(positiveRows(A, m))?.some((value) => value === 1)).toBe(false);
    expect(processorTime() - start).toBeLessThan(6000);
  });

  it("are not told beyond the operations that are allowed", () => {
    expect(runSync(positiveRows(Float64Array.of(1, -1), 1, 0))).toBeNull();
  });
});
