import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createProject } from "../bundles/project.js";

// The programs of the documentation, in an empty project in which the package is installed as npm would publish it: compiled strictly, and run.

const root = resolve(import.meta.dirname, "../..");
const { folder: project, remove } = createProject();
const pages = [
  "README.md",
  "docs/typescript.md",
  "docs/quadrature.md",
  "docs/results.md",
  "docs/predictions.md",
  "docs/means.md",
  "docs/sensitivity.md",
  "docs/checks.md",
  "docs/export.md",
  "docs/simulation.md",
  "docs/extending.md",
];
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

/** What the programs use of any platform, where neither DOM nor @types/node declares it. */
const SURROUNDINGS = `declare const console: { log(...values: unknown[]): void };
declare class URL { constructor(url: string, base?: string); readonly href: string; }
interface ImportMeta { readonly url: string; }
declare class AbortController {
  readonly signal: { readonly aborted: boolean; readonly reason: unknown; addEventListener(type: "abort", listener: () => void): void; removeEventListener(type: "abort", listener: () => void): void };
  abort(reason?: unknown): void;
}
`;

beforeAll(() => {
  for (const name of ["@types", "undici-types"])
    symlinkSync(join(root, "node_modules", name), join(project, "node_modules", name));
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  for (const { name, code } of programs) writeFileSync(join(project, `${name}.ts`), code);
  copyFileSync(join(root, "models/epilepsy/data.csv"), join(project, "epilepsy.csv"));
});

afterAll(remove, 120_000);

/** What a script prints, on both streams. */
function printed(
  script: string,
  ...argv: readonly string[]
): { readonly status: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...argv], { cwd: project, encoding: "utf8" });
  return { status, text: `${stdout}${stderr}` };
}

describe("programs of the documentation", () => {
  it("compile strictly, the package's declarations included", () => {
    expect(printed(join(root, "node_modules/typescript/bin/tsc"))).toEqual({ status: 0, text: "" });
  });

  it.each([
    { title: "with DOM and @types/node", lib: ["ES2022", "DOM"], types: ["node"] },
    { title: "with DOM alone", lib: ["ES2022", "DOM"], types: [] },
    { title: "with neither", lib: ["ES2022"], types: [] },
  ])("compile strictly $title, but for those that use Node", ({ title, lib, types }) => {
    const usesNode = ({ code }: { code: string }) => /"node:|\bprocess\./.test(code);
    const kept = programs.filter((one) => types.length > 0 || !usesNode(one)).map(({ name }) => `${name}.ts`);
    const surroundings = lib.includes("DOM") ? [] : ["surroundings.d.ts"];
    const file = `${title.replaceAll(/\W/g, "_")}.json`;
    const compilerOptions = { ...options, lib, types, noEmit: true };
    writeFileSync(join(project, "surroundings.d.ts"), SURROUNDINGS);
    writeFileSync(join(project, file), JSON.stringify({ compilerOptions, files: [...kept, ...surroundings] }));
    expect(kept.length).toBeGreaterThan(10);
    expect(printed(join(root, "node_modules/typescript/bin/tsc"), "--project", file)).toEqual({ status: 0, text: "" });
  });

  it.each(programs.map(({ name }) => name))("%s runs", (name) => {
    const { status, text } = printed(`${name}.js`);
    expect(status, text).toBe(0);
  });
});
