import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cholesky, inverseFromCholesky, logDeterminant } from "../../../src/math/linalg/cholesky.js";
import { type Graph, minimumDegree } from "../../../src/math/linalg/minimumDegree.js";
import {
  eliminationTree,
  factorOperations,
  SparseCholesky,
  type SymmetricPattern,
} from "../../../src/math/linalg/sparseCholesky.js";
import { expectClose, uniforms } from "./matrices.js";

const seed = 20260404;
const tolerance = 1e-10;

type Edge = readonly [number, number];

/** Random edges among n nodes, each once. */
function randomEdges(n: number, count: number, start: number): Edge[] {
  const next = uniforms(start);
  const node = () => Math.floor(((next() + 1) / 2) * n);
  const edges = new Map<number, Edge>();
  for (let e = 0; e < count; e++) {
    const [a, b] = [node(), node()];
    if (a !== b) edges.set(Math.min(a, b) * n + Math.max(a, b), [Math.min(a, b), Math.max(a, b)]);
  }
  return [...edges.values()];
}

function graphOf(n: number, edges: readonly Edge[]): Graph {
  const lists: number[][] = Array.from({ length: n }, () => []);
  for (const [a, b] of edges) {
    lists[a].push(b);
    lists[b].push(a);
  }
  const start = new Int32Array(n + 1);
  lists.forEach((list, i) => {
    start[i + 1] = start[i] + list.length;
  });
  return { start, neighbours: Int32Array.from(lists.flat()) };
}

function patternOf(n: number, edges: readonly Edge[], order: ArrayLike<number>): SymmetricPattern {
  const place = new Int32Array(n);
  for (let k = 0; k < n; k++) place[order[k]] = k;
  const columns: number[][] = Array.from({ length: n }, (_, k) => [k]);
  for (const [a, b] of edges) columns[Math.max(place[a], place[b])].push(Math.min(place[a], place[b]));
  const start = new Int32Array(n + 1);
  columns.forEach((column, k) => {
    start[k + 1] = start[k] + column.length;
  });
  return { size: n, start, rows: Int32Array.from(columns.flat()) };
}

/** Values for a pattern that make it diagonally dominant, and the same matrix dense. */
function valuesFor({ size: n, start, rows }: SymmetricPattern, from: number) {
  const next = uniforms(from);
  const dense = new Float64Array(n * n);
  for (let k = 0; k < n; k++)
    for (let p = start[k]; p < start[k + 1]; p++)
      if (rows[p] !== k) dense[rows[p] * n + k] = dense[k * n + rows[p]] = next();
  for (let k = 0; k < n; k++)
    dense[k * n + k] = 0.2 + dense.subarray(k * n, (k + 1) * n).reduce((total, x) => total + Math.abs(x), 0);
  const values = new Float64Array(rows.length);
  for (let k = 0; k < n; k++) for (let p = start[k]; p < start[k + 1]; p++) values[p] = dense[rows[p] * n + k];
  return { values, dense };
}

const problems = fc.record({
  n: fc.integer({ min: 1, max: 30 }),
  density: fc.double({ min: 0, max: 2.5, noNaN: true }),
  start: fc.nat(),
});

describe("sparse Cholesky", () => {
  test("determinant, solve and selected inverse are those of the dense matrix; the symbolic phase serves twice", () => {
    fc.assert(
      fc.property(problems, ({ n, density, start }) => {
        const edges = randomEdges(n, Math.round(n * density), start);
        const order = minimumDegree(graphOf(n, edges), new Int32Array(n).fill(1));
        const pattern = patternOf(n, edges, order);
        const sparse = new SparseCholesky(pattern);
        for (const from of [start, start + 1]) {
          const { values, dense } = valuesFor(pattern, from);
          expect(sparse.factor(values)).toBe(true);
          const L = dense.slice();
          cholesky(L, n);
          expect(sparse.logDeterminant()).toBeCloseTo(logDeterminant(L, n), 9);
          const x = Float64Array.from({ length: n }, uniforms(from));
          const b = x.map((_, r) => x.reduce((total, value, c) => total + dense[r * n + c] * value, 0));
          sparse.solve(b);
          expectClose(b, x, tolerance);
          const expected = new Float64Array(n * n);
          inverseFromCholesky(L, n, expected);
          const inverse = new Float64Array(sparse.values.length);
          sparse.selectedInverse(inverse);
          for (let k = 0; k < n; k++)
            for (let p = pattern.start[k]; p < pattern.start[k + 1]; p++)
              expect(inverse[sparse.indexOf(k, pattern.rows[p])]).toBeCloseTo(expected[k * n + pattern.rows[p]], 9);
        }
      }),
      { seed, numRuns: 80 },
    );
  });

  test("reports what is not positive definite, and factors again after it", () => {
    const pattern = patternOf(
      3,
      [
        [0, 1],
        [1, 2],
      ],
      [0, 1, 2],
    ); // prettier-ignore
    const sparse = new SparseCholesky(pattern);
    const entries = (diagonal: number) => Float64Array.of(1, 1, 0.5, diagonal, 0.5);
    const columns = patternOf(
      3,
      [
        [0, 1],
        [1, 2],
      ],
      [0, 1, 2],
    ).rows;
    expect([...columns]).toEqual([0, 1, 0, 2, 1]);
    expect(sparse.factor(entries(0.1))).toBe(false);
    expect(sparse.factor(entries(Number.NaN))).toBe(false);
    expect(sparse.factor(entries(2))).toBe(true);
    expect(sparse.logDeterminant()).toBeCloseTo(Math.log(1 * (1 * 2 - 0.25) - 0.25 * 2), 12);
    expect(() => sparse.indexOf(2, 0)).toThrow(RangeError);
  });

  test("the elimination tree of an arrow is a path or a star, by its order", () => {
    const spokes: Edge[] = [1, 2, 3].map((k) => [0, k]);
    expect([...eliminationTree(patternOf(4, spokes, [0, 1, 2, 3]))]).toEqual([1, 2, 3, -1]);
    expect([...eliminationTree(patternOf(4, spokes, [1, 2, 3, 0]))]).toEqual([3, 3, 3, -1]);
  });
});

describe("minimum degree", () => {
  const fill = (n: number, edges: readonly Edge[], order: ArrayLike<number>) =>
    new SparseCholesky(patternOf(n, edges, order)).values.length;
  const ones = (n: number) => new Int32Array(n).fill(1);

  test("orders every node once", () => {
    fc.assert(
      fc.property(problems, ({ n, density, start }) => {
        const order = minimumDegree(graphOf(n, randomEdges(n, Math.round(n * density), start)), ones(n));
        expect([...order].sort((a, b) => a - b)).toEqual([...order.keys()]);
      }),
      { seed, numRuns: 80 },
    );
  });

  test("a tree has no fill", () => {
    const n = 200;
    const next = uniforms(4);
    const edges: Edge[] = Array.from({ length: n - 1 }, (_, k) => [Math.floor(((next() + 1) / 2) * (k + 1)), k + 1]);
    expect(fill(n, edges, minimumDegree(graphOf(n, edges), ones(n)))).toBe(2 * n - 1);
  });

  test("a heavy neighbour makes a node wait", () => {
    const edges: Edge[] = [
      [0, 1],
      [2, 3],
    ];
    const order = [...minimumDegree(graphOf(4, edges), Int32Array.of(1, 10, 1, 1))];
    expect(order.indexOf(1)).toBeLessThan(order.indexOf(0));
  });

  /** What exact minimum degree by brute force on the filled graph gives. */
  function bruteForce(n: number, edges: readonly Edge[]): number[] {
    const neighbours = Array.from({ length: n }, () => new Set<number>());
    for (const [a, b] of edges) {
      neighbours[a].add(b);
      neighbours[b].add(a);
    }
    const left = new Set(neighbours.keys());
    const order: number[] = [];
    while (left.size > 0) {
      const pivot = [...left].reduce((best, i) => (neighbours[i].size < neighbours[best].size ? i : best));
      left.delete(pivot);
      order.push(pivot);
      for (const a of neighbours[pivot]) {
        for (const b of neighbours[pivot]) if (a !== b) neighbours[a].add(b);
        neighbours[a].delete(pivot);
      }
    }
    return order;
  }

  test("a 20 x 20 grid and three crossed factors fill within 10% of exact minimum degree", () => {
    const side = 20;
    const grid: Edge[] = Array.from({ length: side * side }, (_, k) => k).flatMap((k) => [
      ...(k % side < side - 1 ? [[k, k + 1] as const] : []),
      ...(k + side < side * side ? [[k, k + side] as const] : []),
    ]);
    const next = uniforms(8);
    const pick = (from: number, count: number) => from + Math.floor(((next() + 1) / 2) * count);
    const crossed = Array.from({ length: 300 }, () => [pick(0, 90), pick(90, 40), pick(130, 10)]).flatMap(
      ([a, b, c]) => [[a, b] as const, [a, c] as const, [b, c] as const],
    );
    const distinct = [...new Map(crossed.map((edge) => [edge.join(), edge])).values()];
    // The crossed factors stand in a good order already.
    for (const [n, edges, share] of [
      [side * side, grid, 0.7],
      [140, distinct, 1],
    ] as const) {
      const ours = fill(n, edges, minimumDegree(graphOf(n, edges), ones(n)));
      expect(ours).toBeLessThan(1.1 * fill(n, edges, bruteForce(n, edges)));
      expect(ours).toBeLessThan(share * fill(n, edges, [...Array(n).keys()]));
    }
  });

  test("operations are counted from the factor's columns", () => {
    const sparse = new SparseCholesky(
      patternOf(
        3,
        [
          [0, 1],
          [1, 2],
        ],
        [0, 1, 2],
      ),
    );
    expect(factorOperations(sparse)).toBe((4 + 4 + 1) / 2);
  });
});
