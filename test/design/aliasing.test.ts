import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dependentColumns } from "../../src/math/linalg/dependentColumns.js";
import { build, type Data, designOf } from "./build.js";

const ROWS = 24;
const level = (prefix: string, most: number) =>
  fc.array(
    fc.integer({ min: 1, max: most }).map((k) => `${prefix}${k}`),
    { minLength: ROWS, maxLength: ROWS },
  );
const numbers = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: ROWS, maxLength: ROWS });
const tables = fc
  .record({ a: level("a", 4), b: level("b", 4), c: level("c", 2), x: numbers, z: numbers })
  .filter((table) => Object.values(table).every((column) => new Set<number | string>(column).size > 1))
  .map((table) => ({
    ...table,
    y: table.x.map((_, i) => i),
    nested: table.a.map((value) => (value < "a3" ? "n1" : "n2")),
  }))
  .filter(({ nested }) => new Set(nested).size > 1);
const formulas = fc.constantFrom(
  "1 + a * b",
  "1 + a * b * c",
  "1 + x * a + z + I(x + 2 * z) + I(3 - x)",
  "1 + I(0 * x) + nested + a",
  "1 + a + nested",
  "0 + a + nested",
  "0 + x + a * b",
  "1 + x + I(x * x) + I((x - 3)^2) + c:x",
  "1 + a:b + nested:c",
  "1 + x:a + x",
);

const predictorOf = (formula: string, data: Data) =>
  designOf(`y ~ normal(mu, sigma)\nmu = ${formula}`, data).predictors[0];
const droppedNames = (formula: string, data: Data) =>
  (predictorOf(formula, data).dependent?.columns ?? []).map(({ name }) => name);

describe("columns that depend on those before them", () => {
  it("are those that a search through the columns one by one finds, as R's lm drops them", () => {
    let deficient = 0;
    fc.assert(
      fc.property(tables, formulas, (data, formula) => {
        const { X, columns } = predictorOf(formula, data);
        const lengths = Float64Array.from(columns, (_, j) => Math.hypot(...X.subarray(j * ROWS, (j + 1) * ROWS)));
        const expected = dependentColumns(X, lengths, 1e-7).map((j) => columns[j]);
        if (expected.length > 0) deficient++;
        expect(droppedNames(formula, data)).toEqual(expected);
      }),
      { numRuns: 300, seed: 5 },
    );
    expect(deficient).toBeGreaterThan(100);
  });

  it("do not depend on the origin and the unit of numbers, interactions with factors included", () => {
    const crossed = fc.constantFrom("1 + x * a + z", "1 + x * a * c", "1 + x + z + a:x", "1 + a * b + x");
    const shift = fc.constantFrom(0, 2005, 1e6, 1.7e9);
    const scale = fc.constantFrom(1e-9, 1, 1e9);
    fc.assert(
      fc.property(tables, crossed, shift, scale, (data, formula, origin, unit) => {
        const moved = {
          ...data,
          x: data.x.map((value) => (value + origin) * unit),
          z: data.z.map((value) => value * unit),
        };
        expect(droppedNames(formula, moved)).toEqual(droppedNames(formula, data));
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  it("come with the reason", () => {
    const cells = [..."1223311"].map((k) => `a${k}`);
    const data = {
      y: [1, 2, 3, 4, 5, 6, 7],
      a: cells,
      b: ["b1", "b1", "b2", "b1", "b2", "b2", "b1"],
      x: [1, 2, 3, 4, 5, 6, 8],
    };
    const reasons = (formula: string, table: Data) =>
      predictorOf(formula, table).dependent?.columns.map(({ name, reason }) => [name, reason]);
    expect(reasons("a * b + I(2 * x) + x + I(x / x)", data)).toEqual([
      ["x", "it is a linear combination of I(2 * x)"],
      ["I(x/x)", "it has one value in all rows used"],
    ]);
    const without = (gone: number) =>
      Object.fromEntries(Object.entries(data).map(([name, values]) => [name, values.filter((_, i) => i !== gone)]));
    expect(reasons("a * b", without(4))).toEqual([["a.a3:b.b2", "no row has a = a3 and b = b2"]]);
    // The cell of a reference level has no column of its own.
    expect(reasons("a * b", without(5))).toEqual([["a.a3:b.b2", "no row has a = a1 and b = b2"]]);
    expect(build("y ~ normal(mu, sigma)\nmu = a * b", without(5)).problems).toMatchObject([
      {
        code: "empty-cell",
        message:
          "column a.a3:b.b2 in the formula for mu is a linear combination of the other columns: no row has a = a1 and b = b2",
      },
    ]);
    expect(build("y ~ normal(mu, sigma)\nmu = a * b", without(4)).problems).toMatchObject([
      {
        code: "empty-cell",
        message: "column a.a3:b.b2 in the formula for mu is 0 in all rows used: no row has a = a3 and b = b2",
      },
    ]);
  });
});
