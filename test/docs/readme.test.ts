import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const pages = ["README.md", "src/README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];

/** The indented lines from the one with this text on, without their indentation. */
function blockOf(start: string): string {
  const lines = readme.split("\n");
  const first = lines.indexOf(`    ${start}`);
  if (first < 0) throw new Error(`README has no block that begins with "${start}"`);
  const after = lines.findIndex((line, i) => i > first && line !== "" && !line.startsWith("    "));
  return lines
    .slice(first, after)
    .map((line) => line.slice(4))
    .join("\n")
    .trim();
}

describe("README", () => {
  it("has fewer than 150 lines", () => {
    expect(readme.split("\n").length).toBeLessThan(150);
  });

  it("shows what the program prints", () => {
    const bin = join(root, "dist/bin/marginalia.js");
    const options = { cwd: root, env: { ...process.env, COLUMNS: "96" }, encoding: "utf8" } as const;
    const printed = execFileSync(process.execPath, [bin, "fit", "models/epilepsy"], {
      ...options,
      stdio: ["ignore", "pipe", "ignore"],
    });
    for (const start of ["Population parameters", "Diagnostics"]) expect(printed).toContain(blockOf(start));
  });
});

describe("links of the documentation", () => {
  it.each(pages)("%s: lead to files of the project", (page) => {
    const text = readFileSync(join(root, page), "utf8");
    const targets = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, target]) => target);
    for (const target of targets.filter((one) => !/^https?:/.test(one)))
      expect(existsSync(resolve(root, dirname(page), target)), target).toBe(true);
  });
});
