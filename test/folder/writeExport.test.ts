import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { writeExport } from "../../src/folder/writeExport.js";
import { type ExportFormat, exportFormats, ResultError } from "../../src/index.js";
import { Fits } from "../export/fits.js";

const fault = vi.hoisted(() => ({ isFull: false }));
vi.mock("../../src/folder/writeChecked.js", async (original) => {
  const { writeChecked } = await original<typeof import("../../src/folder/writeChecked.js")>();
  return {
    async writeChecked(path: string, chunks: Iterable<string | Uint8Array>) {
      const written = await writeChecked(path, chunks);
      if (fault.isFull) throw new Error("ENOSPC: no space left on device, write");
      return written;
    },
  };
});

const root = mkdtempSync(join(tmpdir(), "marginalia-"));
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => {
  fault.isFull = false;
});
const fits = new Fits();

it.each(Object.keys(exportFormats) as ExportFormat[])(
  "a full disk leaves nothing of %s, and what was there",
  async (to) => {
    const folder = join(root, to);
    const place = join(folder, "fit");
    const made = await fits.of("laplace");
    await writeExport(made, to, place);
    const written = readdirSync(folder, { recursive: true });
    fault.isFull = true;
    const error: unknown = await writeExport(made, to, place).catch((caught: unknown) => caught);
    if (!(error instanceof ResultError)) throw error;
    expect(error.code).toBe("not-written");
    expect(error.message.replace(root, "ROOT")).toBe(
      `cannot write "ROOT/${to}/fit": no space left on device\n  nothing is left of the export, and what was there is as it was; give another place, or make room or permission`,
    );
    expect(readdirSync(folder, { recursive: true })).toEqual(written);
  },
);

it("says what it wrote", async () => {
  const path = join(root, "tidy.csv");
  writeFileSync(path, "old");
  const { to, files, notes } = await writeExport(await fits.of("ml"), "tidy", path);
  expect({ to, notes }).toEqual({ to: "tidy", notes: [] });
  expect(files).toEqual([{ name: path, bytes: readFileSync(path).length, sha256: expect.any(String) }]);
});

it("ends with the signal's reason, and leaves nothing", async () => {
  const path = join(root, "stopped.json");
  const controller = new AbortController();
  const include = ["log_likelihood"];
  const writing = writeExport(await fits.of("nuts"), "arviz-json", path, {
    include,
    signal: controller.signal,
    onProgress: () => controller.abort(new RangeError("enough")),
  });
  await expect(writing).rejects.toThrow("enough");
  expect(readdirSync(root).filter((name) => name.includes("stopped"))).toEqual([]);
});
