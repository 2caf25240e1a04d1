import { dictionary, float64, int64, tableFromArrays, utf8 } from "@uwdata/flechette";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../src/data/DataError.js";
import type { TableInput } from "../../src/data/toTable.js";
import { toTable } from "../../src/data/toTable.js";
import { contents, dataError, expectSound } from "./tables.js";

const arquero = (columns: Record<string, unknown[]>, rows: number) => ({
  columnNames: () => Object.keys(columns),
  numRows: () => rows,
  get: (name: string, row: number) => columns[name]?.[row],
});

const arrow = (names: string[], columns: (Iterable<unknown> | null)[]) => ({
  schema: { fields: names.map((name) => ({ name })) },
  getChildAt: (column: number) => columns[column] ?? null,
});

describe("data in memory", () => {
  const expected = { x: [1, null, 2.5], g: ["b", "a", null] };
  const cases: [what: string, input: TableInput, expected: object][] = [
    [
      "records",
      [
        { x: 1, g: "b" },
        { x: null, g: "a" },
        { x: 2.5, g: undefined },
      ],
      expected,
    ],
    ["records that lack keys", [{ x: 1 }, { g: "a" }, { g: "b", x: 2 }], { x: [1, null, 2], g: [null, "a", "b"] }],
    ["records and what they inherit", [{ toString: 1 }, {}], { toString: [1, null] }],
    ["arrays", { x: [1, null, 2.5], g: ["b", "a", undefined] }, expected],
    [
      "typed arrays",
      { x: Float32Array.of(1, Number.NaN), n: BigInt64Array.of(1n, -2n), u: Uint8Array.of(0, 255) },
      { x: [1, null], n: [1, -2], u: [0, 255] },
    ],
    ["arrays with holes", { x: Object.assign(Array(2), { 1: 3 }) }, { x: [null, 3] }],
    ["booleans and bigints among numbers", { x: [true, false, 2n, 0.5] }, { x: [1, 0, 2, 0.5] }],
    ["strings as they are", { g: ["", "NA", " 7 ", "\ud800", null] }, { g: ["", "NA", " 7 ", "\ud800", null] }],
    ["NaN in text", { g: ["a", Number.NaN] }, { g: ["a", null] }],
    ["nothing but missing values", { x: [null, undefined, Number.NaN] }, { x: [null, null, null] }],
    ["an arquero table", arquero({ x: [1, null, 2.5], g: ["b", "a", null] }, 3), expected],
    ["an Arrow table", arrow(["x", "g"], [[1, null, 2.5], new Set(["b", "a", null])]), expected],
    [
      "a flechette table",
      tableFromArrays({ x: [1, null, 2.5], g: ["b", "a", null] }, { types: { x: float64(), g: dictionary(utf8()) } }),
      expected,
    ],
    [
      "flechette's bigints",
      tableFromArrays({ x: [1n, null, -3n] }, { types: { x: int64() }, useBigInt: true }),
      { x: [1, null, -3] },
    ],
  ];
  it.each(cases)("%s", (_, input, contentsExpected) => {
    const table = toTable(input);
    expectSound(table);
    expect(contents(table)).toEqual(contentsExpected);
    expect(table.name).toBe("data");
    expect(toTable(table, "other")).toBe(table);
  });

  it("takes a name for the errors", () => {
    expect(toTable({ x: [1] }, "trial").name).toBe("trial");
    expect(dataError(() => toTable([], "trial")).place).toEqual({ name: "trial" });
  });

  it("is copied", () => {
    const x = Float64Array.of(1, 2);
    const table = toTable({ x });
    x[0] = 99;
    expect(contents(table)).toEqual({ x: [1, 2] });
  });
});

describe("what is wrong with data in memory", () => {
  const shapes = "give an array of records, an object of arrays, an arquero or Arrow table, or the result of readTable";
  const some = "give at least one column and one row (and await a table that is still being read)";
  const record = 'give each row as an object such as { count: 3, trt: "placebo" }';
  const kinds = "the first value decides: make all values of a column numbers, or all strings";
  const scalars = "give numbers, booleans, strings, or null; a time as a number, such as days since the start";
  const cases: [what: string, input: unknown, code: string, message: string][] = [
    ["null", null, "not-a-table", `data: null is not a table\n  ${shapes}`],
    ["a string", "x,y", "not-a-table", `data: the string "x,y" is not a table\n  ${shapes}`],
    ["a number", 3, "not-a-table", `data: the number 3 is not a table\n  ${shapes}`],
    ["a function", () => 1, "not-a-table", `data: a function is not a table\n  ${shapes}`],
    ["a typed array", Float64Array.of(1), "not-a-table", `data: an object is not a table\n  ${shapes}`],
    ["no records", [], "no-rows", `data: there is no column\n  ${some}`],
    ["empty records", [{}, {}], "no-rows", `data: there is no column\n  ${some}`],
    ["a promise", Promise.resolve(), "no-rows", `data: there is no column\n  ${some}`],
    ["empty arrays", { x: [], y: [] }, "no-rows", `data: there is no row\n  ${some}`],
    ["an arquero table without rows", arquero({ x: [] }, 0), "no-rows", `data: there is no row\n  ${some}`],
    [
      "a row that is no record",
      [{ x: 1 }, 2],
      "not-a-record",
      `data: row 2: the number 2 is not a record\n  ${record}`,
    ],
    [
      "a hole among records",
      Object.assign(Array(2), { 1: { x: 1 } }),
      "not-a-record",
      `data: row 1: undefined is not a record\n  ${record}`,
    ],
    ["rows as arrays", [[1, 2]], "not-a-record", `data: row 1: an array is not a record\n  ${record}`],
    [
      "a string as a column",
      { x: "abc" },
      "not-an-array",
      `data: column "x": the string "abc" is not an array\n  give each column as an array`,
    ],
    [
      "a DataView as a column",
      { x: new DataView(new ArrayBuffer(2)) },
      "not-an-array",
      `data: column "x": an object is not an array\n  give each column as an array`,
    ],
    [
      "arrays of two lengths",
      { x: [1, 2], y: [1, 2], z: [1] },
      "ragged",
      `data: column "z": length 1 where column "x" has 2\n  give every column one value a row, null where it is missing`,
    ],
    [
      "no name",
      { "": [1] },
      "unnamed-column",
      `data: column 1 has no name\n  name every column (from R, write.csv(..., row.names = FALSE) leaves the row names out)`,
    ],
    [
      "a name twice",
      arrow(["x", "x"], [[1], [2]]),
      "duplicate-column",
      `data: column "x": columns 1 and 2 have the same name "x"\n  rename one of them`,
    ],
    [
      "a string among numbers",
      [{ x: 1 }, { x: "a" }],
      "mixed-column",
      `data: row 2, column "x": the string "a" in a column of numbers\n  ${kinds}`,
    ],
    [
      "a number among strings",
      { x: [null, "a", 5] },
      "mixed-column",
      `data: row 3, column "x": the number 5 in a column of strings\n  ${kinds}`,
    ],
    [
      "a boolean among strings",
      { x: ["a", true] },
      "mixed-column",
      `data: row 2, column "x": the boolean true in a column of strings\n  ${kinds}`,
    ],
    [
      "Infinity",
      { x: [1, Number.NEGATIVE_INFINITY] },
      "bad-value",
      `data: row 2, column "x": the number -Infinity is not finite\n  give null where a value is missing`,
    ],
    [
      "a large bigint",
      { x: [2n ** 53n] },
      "bad-value",
      `data: row 1, column "x": the bigint 9007199254740992 has no exact number\n  give a label as a string`,
    ],
    [
      "a Date",
      [{ x: 1, when: new Date(0) }],
      "bad-value",
      `data: row 1, column "when": a Date is neither a number nor a string\n  ${scalars}`,
    ],
    [
      "an object",
      { x: [1, {}] },
      "bad-value",
      `data: row 2, column "x": an object is neither a number nor a string\n  ${scalars}`,
    ],
    [
      "an array in text",
      { x: ["a", ["b"]] },
      "bad-value",
      `data: row 2, column "x": an array is neither a number nor a string\n  ${scalars}`,
    ],
    [
      "a symbol",
      { x: [Symbol("s")] },
      "bad-value",
      `data: row 1, column "x": the symbol Symbol(s) is neither a number nor a string\n  ${scalars}`,
    ],
    [
      "an Arrow table without a child",
      arrow(["x", "y"], [[1], null]),
      "ragged",
      `data: column "y": length 0 where column "x" has 1\n  give every column one value a row, null where it is missing`,
    ],
  ];
  it.each(cases)("%s", (_, input, code, message) => {
    const error = dataError(() => Reflect.apply(toTable, undefined, [input]));
    expect(error.message).toBe(message);
    expect(error.code).toBe(code);
  });

  it("gives the parts to programs", () => {
    expect(dataError(() => toTable({ x: [1], y: ["a"], z: [{}] }, "trial")).place).toEqual({
      name: "trial",
      row: 1,
      column: 3,
      columnName: "z",
    });
  });
});

it("makes a sound table of anything, or a DataError with its place", () => {
  const cell = fc.oneof(
    { weight: 5, arbitrary: fc.integer() },
    { weight: 5, arbitrary: fc.string() },
    fc.anything({ withBigInt: true, withDate: true }),
  );
  const tidy = fc.oneof(
    fc.array(fc.double(), { maxLength: 3 }),
    fc.array(fc.option(fc.string({ unit: "binary" })), { maxLength: 3 }),
  );
  const input = fc.oneof(
    fc.anything({ withTypedArray: true, withNullPrototype: true, withMap: true, withSparseArray: true }),
    fc.array(fc.dictionary(fc.string(), cell)),
    fc.dictionary(fc.string(), tidy, { maxKeys: 3 }),
  );
  let tables = 0;
  fc.assert(
    fc.property(input, (anything) => {
      try {
        expectSound(Reflect.apply(toTable, undefined, [anything]));
        tables++;
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        expect(error.place.name).toBe("data");
      }
    }),
    { seed: 20261121, numRuns: 3000 },
  );
  expect(tables).toBeGreaterThan(100);
});
