import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DataError } from "../../../src/data/DataError.js";
import { type ReadOptions, readTable } from "../../../src/platform/node/readTable.js";
import { dataFile, isThere, referenceFolder } from "../../../validation/files.js";
import { contents, expectSound } from "../../data/tables.js";

const folder = mkdtempSync(join(tmpdir(), "marginalia-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe("files", () => {
  it("are CSV or TSV by their ending, or of any with a delimiter", async () => {
    expect(contents(await readTable(file("a.csv", "x,g\n1,\u00e9\n")))).toEqual({ x: [1], g: ["\u00e9"] });
    expect(contents(await readTable(file("a.TSV", "x\tg\n1\ta,b\n")))).toEqual({ x: [1], g: ["a,b"] });
    expect(contents(await readTable(file("a.tab", "x\tg\n1\ta,b\n")))).toEqual({ x: [1], g: ["a,b"] });
    expect(contents(await readTable(file("a.dat", "x;g\n1;a\n"), { delimiter: ";" }))).toEqual({ x: [1], g: ["a"] });
  });

  it("may begin with a byte order mark, and are called by their path", async () => {
    const path = file("mark.csv", "\ufeffx\n1\n");
    const table = await readTable(path);
    expect(contents(table)).toEqual({ x: [1] });
    expect(table.name).toBe(path);
  });

  it("are UTF-16 with or without a mark, or Latin-1, which is said", async () => {
    const text = "x\tg\r\n1\t\u00e9\u{1f600}\r\n";
    const wide = [`\ufeff${text}`, text].flatMap((content) => [
      Buffer.from(content, "utf16le"),
      Buffer.from(content, "utf16le").swap16(),
    ]);
    for (const [k, bytes] of wide.entries()) {
      const path = file(`wide${k}.txt`, bytes);
      const table = await readTable(path);
      expect(contents(table)).toEqual({ x: [1], g: ["\u00e9\u{1f600}"] });
      expect(table.notes).toEqual([`${path}: read as UTF-16`]);
    }
    const path = file("latin.csv", Buffer.from("x,g\n1,caf\u00e9 \u0080\n", "latin1"));
    const table = await readTable(path);
    expect(contents(table)).toEqual({ x: [1], g: ["caf\u00e9 \u20ac"] });
    expect(table.notes).toEqual([`${path}: not UTF-8, first on line 2; read as Windows-1252 (Latin-1)`]);
  });

  it("are known by the SHA-256 of their bytes", async () => {
    const path = file("abc.csv", "abc\n1\n");
    const sha256 = createHash("sha256").update("abc\n1\n").digest("hex");
    expect((await readTable(path)).source).toEqual({ file: path, sha256 });
  });

  it("are read in slices that may end inside characters and quotes", async () => {
    const levels = Array.from({ length: 60_000 }, (_, i) => `${i}\u{1f600}"\u00e9,\r\n`);
    const rows = levels.map((level, i) => `${i},"${level.replaceAll('"', '""')}"\r\n`);
    const table = await readTable(file("long.csv", `x,g\r\n${rows.join("")}`));
    expect(contents(table)).toEqual({ x: levels.map((_, i) => i), g: levels });
  });
});

describe("what is wrong with a file", () => {
  const csv = "give the path of a .csv or .tsv file";
  const ending = "save the data as CSV, TSV, Parquet or Arrow; a text file of another ending needs its delimiter given";
  const utf8 = "save the data as CSV in UTF-8";
  const mixed = Uint8Array.from([...Buffer.from("x,g\n1,\u00e9\n2,"), 0xe9, 0x0a]);
  const cases: [what: string, path: string, code: string, after: string][] = [
    [
      "missing",
      join(folder, "none.csv"),
      "unreadable-file",
      ": there is no such file\n  check the path; it is relative to the working directory",
    ],
    ["a directory", folder, "unreadable-file", `: this is a directory\n  ${csv}`],
    ["below a file", join(file("f.csv", "x\n1\n"), "g.csv"), "unreadable-file", `: its folder is a file\n  ${csv}`],
    ["of another ending", file("a.parquet", "x"), "unknown-ending", `: unknown ending ".parquet"\n  ${ending}`],
    ["without an ending", file("noending", "x\n1\n"), "unknown-ending", `: a file name without an ending\n  ${ending}`],
    [
      "empty",
      file("empty.csv", ""),
      "no-rows",
      ": there is nothing in it\n  give a line of column names and one line a row",
    ],
    ["in two encodings", file("latin1.csv", mixed), "encoding", `:3: not UTF-8 text\n  ${utf8}`],
    [
      "cut inside a character",
      file("cut.csv", Uint8Array.of(120, 10, 49, 10, 0xe2, 0x82)),
      "encoding",
      `:3: not UTF-8 text\n  ${utf8}`,
    ],
    [
      "an image",
      file("image.csv", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0)),
      "encoding",
      `:1: not UTF-8 text\n  ${utf8}`,
    ],
    [
      "wrong in a cell",
      file("cell.csv", "x,y\n1,2\n3\n"),
      "cell-count",
      ':3: 1 cell where the header has 2\n  cells stand between ","; quote a cell that has one inside',
    ],
  ];
  it.each(cases)("%s", async (_, path, code, after) => {
    const error = await rejection(path);
    expect(error.message).toBe(path + after);
    expect(error.code).toBe(code);
    expect(error.place.name).toBe(path);
  });

  it("a name that no file can have", async () => {
    const error = await rejection("a\0.csv");
    expect(error.code).toBe("unreadable-file");
    expect(error.hint).toBe(csv);
  });

  it("a delimiter that cannot be one", async () => {
    expect((await rejection(file("b.csv", "x\n1\n"), { delimiter: "" })).code).toBe("bad-delimiter");
  });
});

async function rejection(path: string, options: ReadOptions = {}): Promise<DataError> {
  const error = await readTable(path, options).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof DataError) return error;
  throw new Error(`not a DataError: ${String(error)}`);
}

const root = resolve(import.meta.dirname, "../../..");

describe("known data", () => {
  const tables: [name: string, rows: number, columns: number, text: string][] = [
    ["cbpp", 56, 4, ""],
    ["contraception", 1934, 6, "livch urban"],
    ["epil", 236, 9, "trt"],
    ["epilepsy", 295, 7, "trt"],
    ["grouseticks", 403, 7, ""],
    ["hdp", 8525, 27, "married family_hx smoking_hx sex cancer_stage school"],
    ["multicenter", 16, 4, "treatment"],
    ["penicillin", 144, 3, "plate sample"],
    ["rcbd", 16, 3, ""],
    ["sleepstudy", 180, 3, ""],
    ["theoph", 132, 5, ""],
    ["toenail", 1908, 5, "treatment"],
    ["tvsfp", 1600, 7, ""],
    ["verbagg", 7584, 8, "Gender item btype situ mode"],
    ["wine", 72, 5, "temp contact"],
  ];
  for (const [name, rows, columns, text] of tables) {
    it.skipIf(!isThere(`${name}.csv`))(`${name}.csv`, async () => {
      const table = await readTable(dataFile(`${name}.csv`));
      expectSound(table);
      expect([table.rows, table.columns.size]).toEqual([rows, columns]);
      const textColumns = [...table.columns].filter(([, column]) => column.kind === "text").map(([column]) => column);
      expect(textColumns.join(" ")).toBe(text);
    });
  }
});

describe("the models", () => {
  const models: [folder: string, reference: string][] = [
    ["epilepsy", "epilepsy"],
    ["cbpp", "cbpp"],
    ["sleepstudy", "sleepstudy"],
    ["rcbd", "rcbd_olre"],
    ["multicenter", "multicenter"],
  ];
  for (const [folderName, reference] of models) {
    it(`${folderName} is what the reference was made of`, async () => {
      const { model, data } = JSON.parse(
        readFileSync(join(referenceFolder, "posteriors", `${reference}.json`), "utf8"),
      );
      expect(readFileSync(join(root, "models", folderName, "model.glmm"), "utf8")).toBe(`${model.join("\n")}\n`);
      const copied = await readTable(join(root, "models", folderName, "data.csv"));
      const original = await readTable(dataFile(data));
      expect(copied.columns).toEqual(original.columns);
    });
  }
});
