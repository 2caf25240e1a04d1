import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

// The programs of the documentation, as a stranger's project has them: compiled strictly against the built package, and run.

const root = resolve(import.meta.dirname, "../..");
const project = mkdtempSync(join(tmpdir(), "marginalia-programs-"));
const pages = ["README.md", "docs/typescript.md", "docs/quadrature.md", "docs/results.md", "docs/extending.md"];
const programs = pages.flatMap((page) => {
  const text = readFileSync(join(root, page), "utf8");
  // A program that others import has its file's name beside the language: ```ts geometric.ts
  const blocks = [...text.matchAll(/^```ts(?: (\w+)\.ts)?\n(.*?)^```/gms)];
  return blocks.map(([, name, code], k) => ({ name: name ?? `${page.replace(/\W/g, "_")}_${k + 1}`, code }));
});

const options = {
  target: "ES2022",
  lib: ["ES2022"],
  types: ["node"],
  module: "NodeNext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: false,
};

beforeAll(() => {
  mkdirSync(join(project, "node_modules"));
  symlinkSync(root, join(project, "node_modules", "marginalia"));
  for (const name of ["@uwdata", "@types", "undici-types"])
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
  writeFileSync(join(project, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  for (const { name, code } of programs) writeFileSync(join(project, `${name}.ts`), code);
  copyFileSync(join(root, "models/epilepsy/data.csv"), join(project, "epilepsy.csv"));
});

afterAll(() => rmSync(project, { recursive: true, force: true }));

/** What a script prints, on both streams. */
function printed(script: string): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { cwd: project, encoding: "utf8" });
  return { status, text: `${stdout}${stderr}` };
}

describe("programs of the documentation", () => {
  it("compile strictly, the package's declarations included", () => {
    expect(printed(join(root, "node_modules/typescript/bin/tsc"))).toEqual({ status: 0, text: "" });
  });

  it.each(programs.map(({ name }) => name))("%s runs", (name) => {
    const { status, text } = printed(`${name}.js`);
    expect(status, text).toBe(0);
  });
});
