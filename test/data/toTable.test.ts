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
    expect(dataError(() => Reflect.apply(toTable, undefined, [{ x: [1], y: ["a"], z: 3 }, "trial"])).place).toEqual({
      name: "trial",
      column: 3,
      columnName: "z",
    });
  });
});

describe("values of other types", () => {
  const column = (values: readonly unknown[]) => toTable({ x: values }).columns.get("x");

  it("are dates, by the day where none has a time", () => {
    const [noon, night] = [new Date("2023-05-01T12:00:00Z"), new Date("2023-05-02T00:00:00Z")];
    expect(column([night, null])).toMatchObject({ kind: "date", levels: ["2023-05-02"] });
    expect(column([night, null])).toMatchObject({ days: Float64Array.of(19479, Number.NaN) });
    const levels = ["2023-05-01T12:00:00.000Z", "2023-05-02T00:00:00.000Z"];
    expect(column([noon, night])).toMatchObject({ kind: "date", levels, days: Float64Array.of(19478.5, 19479) });
  });

  it("are labels where bigints are beyond 2^53, or numbers are strings", () => {
    const large = { reason: "large-integers", text: "9007199254740993", row: 2 };
    expect(column([1n, 2n ** 53n + 1n])).toMatchObject({
      kind: "text",
      levels: ["1", "9007199254740993"],
      label: large,
    });
    const strings = { reason: "strings", text: "1.5", row: 2, numbers: Float64Array.of(1.5, 7) };
    expect(column([null, "1.5", "7"])).toMatchObject({ kind: "text", levels: ["1.5", "7"], label: strings });
    expect(column(["", "7"])).not.toHaveProperty("label");
  });

  it("put a column of several types in doubt, with the cells of the rarer ones", () => {
    expect(column([1, 2, "a", null, "a"])).toMatchObject({
      kind: "text",
      doubt: { reason: "mixed-types", count: 2, total: 4, cells: [{ text: "a", rows: [3, 5], count: 2 }] },
    });
    expect(column(["a", "b", true])).toMatchObject({ doubt: { cells: [{ text: "true", rows: [3], count: 1 }] } });
    expect(column([new Date(0), new Date(1), 5])).toMatchObject({ doubt: { cells: [{ text: "5", rows: [3] }] } });
  });

  it.each([
    ["an object", {}],
    ["an array", ["b"]],
    ["an invalid Date", new Date(Number.NaN)],
    ["the symbol Symbol(s)", Symbol("s")],
  ])("%s makes a column that no model can use", (what, value) => {
    expect(column(["a", value])).toMatchObject({ kind: "unusable", problem: `${what} in row 2` });
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
