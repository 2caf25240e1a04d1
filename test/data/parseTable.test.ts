import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareCodePoints } from "../../src/data/compareCodePoints.js";
import { DataError } from "../../src/data/DataError.js";
import { parseTable } from "../../src/data/parseTable.js";
import type { Table } from "../../src/data/Table.js";
import { byCodePoints, contents, dataError, expectSound, kinds } from "./tables.js";

const read = (text: string, name = "trial.csv") => parseTable(text, { name });

describe("what a text says", () => {
  const cases: [what: string, text: string, expected: object][] = [
    ["numbers", "x,y\n1,-2.5\n+3,.5\n4.,1e-3\n", { x: [1, 3, 4], y: [-2.5, 0.5, 1e-3] }],
    ["no line end at the end", "x\n1\n2", { x: [1, 2] }],
    ["CRLF", "x,g\r\n1,a\r\n2,b\r\n", { x: [1, 2], g: ["a", "b"] }],
    ["CR", "x,g\r1,a\r2,b\r", { x: [1, 2], g: ["a", "b"] }],
    ["mixed line ends, quotes among them", 'x,g\r\n1,"a"\n2,b\r3,"c"\r\n', { x: [1, 2, 3], g: ["a", "b", "c"] }],
    ["a byte order mark", "\ufeffx\n1\n", { x: [1] }],
    ["a byte order mark before a quote", '\ufeff"x"\n"1"\n', { x: [1] }],
    [
      "quoted delimiters, quotes, line ends",
      'g\n"a,b"\n"say ""x"""\n"two\r\nlines"\n',
      { g: ["a,b", 'say "x"', "two\r\nlines"] },
    ],
    ["blank lines", '\n\nx,g\n\n1,a\n\r\n2,"b"\n\n', { x: [1, 2], g: ["a", "b"] }],
    [
      "missing numbers",
      'x,y\n,1\nNA,1\nNaN,1\n"",1\n"NA",1\n" NA ",1\n  ,1\n7,1\n',
      { x: [null, null, null, null, null, null, null, 7], y: [1, 1, 1, 1, 1, 1, 1, 1] },
    ],
    [
      "missing text",
      'g,y\nb,1\n,1\nNA,1\n"NaN",1\n" ",1\na,1\n',
      { g: ["b", null, null, null, null, "a"], y: [1, 1, 1, 1, 1, 1] },
    ],
    ["a column missing throughout", "x,y\nNA,1\n,2\n", { x: [null, null], y: [1, 2] }],
    ["text after missing cells", "g\nNA\nNA\nb\n", { g: [null, null, "b"] }],
    ["white space round numbers", "x,y\n 1,2 \n\t3 ,4\n", { x: [1, 3], y: [2, 4] }],
    ["white space round names only", " x , my g \n1, a b \n2,c\n", { x: [1, 2], "my g": [" a b ", "c"] }],
    [
      "text after numbers keeps what was written",
      "id,x\n007,1\n7,2\n 7,3\n1e0,4\nNA,5\nx,6\n",
      { id: ["007", "7", " 7", "1e0", null, "x"], x: [1, 2, 3, 4, 5, 6] },
    ],
    [
      "levels of odd names",
      "__proto__,g\n1,constructor\n2,__proto__\n",
      JSON.parse('{"__proto__":[1,2],"g":["constructor","__proto__"]}'),
    ],
    ["one cell", "x\n0", { x: [0] }],
  ];
  it.each(cases)("%s", (_, text, expected) => {
    expect(contents(read(text))).toEqual(expected);
  });

  it.each([
    "1,5",
    "Inf",
    "-Infinity",
    "1e999",
    "0x1F",
    "2020-01-01",
    "1 2",
    "1_000",

    "--1",
    "1e",
    "e5",
    ".",
    "+",
    "TRUE",
    "na",
    "\u0661",
  ])("%s is no number", (cell) => {
    expect(contents(read(`x\n"${cell}"\n`))).toEqual({ x: [cell] });
    expect(contents(read(`x\n1\n"${cell}"\n`))).toEqual({ x: ["1", cell] });
  });

  it("sorts levels by code point, whatever the locale and above U+FFFF too", () => {
    const levels = ["10", "9", "Z", "a", "\u00e4", "\uff5e", "\u{1f600}", "\u{1f600}a"];
    const table = read(`g\n${[...levels].reverse().join("\n")}\n`);
    expect(table.columns.get("g")).toEqual({ kind: "text", levels, codes: Int32Array.from([7, 6, 5, 4, 3, 2, 1, 0]) });
  });

  it("takes the delimiter from the ending of the name, or as told", () => {
    expect(kinds(parseTable("a\tb,c\n1\tx,y\n", { name: "trial.tsv" }))).toBe("a:number b,c:text");
    expect(kinds(parseTable("a\tb\n1\t2\n", { name: "trial.TAB" }))).toBe("a:number b:number");
    expect(contents(parseTable('a;b\n"1;5";2\n', { name: "trial.csv", delimiter: ";" }))).toEqual({
      a: ["1;5"],
      b: [2],
    });
  });

  it("keeps the name", () => {
    expect(read("x\n1\n").name).toBe("trial.csv");
  });
});

describe("what is wrong with a text", () => {
  const cell = 'cells stand between ","; quote a cell that has one inside';
  const quotes = 'quote the whole cell, with no space outside the quotes, and write a quote inside it as ""';
  const lines = "give a line of column names and one line a row";
  const unnamed = "name every column (from R, write.csv(..., row.names = FALSE) leaves the row names out)";
  const utf8 = "save the data as CSV in UTF-8";
  const many = "1,2\n".repeat(40_000);
  const cases: [what: string, text: string, code: string, message: string][] = [
    ["nothing", "", "no-rows", `trial.csv: there is nothing in it\n  ${lines}`],
    ["a byte order mark alone", "\ufeff", "no-rows", `trial.csv: there is nothing in it\n  ${lines}`],
    ["blank lines alone", "\n\r\n\n", "no-rows", `trial.csv: there is nothing in it\n  ${lines}`],
    ["a header alone", "x,y\n", "no-rows", `trial.csv: there is a header and no row\n  ${lines}`],
    ["names missing", '"",\n1,2\n', "unnamed-column", `trial.csv:1:1: column 1 has no name\n  ${unnamed}`],
    [
      "a blank name after blank lines",
      "\n\nx, \n1,2\n",
      "unnamed-column",
      `trial.csv:3:2: column 2 has no name\n  ${unnamed}`,
    ],
    [
      "a name twice",
      "x,y,x\n1,2,3\n",
      "duplicate-column",
      `trial.csv:1:3: columns 1 and 3 have the same name "x"\n  rename one of them`,
    ],
    ["a cell too few", "x,y\n1,2\n\n3\n", "cell-count", `trial.csv:4: 1 cell where the header has 2\n  ${cell}`],
    ["a cell too many", "x,y\n1,2\n3,4,5\n", "cell-count", `trial.csv:3: 3 cells where the header has 2\n  ${cell}`],
    [
      "a cell too many among quotes",
      'x,y\n"1\r\n\r\n",2\n"3",4,5\n',
      "cell-count",
      `trial.csv:5: 3 cells where the header has 2\n  ${cell}`,
    ],
    [
      "a cell too many far down",
      `x,y\n${many}"3",4,5\n`,
      "cell-count",
      `trial.csv:40002: 3 cells where the header has 2\n  ${cell}`,
    ],
    [
      "an open quote",
      'x,y\n1,2\n3,"4\n5,6\n',
      "misplaced-quote",
      `trial.csv:3:2: the quote that opens here is not closed\n  ${quotes}`,
    ],
    [
      "an open quote far up",
      `x,y\n1,"2\n${many}`,
      "misplaced-quote",
      `trial.csv:2:2: the quote that opens here is not closed\n  ${quotes}`,
    ],
    [
      "a quote inside a cell",
      'x,y\n1,5"\n',
      "misplaced-quote",
      `trial.csv:2:2: a quote inside a cell that is not quoted\n  ${quotes}`,
    ],
    [
      "a space before a quote",
      'x,y\n1, "a"\n',
      "misplaced-quote",
      `trial.csv:2:2: a quote inside a cell that is not quoted\n  ${quotes}`,
    ],
    [
      "text after a quote",
      'x,y\n"a"b,1\n',
      "misplaced-quote",
      `trial.csv:2:1: the quoted cell goes on after its closing quote\n  ${quotes}`,
    ],
    [
      "a quote in the header",
      'x,a"b\n1,2\n',
      "misplaced-quote",
      `trial.csv:1:2: a quote inside a cell that is not quoted\n  ${quotes}`,
    ],
    ["NUL", "x\n1\n\0\n", "not-text", `trial.csv:3: a NUL character: this is not text\n  ${utf8}`],
    ["NUL far down", `x,y\n${many}1,\0`, "not-text", `trial.csv:40002: a NUL character: this is not text\n  ${utf8}`],
    ["half a character", "x\n\ud800\n", "not-text", `trial.csv:2: half a surrogate pair: this is not text\n  ${utf8}`],
  ];
  it.each(cases)("%s", (_, text, code, message) => {
    const error = dataError(() => read(text));
    expect(error.message).toBe(message);
    expect(error.code).toBe(code);
  });

  it("gives the parts to programs", () => {
    const error = dataError(() => read("x,y,x\n1,2,3\n"));
    expect(error).toMatchObject({
      name: "DataError",
      place: { name: "trial.csv", line: 1, column: 3, columnName: "x" },
      hint: "rename one of them",
    });
  });

  it("shortens what it quotes", () => {
    const long = "x".repeat(1000);
    expect(dataError(() => read(`${long},${long}\n1,2\n`)).message).toBe(
      `trial.csv:1:2: columns 1 and 2 have the same name "${"x".repeat(40)}..."\n  rename one of them`,
    );
  });

  it.each([[""], ['"'], ["\n"], ["a\r"]])("refuses %j as a delimiter", (delimiter) => {
    expect(dataError(() => parseTable("x\n1\n", { name: "trial.csv", delimiter })).message).toBe(
      `trial.csv: the delimiter cannot be ${JSON.stringify(delimiter)}\n  use a character such as ",", ";" or a tab`,
    );
  });

  it("notices a source that cannot be read twice", () => {
    const spent = ["x,y\n1,2\n", "a,2\n"][Symbol.iterator]();
    const error = dataError(() => parseTable(() => ({ [Symbol.iterator]: () => spent }), { name: "trial.csv" }));
    expect(error.message).toBe("trial.csv: there is nothing in it\n  give a line of column names and one line a row");
    let reads = 0;
    const grows = () => ["x\n1\na\n", ...Array.from({ length: reads++ }, () => "b\n")];
    expect(dataError(() => parseTable(grows, { name: "trial.csv" })).message).toBe(
      "trial.csv: the text was another one when it was read again\n  give a source that starts from the beginning at each call",
    );
  });
});

describe("chunks", () => {
  const text = '\ufeffid,g\r\n7,"a ""b""\r\nc"\r\n8,\u00e9\u{1f600}\r\n\r\nx,"\u{1f600},"\r\n';
  const whole = contents(read(text));

  it("may be cut anywhere once", () => {
    expect(whole).toEqual({ id: ["7", "8", "x"], g: ['a "b"\r\nc', "\u00e9\u{1f600}", "\u{1f600},"] });
    for (let cut = 0; cut <= text.length; cut++) {
      expect(contents(parseTable(() => [text.slice(0, cut), text.slice(cut)], { name: "trial.csv" }))).toEqual(whole);
    }
  });

  it("may be single characters", () => {
    expect(contents(parseTable(() => text.split(""), { name: "trial.csv" }))).toEqual(whole);
  });

  it("leave lines in errors as they are", () => {
    const bad = 'x,y\r\n"1\r\n",2\r\n\r\n3,4\r\n5,6,7\r\n';
    for (let size = 1; size < bad.length; size++) {
      const chunks = bad.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect(dataError(() => parseTable(() => chunks, { name: "trial.csv" })).place.line).toBe(6);
    }
  });
});

describe("any text", () => {
  const seed = 20261121;
  const fragments = fc.constantFrom(
    "x",
    "y",
    "1",
    "2.5",
    "NA",
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    '"',
    '""',
    " ",
    "\t",
    "\u{1f600}",
    "\0",
    "\ufeff",
  );
  const csvLike = fc.array(fragments, { maxLength: 40 }).map((parts) => parts.join(""));
  const junk = fc.string({
    unit: fc.integer({ min: 0, max: 255 }).map((unit) => String.fromCharCode(unit)),
    maxLength: 200,
  });

  it("is a sound table, the same in chunks, or a DataError with its place", () => {
    fc.assert(
      fc.property(
        fc.oneof(csvLike, junk, fc.string({ unit: "binary" })),
        fc.integer({ min: 1, max: 9 }),
        (text, size) => {
          const chunks = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
          const inChunks = outcome(() => parseTable(() => chunks, { name: "any.csv" }));
          // A text with two faults may name either first: a misplaced quote stops the piece that it stands in.
          expect(inChunks).toEqual(outcome(() => parseTable(text, { name: "any.csv" })));
        },
      ),
      { seed, numRuns: 4000 },
    );
  });

  it("reads back as it was written, with all or only the needed quotes", () => {
    const cell = fc.oneof(
      fc.constant(null),
      fc.constantFrom("a", "b c", "007", "1,5", 'say "x"', "two\r\nlines", " pad "),
      fc.string({ unit: "binary" }).filter((text) => !["", "NA", "NaN"].includes(text.trim()) && !text.includes("\0")),
    );
    // Integers of more digits are labels.
    const double = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !/^-?\d{16,}$/.test(String(value)));
    const number = fc.oneof(fc.constant(null), double, fc.integer());
    const table = fc.integer({ min: 1, max: 12 }).chain((rows) => {
      const column = fc.oneof(
        fc.array(number, { minLength: rows, maxLength: rows }),
        fc.array(cell, { minLength: rows, maxLength: rows }).map((cells) => ["text", ...cells]),
      );
      return fc.array(column, { minLength: 1, maxLength: 5 });
    });
    fc.assert(
      fc.property(table, fc.boolean(), fc.constantFrom("\n", "\r\n"), (columns, quoteAll, lineEnd) => {
        const rows = Math.max(...columns.map((cells) => cells.length));
        const full = columns.map((cells) => [...cells, ...Array<null>(rows - cells.length).fill(null)]);
        const expected = Object.fromEntries(full.map((cells, i) => [`c${i}`, cells.map(plusZero)]));
        expect(contents(parseTable(written(full, quoteAll, lineEnd), { name: "any.csv" }))).toEqual(expected);
      }),
      { seed, numRuns: 1000 },
    );
  });

  it("has its levels in code-point order", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(byCodePoints(a, b)));
      }),
      { seed, numRuns: 1000 },
    );
  });
});

/** The table, or null where there is a DataError. */
function outcome(call: () => Table): Table | null {
  try {
    const table = call();
    expectSound(table);
    return table;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    expect(error.place.name).toBe("any.csv");
    if (error.code !== "no-rows") expect(error.place.line).toBeGreaterThan(0);
    return null;
  }
}

/** Text keeps no sign of a zero: "-0" is written "0". */
function plusZero(cell: number | string | null) {
  return cell === 0 ? 0 : cell;
}

function written(columns: readonly (number | string | null)[][], quoteAll: boolean, lineEnd: string): string {
  const header = columns.map((_, i) => `c${i}`).join(",");
  const rows = (columns[0] ?? []).map((_, row) =>
    columns.map((cells) => cellText(cells[row] ?? null, quoteAll)).join(","),
  );
  return [header, ...rows].join(lineEnd) + lineEnd;
}

function cellText(cell: number | string | null, quoteAll: boolean): string {
  const text = cell === null ? "NA" : String(cell);
  return quoteAll || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

it("tells another delimiter from a table of one column", () => {
  expect(dataError(() => parseTable("x;y\n1;2\n", { name: "trial.csv", delimiter: "," })).message).toBe(
    `trial.csv:1: the cells of the header stand between ";", not ","
  give the delimiter, ";"`,
  );
});
