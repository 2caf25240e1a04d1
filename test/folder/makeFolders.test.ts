import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { checkFolder, checkWritable, makeFolders } from "../../src/folder/makeFolders.js";

const root = mkdtempSync(join(tmpdir(), "marginalia-"));
afterAll(() => rmSync(root, { recursive: true }));
const file = join(root, "file");
writeFileSync(file, "");

describe("folders", () => {
  it("are made with those above them, and the first that was made is told", async () => {
    expect(await makeFolders(join(root, "a/b/c"))).toBe(join(root, "a"));
    expect(await makeFolders(join(root, "a/b/d"))).toBe(join(root, "a/b/d"));
    expect(await makeFolders(join(root, "a/b"))).toBeUndefined();
    expect(readdirSync(join(root, "a/b")).sort()).toEqual(["c", "d"]);
  });

  it("are made once by several at a time", async () => {
    await Promise.all(Array.from({ length: 8 }, () => makeFolders(join(root, "at/once"))));
    expect(existsSync(join(root, "at/once"))).toBe(true);
  });

  it("are refused where a file is, or above them", async () => {
    await expect(makeFolders(file)).rejects.toThrow("EEXIST");
    await expect(makeFolders(join(file, "out"))).rejects.toThrow("ENOTDIR");
    await expect(checkFolder(join(file, "out"))).rejects.toThrow("ENOTDIR");
  });

  it("are looked at without a trace", async () => {
    const before = readdirSync(root);
    await checkWritable(root);
    await checkFolder(join(root, "new/deep"));
    expect(readdirSync(root)).toEqual(before);
  });

  it.runIf(existsSync("/proc/self"))(
    "are refused where the system makes none, which Node's mkdir never tells",
    async () => {
      for (const folder of ["/proc/out", "/proc/deep/out"]) {
        await expect(makeFolders(folder)).rejects.toThrow("ENOENT");
        await expect(checkFolder(folder)).rejects.toThrow("ENOENT");
      }
    },
  );
});
