import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DataError } from "../../src/data/DataError.js";
import { decodeLz4Frame } from "../../src/data/lz4.js";
import { binaryFormat, readBinary } from "../../src/data/readBinary.js";
import { readTable } from "../../src/platform/node/readTable.js";
import { Workspace } from "../cli/terminal.js";
import { contents } from "./tables.js";

// Files written by pyarrow: validation/fixtures/tables/tables.py.
const folder = "validation/fixtures/tables";

describe("Parquet and Arrow files", () => {
  const files = [
    ...["none", "snappy", "gzip", "zstd", "brotli", "lz4"].map((name) => `${name}.parquet`),
    ...["uncompressed.arrow", "lz4.arrow", "zstd.arrow", "stream.arrows"],
  ];

  it.each(files)("%s is what was written", async (name) => {
    const table = await readTable(`${folder}/${name}`);
    const columns = new Map(table.columns);
    expect(columns.get("list")).toMatchObject({ kind: "unusable" });
    columns.delete("list");
    expect(contents({ ...table, columns })).toEqual({
      y: [1.5, null, 3.25, -4],
      count: [3, 4, null, 6],
      required: [1, 2, 3, 4],
      id: ["12345678901234567", "12345678901234568", "12345678901234567", null],
      trt: ["placebo", "drug", null, "placebo"],
      name: ["b", "caf\u00e9", "b", null],
      day: ["2023-05-01", "2023-05-31", null, "1969-12-31"],
      time: ["2023-05-01T06:00:00.000Z", null, "2023-05-02T00:00:00.000Z", "2023-05-03T00:00:00.000Z"],
      price: [1.1, -0.3, null, 12.34],
      flag: [1, 0, null, 1],
    });
    expect(table.columns.get("day")).toMatchObject({
      kind: "date",
      days: Float64Array.of(19478, 19508, Number.NaN, -1),
    });
    expect(table.columns.get("id")).toMatchObject({ label: { reason: "large-integers" } });
    expect(table.source?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("may be longer than a block of LZ4", async () => {
    const { x } = contents(await readTable(`${folder}/long.feather`));
    expect(x).toEqual(Array.from({ length: 40_000 }, (_, i) => i % 977));
  });

  it("are fitted like any other", async () => {
    const workspace = new Workspace();
    const formula = ["--formula", "count ~ required", "--family", "poisson"];
    const { code, stdout } = await workspace.run(["check", ...formula, "--data", `${folder}/snappy.parquet`]);
    workspace.remove();
    expect(code).toBe(0);
    expect(stdout).toContain("  day       date, 1969-12-31 to 2023-05-31, 1 missing\n");
    expect(stdout).toContain("  list      an array in row 1: not usable\n");
  });

  it("take no options of text files", async () => {
    await expect(readTable(`${folder}/none.parquet`, { na: ["."], decimal: "," })).rejects.toThrow(
      "decimal and na told of a Parquet file, which knows its types\n  such options are for text files: leave them out",
    );
  });

  it("that are cut short are errors", async () => {
    for (const name of ["zstd.parquet", "lz4.arrow"]) {
      const bytes = readFileSync(`${folder}/${name}`).subarray(0, 1000);
      const format = binaryFormat(bytes) ?? "arrow";
      const error = await readBinary(bytes, format, name).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(DataError);
      expect(error).toMatchObject({ code: "unreadable-file", place: { name } });
    }
  });
});

it("decodes blocks of LZ4 that are not compressed, and refuses other bytes", () => {
  const frame = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 3, 0, 0, 0x80, 7, 8, 9, 0, 0, 0, 0);
  expect([...decodeLz4Frame(frame)]).toEqual([7, 8, 9]);
  expect(() => decodeLz4Frame(Uint8Array.of(1, 2, 3, 4))).toThrow("not an LZ4 frame");
});
