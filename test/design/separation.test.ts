import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { processorTime } from "../processorTime.js";
import { build, type Data, designOf } from "./build.js";

const ROWS = 14;
const level = (prefix: string, most: number) =>
  fc.array(
    fc.integer({ min: 1, max: most }).map((k) => `${prefix}${k}`),
    { minLength: ROWS, maxLength: ROWS },
  );
const numbers = (low: number, high: number) =>
  fc.array(fc.integer({ min: low, max: high }), { minLength: ROWS, maxLength: ROWS });
const tables = fc
  .record({
    a: level("a", 3),
    b: level("b", 2),
    x: numbers(-2, 2),
    z: numbers(0, 1),
    n: numbers(1, 3),
    u: numbers(0, 5),
    count: numbers(0, 2),
  })
  .filter((table) => Object.values(table).every((column) => new Set<number | string>(column).size > 1))
  .map(({ u, ...table }) => ({
    ...table,
    y: table.x.map((x, i) => (u[i] === 0 ? i % 2 : x > 0 ? 1 : 0)),
    successes: table.n.map((n, i) => u[i] % (n + 1)),
  }));
const formulas = fc.constantFrom(
  "1 + x",
  "0 + x + z",
  "1 + a",
  "1 + a * b",
  "1 + x + z",
  "1 + a + x",
  "1 + a:b",
  "0 + a + z:x",
);
const responses = [
  { text: "y ~ bernoulli(p)\nlogit(p) = ", side: (t: Table, i: number) => (t.y[i] === 1 ? 1 : -1) },
  { text: "y ~ bernoulli(p)\ncloglog(p) = ", side: (t: Table, i: number) => (t.y[i] === 1 ? 1 : -1) },
  { text: "y ~ bernoulli(p)\nlog(p) = ", side: (t: Table, i: number) => (t.y[i] === 1 ? 0 : -1) },
  {
    text: "successes ~ binomial(n, p)\nprobit(p) = ",
    side: (t: Table, i: number) => (t.successes[i] === 0 ? -1 : t.successes[i] === t.n[i] ? 1 : 0),
  },
  { text: "count ~ poisson(mu)\nlog(mu) = ", side: (t: Table, i: number) => (t.count[i] === 0 ? -1 : 0) },
  {
    text: "count ~ negative_binomial(mu, phi)\nlog(mu) = ",
    side: (t: Table, i: number) => (t.count[i] === 0 ? -1 : 0),
  },
];
type Table = { readonly y: number[]; readonly n: number[]; readonly successes: number[]; readonly count: number[] };

/** A small simplex of its own: the most of sum z_i over 0 <= z_i <= 1, z_i <= side_i x_i'd, -1000 <= d <= 1000, x_i'd = 0 where side_i is 0. */
function movedByLinearProgram(X: readonly (readonly number[])[], sides: readonly number[]): number[] {
  const p = X[0].length;
  // Variables d+ and d- (p each), then z; all non-negative, and constraints A v <= b with b >= 0, so that v = 0 is a vertex to start from.
  const asking = sides.flatMap((side, i) => (side === 0 ? [] : [i]));
  const width = 2 * p + asking.length;
  const constraints: number[][] = [];
  const bounds: number[] = [];
  const constrain = (entries: readonly (readonly [number, number])[], bound: number) => {
    const row = new Array<number>(width).fill(0);
    for (const [k, value] of entries) row[k] += value;
    constraints.push(row);
    bounds.push(bound);
  };
  const along = (i: number, sign: number) =>
    X[i].flatMap((x, k) => [[k, sign * x] as const, [p + k, -sign * x] as const]);
  asking.forEach((i, a) => {
    constrain([...along(i, -sides[i]), [2 * p + a, 1]], 0);
    constrain([[2 * p + a, 1]], 1);
  });
  sides.forEach((side, i) => {
    if (side !== 0) return;
    constrain(along(i, 1), 0);
    constrain(along(i, -1), 0);
  });
  for (let k = 0; k < 2 * p; k++) constrain([[k, 1]], 1000);
  const objective = Array.from({ length: width }, (_, k) => (k < 2 * p ? 0 : 1));
  const solution = simplex(constraints, bounds, objective);
  const moved = sides.map(() => 0);
  asking.forEach((i, a) => {
    moved[i] = solution[2 * p + a] > 0.5 ? 1 : 0;
  });
  return moved;
}

/** Bland's rule, which cannot cycle. */
function simplex(A: readonly (readonly number[])[], b: readonly number[], c: readonly number[]): number[] {
  const [m, n] = [A.length, c.length];
  const rows = A.map((row, i) => [...row, ...Array.from({ length: m }, (_, k) => (k === i ? 1 : 0)), b[i]]);
  const costs = [...c, ...new Array<number>(m + 1).fill(0)];
  const basis = Array.from({ length: m }, (_, i) => n + i);
  for (;;) {
    const entering = costs.findIndex((cost, k) => k < n + m && cost > 1e-9);
    if (entering < 0) break;
    let leaving = -1;
    rows.forEach((row, i) => {
      if (row[entering] <= 1e-9) return;
      const ratio = row[n + m] / row[entering];
      const best = leaving < 0 ? Infinity : rows[leaving][n + m] / rows[leaving][entering];
      if (ratio < best - 1e-12 || (Math.abs(ratio - best) <= 1e-12 && basis[i] < basis[leaving])) leaving = i;
    });
    if (leaving < 0) throw new Error("unbounded");
    const pivot = rows[leaving][entering];
    rows[leaving] = rows[leaving].map((value) => value / pivot);
    rows.forEach((row, i) => {
      if (i !== leaving && row[entering] !== 0)
        rows[i] = row.map((value, k) => value - row[entering] * rows[leaving][k]);
    });
    const cost = costs[entering];
    rows[leaving].forEach((value, k) => {
      costs[k] -= cost * value;
    });
    basis[leaving] = entering;
  }
  const solution = new Array<number>(n).fill(0);
  basis.forEach((k, i) => {
    if (k < n) solution[k] = rows[i][n + m];
  });
  return solution;
}

describe("separation by combinations of columns", () => {
  it("is what a linear program finds, whatever family, link and coding", () => {
    let [separated, quasi, none] = [0, 0, 0];
    fc.assert(
      fc.property(tables, formulas, fc.constantFrom(...responses), (table, formula, { text, side }) => {
        const design = designOf(`${text}${formula}`, table);
        const { X, columns } = design.predictors[0];
        const matrix = Array.from({ length: ROWS }, (_, i) => columns.map((__, j) => X[j * ROWS + i]));
        const sides = Array.from(design.rowIndex, (row) => side(table, row));
        const moved = movedByLinearProgram(matrix, sides);
        const free = moved.flatMap((value, i) => (value === 0 ? [i] : []));
        if (free.length === ROWS) none++;
        else if (free.length === 0) separated++;
        else quasi++;
        expect(design.separation === null ? moved.map((_, i) => i) : Array.from(design.separation.freeRows)).toEqual(
          free,
        );
      }),
      { numRuns: 600, seed: 8 },
    );
    expect(Math.min(separated, quasi, none)).toBeGreaterThan(20);
  });

  it("does not depend on the origin and the unit of numbers", () => {
    const crossed = fc.constantFrom("1 + x", "1 + a + x", "1 + x * b", "1 + x + z");
    fc.assert(
      fc.property(
        tables,
        crossed,
        fc.constantFrom(2005, 1e6, 1.7e9),
        fc.constantFrom(1e-9, 1, 1e9),
        (table, formula, origin, unit) => {
          const moved = { ...table, x: table.x.map((value) => (value + origin) * unit) };
          const found = [table, moved].map(
            (data) => designOf(`y ~ bernoulli(p)\nlogit(p) = ${formula}`, data).separation,
          );
          expect(found[1]?.freeRows).toEqual(found[0]?.freeRows);
          // At another origin an intercept may be estimable, or not.
          const names = found.map((one) =>
            one?.notEstimable.map(({ name }) => name).filter((name) => name.includes("x")),
          );
          expect(names[1]).toEqual(names[0]);
        },
      ),
      { numRuns: 200, seed: 9 },
    );
  });

  it("is told by the cells that make it, else by the columns", () => {
    const messages = (model: string, data: Data) =>
      build(model, data).problems.map(({ code, message }) => [code, message]);
    const rows = Array.from({ length: 16 }, (_, i) => i);
    const data = {
      a: rows.map((i) => `a${i % 2}`),
      b: rows.map((i) => `b${Math.floor(i / 2) % 2}`),
      y: rows.map((i) => (i % 4 === 3 ? 0 : i % 3)),
      hit: rows.map((i) => (i % 3 === 0 ? 1 : 0)),
      line: rows.map((i) => 2 * i + (i % 3 === 0 ? 1 : 0)),
      other: rows,
    };
    expect(messages("y ~ poisson(mu)\nlog(mu) = a * b", data)).toEqual([
      ["separation", "a.a1:b.b1 has no count but 0"],
    ]);
    expect(messages("y ~ poisson(mu)\nlog(mu) = a + b", data)).toEqual([]);
    expect(messages("hit ~ bernoulli(p)\nlogit(p) = line + other", data)).toEqual([
      [
        "separation",
        "together Intercept, line, other separate the responses: 16 rows of 16 fitted without error in the limit",
      ],
    ]);
    expect(
      messages("y ~ poisson(mu)\nlog(mu) = hit", { ...data, y: rows.map((i) => (i % 3 === 0 ? 0 : 1 + (i % 2))) }),
    ).toEqual([["separation", "hit separates the responses: no count but 0 where it is 1"]]);
    // A threshold on a column does not separate where there is no intercept to shift it.
    expect(
      messages("hit ~ bernoulli(p)\nlogit(p) = 0 + line", { ...data, line: data.hit.map((hit) => 5 + hit) }),
    ).toEqual([]);
  });

  it("takes seconds at most with 100,000 rows and ten columns", () => {
    const many = Array.from({ length: 100_000 }, (_, i) => i);
    const table: Record<string, number[]> = { y: many.map((i) => ((i * 7919) % 101 < 40 ? 1 : 0)) };
    const names = Array.from({ length: 9 }, (_, k) => `x${k}`);
    names.forEach((name, k) => {
      table[name] = many.map((i) => Math.sin(i * (k + 1.7)));
    });
    const model = (family: string) => `y ~ ${family}\nlog(mu) = ${names.join(" + ")}`;
    const time = (text: string) => {
      const start = processorTime();
      expect(designOf(text, table).separation).toBeNull();
      return processorTime() - start;
    };
    const without = time(`y ~ normal(mu, sigma)\nmu = ${names.join(" + ")}`);
    expect(time(`y ~ bernoulli(p)\nlogit(p) = ${names.join(" + ")}`) - without).toBeLessThan(6000);
    expect(time(model("poisson(mu)")) - without).toBeLessThan(6000);
  });
});
