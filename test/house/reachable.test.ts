import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { nameOf, relativeImports, sources, src } from "./sources.js";

/** What package.json and the build start from. */
const entries = [
  ...["index.ts", "node.ts", "quadrature.ts", "platform/node/worker.ts", "platform/browser/worker.ts"],
  "cli/marginalia.ts",
];

/** What `#platform` names, by the conditions of package.json. */
const platforms = ["platform/Platform.ts", "platform/node/platform.ts", "platform/browser/platform.ts"];

/** Files for what the program is to do next, with their tests. */
const awaited = ["design/applyDesign.ts"];

it("every file of src is reached from an entry", () => {
  const reached = new Set<string>();
  const reach = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const imported of relativeImports(file)) reach(imported);
    if (readFileSync(file, "utf8").includes('"#platform"')) for (const name of platforms) reach(join(src, name));
  };
  for (const entry of entries) reach(join(src, entry));
  const files = sources().filter((file) => !file.endsWith(".d.ts"));
  expect(reached.size).toBeGreaterThan(300);
  const unreached = files.filter((file) => !reached.has(file)).map(nameOf);
  expect(unreached.filter((name) => !awaited.includes(name))).toEqual([]);
});
