import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
/** Pages with sessions, and the commands that these are of. */
const pages = {
  "docs/checks.md": ["ppc", "residuals", "influence", "loo"],
  "docs/simulation.md": ["fit"],
  "docs/compare.md": ["compare", "compare"],
};

/** `$ marginalia ARGV` and what it prints; a line of "..." stands for lines that are left out. */
function sessionsOf(page: string) {
  const text = readFileSync(join(root, page), "utf8");
  return [...text.matchAll(/^```\n\$ marginalia (.*)\n([\s\S]*?)^```/gm)].map(([, argv, printed]) => ({
    page,
    argv,
    words: [...argv.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain),
    parts: printed.split("...\n"),
  }));
}
const sessions = Object.keys(pages).flatMap(sessionsOf);

describe("pages with sessions", () => {
  it.each(Object.entries(pages))("%s has those of its commands", (page, commands) => {
    const own = sessions.filter((session) => session.page === page).map(({ words }) => words[0]);
    expect([...own].sort()).toEqual(expect.arrayContaining([...commands].sort()));
    expect(own.length).toBeGreaterThanOrEqual(commands.length);
  });

  it.each(sessions)("$page shows what the program prints: $argv", ({ words, parts }) => {
    const output = execFileSync(process.execPath, [join(root, "dist/bin/marginalia.js"), ...words], {
      cwd: root,
      env: { ...process.env, COLUMNS: "100" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    for (const part of parts) expect(output).toContain(part.trimEnd());
  });
});
