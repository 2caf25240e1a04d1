import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/checks.md"), "utf8");
/** `$ marginalia ARGV` and what it prints; a line of "..." stands for lines that are left out. */
const sessions = [...page.matchAll(/^```\n\$ marginalia (.*)\n([\s\S]*?)^```/gm)].map(([, argv, printed]) => ({
  argv,
  printed,
}));

describe("docs/checks.md", () => {
  it("has a session of each command", () => {
    expect(sessions.map(({ argv }) => argv.split(" ")[0])).toEqual(
      expect.arrayContaining(["ppc", "residuals", "influence", "loo"]),
    );
  });

  it.each(sessions)("shows what the program prints: $argv", ({ argv, printed }) => {
    const output = execFileSync(process.execPath, [join(root, "dist/bin/marginalia.js"), ...argv.split(" ")], {
      cwd: root,
      env: { ...process.env, COLUMNS: "100" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    for (const part of printed.split("...\n")) expect(output).toContain(part.trimEnd());
  });
});
