import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { loadedFiles } from "./loadedFiles.js";

/** Bytes after gzip of the files that a program for browsers loads, which are minified. */
export interface BundleSizes {
  /** Of those that it starts with. */
  readonly start: number;
  /** Of all that it has loaded at the end of a fit by an engine. */
  readonly byEngine: Readonly<Record<string, number>>;
}

/** A small model, which every engine fits. */
const fitted = `"y ~ poisson(mu)\\nlog(mu) = 1 + x + (1 | g)",
  { y: [1, 4, 0, 5, 1, 2, 3, 2], x: [0.5, 1.5, -2, 0, 1, 0.7, 0, 1], g: ["a", "a", "b", "b", "c", "c", "d", "d"] }`;

/** Bundles a program with `fit`, with code splitting, and fits by each engine, in processes of their own. */
export async function bundleSizes(input: string, folder: string, engines: readonly string[]): Promise<BundleSizes> {
  const dir = join(folder, "sizes");
  const bundle = await rolldown({ input, cwd: folder, platform: "browser", logLevel: "silent" });
  await bundle.write({ dir, format: "esm", minify: true, entryFileNames: "program.js" });
  await bundle.close();
  writeFileSync(join(dir, "package.json"), '{ "type": "module" }');
  // What browsers have, and Node 20 has not.
  const imported = `globalThis.navigator ??= { hardwareConcurrency: 1 };
const { fit } = await import(${JSON.stringify(pathToFileURL(join(dir, "program.js")).href)});`;
  const weigh = (program: string) =>
    loadedFiles(`${imported}\n${program}`).reduce((sum, url) => sum + gzipSync(readFileSync(new URL(url))).length, 0);
  const byEngine = engines.map((engine) => [engine, weigh(`await fit(${fitted}, { engine: "${engine}" });`)] as const);
  return { start: weigh(""), byEngine: Object.fromEntries(byEngine) };
}
