import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { describeColumn } from "../../src/data/describeColumn.js";
import { parseTable } from "../../src/data/parseTable.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { ModelError } from "../../src/language/ModelError.js";
import { readTable } from "../../src/platform/node/readTable.js";
import { cells, contents } from "./tables.js";

// Random tables with a cell that is not like the others: read as a person would, or an error that names the cell.

const seed = 20261129;

const number = fc.oneof(
  fc.integer({ min: -999, max: 999 }).map(String),
  fc.integer({ min: -99999, max: 99999 }).map((value) => (value / 100).toFixed(2)),
);
const column = fc.array(number, { minLength: 6, maxLength: 40 });

/** The columns of the design of y ~ x and its rows, or the messages of what is wrong. */
function outcome(xs: readonly string[], options: { na?: readonly string[] } = {}) {
  const quoted = xs.map((x, i) => `${(i * 37) % 11},"${x.replaceAll('"', '""')}",group ${i % 3}`);
  const table = parseTable(["y,x,g", ...quoted].join("\n"), { name: "any.csv", ...options });
  const x = table.columns.get("x");
  const read = x === undefined ? "" : describeColumn("x", x);
  try {
    const { design } = prepareModel("y ~ normal(mu, sigma)\nmu = x + (1 | g)", table);
    return { columns: design.predictors[0].columns, dropped: design.droppedRows.length, read, cells: cells(x) };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { problems: error.problems.map(({ message }) => message), read };
  }
}

describe("a column of numbers with one other cell", () => {
  const spoilt = fc.oneof(
    fc.constantFrom(
      ...[
        ".",
        "-",
        "?",
        "na",
        "N/A",
        "#N/A",
        "null",
        "None",
        "missing",
        "3l",
        "O.5",
        "12,5",
        "1,234",
        "1.234,5",
        "1 234",
      ],
      ...[
        "1e400",
        "-1e999",
        "Inf",
        "-Infinity",
        "5%",
        "$3",
        "3 \u20ac",
        "<0.1",
        ">=100",
        "(3)",
        "1/2",
        "3.4.5",
        "--1",
        "1e",
      ],
      ...[
        "TRUE",
        "2023-05-31",
        "2023-02-30",
        "12:30",
        "\u22125",
        "0x1F",
        "1_000",
        "\u0661",
        "x",
        "NaN%",
        "+-3",
        "4 7",
        "3+",
      ],
    ),
    fc.string({ minLength: 1, maxLength: 6 }).filter((text) => !isPlain(text)),
  );

  it("is an error that names the cell, its row and --na, and is whole again with it", () => {
    fc.assert(
      fc.property(column, spoilt, fc.nat(), (xs, cell, place) => {
        fc.pre(new Set(xs).size > 2);
        const row = place % xs.length;
        const found = outcome(xs.map((x, i) => (i === row ? cell : x)));
        const place1 = `(row ${row + 1})`;
        expect(found.problems?.[0]).toContain(`x is a number but for 1 of its ${xs.length} values: `);
        expect(found.problems?.[0]).toContain(place1);
        expect(found.problems?.[0]).toContain(JSON.stringify(cell));
        expect(found.read).toBe(found.problems?.[0]);
        const whole = outcome(
          xs.map((x, i) => (i === row ? cell : x)),
          { na: [cell] },
        );
        expect(whole).toMatchObject({ columns: ["Intercept", "x"], dropped: 1 });
      }),
      { seed, numRuns: 200 },
    );
  });

  it("is read where it is a number written in another way, or missing", () => {
    const written: [cell: string, value: number | null][] = [
      ["", null],
      ["NA", null],
      [" NA ", null],
      ["NaN", null],
      [" 7 ", 7],
      ["+3", 3],
      ["4.", 4],
      [".5", 0.5],
      ["1E2", 100],
      ["-0", 0],
      ["1.50", 1.5],
    ];
    fc.assert(
      fc.property(column, fc.constantFrom(...written), fc.nat(), (xs, [cell, value], place) => {
        fc.pre(new Set(xs).size > 2);
        const row = place % xs.length;
        const expected = xs.map((x, i) => (i === row ? value : Number(x) + 0));
        const found = outcome(xs.map((x, i) => (i === row ? cell : x)));
        expect(found).toMatchObject({ columns: ["Intercept", "x"], dropped: value === null ? 1 : 0 });
        expect(found.cells?.map((x) => (x === 0 ? 0 : x))).toEqual(expected);
        expect(found.read).toMatch(/^number, /);
      }),
      { seed, numRuns: 200 },
    );
  });
});

/** Whether a text is a plain number or a missing value. */
function isPlain(text: string): boolean {
  const trimmed = text.trim();
  return ["", "NA", "NaN"].includes(trimmed) || /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(trimmed);
}

describe("large integers and codes", () => {
  it("are as many levels as there are texts", () => {
    const long = fc.bigInt({ min: 10n ** 16n, max: 10n ** 19n }).map(String);
    const code = fc.integer({ min: 0, max: 99999 }).map((value) => String(value).padStart(5, "0"));
    const ids = fc.oneof(
      fc.array(long, { minLength: 3, maxLength: 30 }),
      fc.array(code, { minLength: 3, maxLength: 30 }).filter((codes) => codes.some((text) => text.startsWith("0"))),
    );
    fc.assert(
      fc.property(ids, fc.boolean(), (texts, isQuoted) => {
        const rows = texts.map((text, i) => `${i},${isQuoted ? `"${text}"` : text}`);
        const table = parseTable(["y,id", ...rows].join("\n"), { name: "any.csv" });
        expect(cells(table.columns.get("id"))).toEqual(texts);
        const { design } = prepareModel("y ~ normal(mu, sigma = 1)\nmu = 1 + (1 | id)", table);
        expect(design.predictors[0].factors[0].levels).toEqual([...new Set(texts)].sort());
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe("dates", () => {
  const day = fc.integer({ min: -30000, max: 40000 });
  const pad = (value: number) => String(value).padStart(2, "0");
  const forms: readonly ((date: Date) => string)[] = [
    (date) => date.toISOString().slice(0, 10),
    (date) => `${pad(date.getUTCDate())}.${pad(date.getUTCMonth() + 1)}.${date.getUTCFullYear()}`,
    (date) => `${date.getUTCDate()}/${date.getUTCMonth() + 1}/${date.getUTCFullYear()}`,
    (date) => `${date.getUTCMonth() + 1}-${date.getUTCDate()}-${date.getUTCFullYear()}`,
    (date) => `${date.toISOString().slice(0, 10)}T00:00:00Z`,
  ];
  const dates = fc.array(day, { minLength: 4, maxLength: 30 }).map((days) => days.map((d) => new Date(d * 86400000)));
  // Between slashes at least one day must tell which number it is.
  const telling = dates.filter((all) => all.some((date) => date.getUTCDate() > 12));

  it("in any form count days", () => {
    fc.assert(
      fc.property(telling, fc.constantFrom(...forms), (all, form) => {
        const rows = all.map((date, i) => `${i},${form(date)}`);
        const column = parseTable(["y,d", ...rows].join("\n"), { name: "any.csv" }).columns.get("d");
        expect(column?.kind).toBe("date");
        if (column?.kind === "date") expect([...column.days]).toEqual(all.map((date) => date.getTime() / 86400000));
      }),
      { seed, numRuns: 200 },
    );
  });

  it("with one that no calendar has, or another text, are an error that names the cell", () => {
    const spoilt = fc.constantFrom("2023-02-30", "2023-13-01", "31.04.2023", "2023-05-31T25:00", ".", "soon", "7");
    fc.assert(
      fc.property(telling, fc.constantFrom(...forms), spoilt, fc.nat(), (all, form, cell, place) => {
        const row = place % all.length;
        const found = outcome(all.map((date, i) => (i === row ? cell : form(date))));
        fc.pre(all.some((date, i) => i !== row && date.getUTCDate() > 12));
        expect(found.problems?.[0]).toContain(`x is a date but for 1 of its ${all.length} values: `);
        expect(found.problems?.[0]).toContain(`${JSON.stringify(cell)} (row ${row + 1})`);
      }),
      { seed, numRuns: 200 },
    );
  });
});

describe("a file in any encoding, with any marks", () => {
  const folder = mkdtempSync(join(tmpdir(), "marginalia-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const encodings: readonly ((text: string) => Buffer)[] = [
    (text) => Buffer.from(text),
    (text) => Buffer.from(`\ufeff${text}`),
    (text) => Buffer.from(`\ufeff${text}`, "utf16le"),
    (text) => Buffer.from(`\ufeff${text}`, "utf16le").swap16(),
    (text) => Buffer.from(text, "latin1"),
  ];
  const marks = fc.constantFrom([",", "."], [";", ","], [";", "."], ["\t", "."], ["\t", ","], ["|", "."]);
  const word = fc.constantFrom("caf\u00e9", "\u00fcber", "a", "b c", "stra\u00dfe");

  it("is the same table", async () => {
    const rows = fc.array(fc.tuple(fc.integer({ min: -9999, max: 9999 }), word, fc.boolean()), {
      minLength: 3,
      maxLength: 20,
    });
    const layout = fc.record({
      encode: fc.constantFrom(...encodings),
      lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
      ending: fc.constantFrom("csv", "txt", "tsv"),
      isQuoted: fc.boolean(),
      padding: fc.nat({ max: 2 }),
      emptyRows: fc.nat({ max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(rows, marks, layout, async (all, [mark, decimal], { encode, lineEnd, ending, ...more }) => {
        const cell = (text: string) => (more.isQuoted ? `"${text}"` : text);
        const padding = mark.repeat(more.padding);
        const line = (texts: readonly string[]) => texts.map(cell).join(mark) + padding;
        const numbers = all.map(([value]) => (value / 16).toFixed(4).replace(".", decimal));
        const lines = all.map(([, text, flag], i) => line([numbers[i], text, flag ? "TRUE" : "FALSE"]));
        const blank = Array<string>(more.emptyRows).fill(mark.repeat(2 + more.padding));
        const path = join(folder, `any.${ending}`);
        writeFileSync(path, encode([line(["x", "g", "flag"]), ...lines, ...blank].join(lineEnd) + lineEnd));
        const table = await readTable(path);
        expect(contents(table)).toEqual({
          x: all.map(([value]) => value / 16 + 0),
          g: all.map(([, text]) => text),
          flag: all.map(([, , flag]) => (flag ? "TRUE" : "FALSE")),
        });
      }),
      { seed, numRuns: 200 },
    );
  });
});
