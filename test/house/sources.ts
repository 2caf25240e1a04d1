import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** The folder of the sources. */
export const src = resolve(import.meta.dirname, "../../src");

/** Paths of the files of a folder, those in AssemblyScript left out. */
export function sources(folder = src): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "assembly" ? [] : sources(path);
    return entry.name.endsWith(".ts") ? [path] : [];
  });
}

/** Paths of the files that a file imports by relative names, types included. */
export function relativeImports(path: string): string[] {
  const text = readFileSync(path, "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"(\.{1,2}\/[^"]+)\.js"/g)].map((m) =>
    resolve(dirname(path), `${m[1]}.ts`),
  );
}

/** The table of src/README.md that says who may import whom. */
export function importTable(): Map<string, Set<string>> {
  const readme = readFileSync(join(src, "README.md"), "utf8");
  const section = readme.split("## Who may import whom")[1]?.split("\n## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| `([^`]+)` \| ([^|]+) \|$/gm)];
  return new Map(rows.map(([, room, allowed]) => [room ?? "", new Set((allowed ?? "").split(", "))]));
}

/** A folder of src, a file that stands in src itself, or `platform/worker`: the entry of a worker thread on either platform. */
export function roomOf(path: string): string {
  const name = relative(src, path);
  return /^platform\/\w+\/worker\.ts$/.test(name) ? "platform/worker" : (name.split("/")[0] ?? "");
}

export const nameOf = (path: string) => relative(src, path);

export const withoutComments = (text: string) => text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
