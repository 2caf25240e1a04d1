import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = resolve(import.meta.dirname, "../../src");

/** The table of src/README.md, read from there so that the two cannot drift apart. */
function importTable(): Map<string, Set<string>> {
  const readme = readFileSync(join(src, "README.md"), "utf8");
  const section = readme.split("## Who may import whom")[1]?.split("\n## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \|$/gm)];
  return new Map(rows.map(([, room, allowed]) => [room ?? "", new Set((allowed ?? "").split(", "))]));
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "assembly" ? [] : sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** A folder of src, or a file that stands in src itself. */
const roomOf = (path: string) => (relative(src, path).split("/")[0] ?? "").replace(/\.js$/, ".ts");

function relativeImports(path: string): string[] {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)"/g)].map((m) =>
    resolve(dirname(path), m[1] ?? ""),
  );
}

describe("who may import whom", () => {
  const table = importTable();
  const files = sources(src);

  it("has a row for every room", () => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.map(roomOf).filter((room) => !table.has(room))).toEqual([]);
  });

  it("is kept by every relative import", () => {
    const offences = files.flatMap((file) =>
      relativeImports(file)
        .map(roomOf)
        .filter((to) => to !== roomOf(file) && !table.get(roomOf(file))?.has(to))
        .map((to) => `${relative(src, file)} imports ${to}`),
    );
    expect(offences).toEqual([]);
  });

  it("leaves Node to the rooms that may touch it", () => {
    const allowed = ["cli/", "platform/node/"];
    const offences = files
      .filter((file) => /from "node:/.test(readFileSync(file, "utf8")))
      .map((file) => relative(src, file))
      .filter((file) => !allowed.some((prefix) => file.startsWith(prefix)));
    expect(offences).toEqual([]);
  });

  it("leaves the names of Node and of browsers to the rooms that may touch them", () => {
    const globals = /\b(process|Buffer|require|document|window|navigator|self|globalThis)\b[.(]/;
    const offences = files
      .filter((file) => !["cli", "platform"].includes(roomOf(file)))
      .filter((file) => globals.test(withoutComments(readFileSync(file, "utf8"))))
      .map((file) => relative(src, file));
    expect(offences).toEqual([]);
  });

  it("leaves the platform's own exp and log to rooms that no draw passes through", () => {
    const rooms = ["design", "density", "family", "prior", "transform", "engine", "math", "kernel"];
    const platformFunctions =
      /Math\.(exp|log|log2|log10|log1p|expm1|pow|sinh?|cosh?|tanh?|asin|acos|atan2?|cbrt|hypot|random)\b/;
    const offences = files
      .filter(
        (file) => rooms.includes(roomOf(file)) && platformFunctions.test(withoutComments(readFileSync(file, "utf8"))),
      )
      .map((file) => relative(src, file));
    expect(offences).toEqual([]);
  });
});

const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
