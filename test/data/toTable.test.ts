import { dictionary, float64, int64, tableFromArrays, tableFromIPC, utf8 } from "@uwdata/flechette";
import * as Arrow from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DataError } from "../../src/data/DataError.js";
import { restrictTable } from "../../src/data/restrictTable.js";
import type { TableInput } from "../../src/data/toTable.js";
import { toTable } from "../../src/data/toTable.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { cells, contents, dataError, expectSound, kinds } from "./tables.js";

const arquero = (columns: Record<string, unknown[]>, rows: number) => ({
  columnNames: () => Object.keys(columns),
  numRows: () => rows,
  get: (name: string, row: number) => columns[name]?.[row],
});

const arrow = (names: string[], columns: (Iterable<unknown> | null)[]) => ({
  schema: { fields: names.map((name) => ({ name })) },
  getChildAt: (column: number) => columns[column] ?? null,
});

class Point extends Map<string, number> {
  get twice() {
    return 2 * (this.get("x") ?? 0);
  }
}

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
    [
      "Maps as records",
      [
        new Map<string, unknown>([
          ["x", 1],
          ["g", "b"],
        ]),
        new Map<string, unknown>([
          ["x", null],
          ["g", "a"],
        ]),
        new Map([["x", 2.5]]),
      ],
      expected,
    ],
    [
      "Maps among records, with keys that are no names",
      [
        new Map<unknown, unknown>([
          ["x", 1],
          [3, 4],
        ]),
        { x: 2 },
      ],
      { x: [1, 2] },
    ],
    ["Maps of a class with a getter", [new Point([["x", 1]])], { x: [1], twice: [2] }],
    ["rows of d3.csvParse", Object.assign([{ x: "1.5" }, { x: "2" }], { columns: ["x"] }), { x: ["1.5", "2"] }],
    ["frozen records", Object.freeze([Object.freeze({ x: 1 })]), { x: [1] }],
    ["proxies of records", new Proxy([new Proxy({ x: 1 }, {})], {}), { x: [1] }],
    ["a proxy of columns", new Proxy({ x: new Proxy([1, 2], {}) }, {}), { x: [1, 2] }],
    ["records without a prototype", [Object.assign(Object.create(null), { x: 1 })], { x: [1] }],
    ["rows of flechette", tableFromArrays({ x: [1, 2] }).toArray(), { x: [1, 2] }],
    ["proxies of flechette's rows", [...tableFromArrays({ x: [1, 2] }, { useProxy: true })], { x: [1, 2] }],
    ["rows of apache-arrow", [...Arrow.tableFromArrays({ x: Float64Array.of(1, 2) })], { x: [1, 2] }],
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

  it("is copied when a column is first asked for", () => {
    const x = Float64Array.of(1, 2);
    const table = toTable({ x });
    expect(table.columns.get("x")).toBe(table.columns.get("x"));
    x[0] = 99;
    expect(contents(table)).toEqual({ x: [1, 2] });
  });
});

describe("a column is judged when it is asked for", () => {
  const good = { x: [1, 2], g: ["a", "b"] };
  const arrays = [
    ["a column of another length", { z: [1] }, "length 1 where the table has 2 rows"],
    ["a value that is no array", { z: { unit: "mg" } }, "an object in place of an array"],
    ["a text", { z: "mg" }, 'the string "mg" in place of an array'],
    ["a column of objects", { z: [{}, null] }, "an object in row 1"],
  ] as const;
  it.each(arrays)("%s beside others", (_, beside, problem) => {
    for (const table of [toTable({ ...beside, ...good }), toTable(new Map(Object.entries({ ...good, ...beside })))]) {
      expect([...table.columns.keys()].sort()).toEqual(["g", "x", "z"]);
      expect(table.rows).toBe(2);
      expect(cells(table.columns.get("x"))).toEqual([1, 2]);
      expect(table.columns.get("z")).toMatchObject({ kind: "unusable", problem });
    }
  });

  it("reads nothing of the others", () => {
    const read: string[] = [];
    const record = (x: number) => Object.defineProperty({ x }, "z", { enumerable: true, get: () => read.push("z") });
    const rows = Int32Array.of(1);
    const table = restrictTable(toTable([record(1), record(2)]), rows);
    expect(cells(table.columns.get("x"))).toEqual([2]);
    expect(read).toEqual([]);
    expect(kinds(table)).toBe("x:number z:number");
    expect(read.length).toBeGreaterThan(0);
  });

  it("refuses two columns of one name, and passes over one without", () => {
    const table = toTable(arrow(["x", "y", "x", ""], [[1], [2], [3], [4]]));
    expect(contents(toTable({ "": [7], ...good }))).toEqual(good);
    expect([...table.columns.keys()]).toEqual(["x", "y"]);
    const problem = "the name of two columns, 1 and 3";
    expect(table.columns.get("x")).toMatchObject({ kind: "unusable", problem, hint: "rename one of them" });
  });

  it("is in the words of the model that names it", () => {
    const data = { y: [1, 2, 3], when: [new Date(0), 1, "x"], meta: { unit: "mg" }, short: [1], mixed: ["a", 1, null] };
    expect(prepareModel("y ~ poisson(mu)\nlog(mu) = 1", data).design.rows).toBe(3);
    const named = (name: string) => () => prepareModel(`y ~ poisson(mu)\nlog(mu) = 1 + ${name}`, data);
    expect(named("meta")).toThrow("meta has an object in place of an array");
    expect(named("short")).toThrow("short has length 1 where the table has 3 rows");
    expect(named("mixed")).toThrow("mixed");
    expect(named("when")).toThrow("when");
  });
});

class Dose {
  readonly subject: string;
  readonly #grams: number;

  constructor(subject: string, grams: number) {
    this.subject = subject;
    this.#grams = grams;
  }

  get mg() {
    return this.#grams * 1000;
  }

  describe() {
    return this.subject;
  }
}

class LateDose extends Dose {
  readonly day = 3;

  get late() {
    return true;
  }
}

describe("classes, maps and tables of other libraries", () => {
  it("reads the getters of records, those of an ancestor too", () => {
    const table = toTable([new LateDose("a", 0.5), new Dose("b", 2)]);
    expect(contents(table)).toEqual({ subject: ["a", "b"], day: [3, null], late: [1, null], mg: [500, 2000] });
  });

  it("reads the getters of an object of columns", () => {
    class Trial {
      readonly y = [1, 2];
      get twice() {
        return this.y.map((value) => 2 * value);
      }
    }
    expect(contents(toTable(new Trial()))).toEqual({ y: [1, 2], twice: [2, 4] });
  });

  it("reads Arrow tables of apache-arrow, dates and nulls included", () => {
    const day = new Date("2024-02-29T00:00:00Z");
    const table = new Arrow.Table({
      x: Arrow.vectorFromArray([1, null, 2.5], new Arrow.Float64()),
      n: Arrow.vectorFromArray([1n, null, -3n], new Arrow.Int64()),
      g: Arrow.vectorFromArray(["b", "a", null], new Arrow.Dictionary(new Arrow.Utf8(), new Arrow.Int32())),
      b: Arrow.vectorFromArray([true, null, false], new Arrow.Bool()),
      d: Arrow.vectorFromArray([day, null, day], new Arrow.DateDay()),
      t: Arrow.vectorFromArray([day, null, day], new Arrow.TimestampMillisecond()),
    });
    const expected = {
      x: [1, null, 2.5],
      n: [1, null, -3],
      g: ["b", "a", null],
      b: [1, null, 0],
      d: ["2024-02-29", null, "2024-02-29"],
      t: ["2024-02-29", null, "2024-02-29"],
    };
    for (const input of [table, Arrow.tableFromIPC(Arrow.tableToIPC(table)), table.batches[0]])
      expect(contents(toTable(input))).toEqual(expected);
    const decoded = tableFromIPC(Arrow.tableToIPC(table, "stream"));
    expect(contents(toTable(decoded))).toEqual(expected);
    expect(contents(toTable({ x: table.getChild("x"), n: [1, 2, 3] }))).toEqual({ x: [1, null, 2.5], n: [1, 2, 3] });
  });

  it("is the same by records, columns, a Map and Arrow, whatever stands beside", () => {
    const value = fc.option(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()));
    const beside = fc.oneof(fc.date(), fc.constant({}), fc.string(), fc.bigInt());
    const rows = fc.array(fc.tuple(value, fc.option(fc.string()), beside), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(rows, (given) => {
        const [x, g, z] = [given.map((row) => row[0]), given.map((row) => row[1]), given.map((row) => row[2])];
        const columns: [string, unknown[]][] = [
          ["x", x],
          ["g", g],
          ["z", z],
        ];
        const inputs: TableInput[] = [
          given.map((_, i) => ({ x: x[i], g: g[i], z: z[i] })),
          { x, g, z },
          new Map(columns),
          arrow(["x", "g", "z"], [x, g, z]),
          arquero({ x, g, z }, given.length),
        ];
        for (const input of inputs) {
          const table = toTable(input);
          expect(cells(table.columns.get("x"))).toEqual(x);
          expect(cells(table.columns.get("g"))).toEqual(g);
        }
      }),
      { seed: 20261130 },
    );
  });

  it("reads a million records in a second of processor time", () => {
    const records = Array.from({ length: 1e6 }, (_, i) => ({ y: i % 7, x: i / 3, g: `g${i % 50}`, beside: null }));
    const before = process.cpuUsage();
    const table = toTable(records);
    for (const name of ["y", "x", "g"]) expect(table.columns.get(name)).toBeDefined();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(1);
  });
});

describe("what is wrong with data in memory", () => {
  const shapes =
    "give an array of records, an object or Map of arrays, an arquero or Arrow table, or the result of readTable or parseTable";
  const some = "give at least one column and one row (and await a table that is still being read)";
  const list = "give its rows as an array: [...rows]";
  const record = 'give each row as an object such as { count: 3, trt: "placebo" }';
  const cases: [what: string, input: unknown, code: string, message: string][] = [
    ["null", null, "not-a-table", `data: null is not a table\n  ${shapes}`],
    ["a string", "x,y", "not-a-table", `data: the string "x,y" is not a table\n  ${shapes}`],
    ["a number", 3, "not-a-table", `data: the number 3 is not a table\n  ${shapes}`],
    ["a function", () => 1, "not-a-table", `data: a function is not a table\n  ${shapes}`],
    [
      "a typed array",
      Float64Array.of(1),
      "not-a-table",
      "data: an object is not a table\n  give columns by their names: { x: column }",
    ],
    ["a DataView", new DataView(new ArrayBuffer(8)), "not-a-table", `data: an object is not a table\n  ${shapes}`],
    ["no records", [], "no-rows", `data: there is no column\n  ${some}`],
    ["empty records", [{}, {}], "no-rows", `data: there is no column\n  ${some}`],
    [
      "a promise",
      Promise.resolve(),
      "not-a-table",
      "data: a Promise is not a table\n  write await before the call that returned it",
    ],
    ["a generator of records", [{ x: 1 }].values(), "not-a-table", `data: an object is not a table\n  ${list}`],
    ["a set of records", new Set([{ x: 1 }]), "not-a-table", `data: an object is not a table\n  ${list}`],
    [
      "a stream of records",
      (async function* () {
        yield { x: 1 };
      })(),
      "not-a-table",
      "data: an object is not a table\n  collect its rows in an array first, by for await",
    ],
    [
      "a column of an Arrow table",
      tableFromArrays({ x: [1, 2] }).getChild("x"),
      "not-a-table",
      "data: an object is not a table\n  give columns by their names: { x: column }",
    ],
    [
      "what Papa Parse returns",
      { data: [{ x: 1 }], errors: [], meta: { fields: ["x"] } },
      "not-a-table",
      "data: an object is not a table\n  this is what Papa Parse returns: give its data",
    ],
    [
      "records by their keys",
      new Map([["a", { x: 1 }]]),
      "not-an-array",
      `data: column "a": an object is not an array\n  give each column as an array, or records as an array, without keys`,
    ],
    [
      "rows as typed arrays",
      [Float64Array.of(1)],
      "not-a-record",
      `data: row 1: an object is not a record\n  ${record}`,
    ],
    ["rows as sets", [new Set([1])], "not-a-record", `data: row 1: an object is not a record\n  ${record}`],
    ["rows as dates", [new Date(0)], "not-a-record", `data: row 1: a Date is not a record\n  ${record}`],
    [
      "rows as promises",
      [Promise.resolve({ x: 1 })],
      "not-a-record",
      `data: row 1: a Promise is not a record\n  ${record}`,
    ],
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
    ["nothing but a column without a name", { "": [1] }, "no-rows", `data: there is no column\n  ${some}`],
  ];
  it.each(cases)("%s", (_, input, code, message) => {
    const error = dataError(() => Reflect.apply(toTable, undefined, [input]));
    expect(error.message).toBe(message);
    expect(error.code).toBe(code);
  });

  it("gives the parts to programs", () => {
    expect(dataError(() => Reflect.apply(toTable, undefined, [{ z: 3 }, "trial"])).place).toEqual({
      name: "trial",
      column: 1,
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
