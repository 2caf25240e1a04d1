import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";

/** Bytes after gzip of the files that a program loads, which are minified. */
export interface BundleSizes {
  /** Those that its first file imports. */
  readonly initial: number;
  /** With those that an engine loads when it is first asked for, by the engine's name. */
  readonly byEngine: Readonly<Record<string, number>>;
}

/** Bundles a program for browsers, with code splitting. */
export async function bundleSizes(input: string, folder: string): Promise<BundleSizes> {
  const bundle = await rolldown({ input, cwd: folder, platform: "browser", logLevel: "silent" });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  const chunks = new Map(output.flatMap((file) => (file.type === "chunk" ? [[file.fileName, file] as const] : [])));
  const loaded = (name: string, known: Set<string>): Set<string> => {
    if (known.has(name)) return known;
    known.add(name);
    for (const imported of chunks.get(name)?.imports ?? []) loaded(imported, known);
    return known;
  };
  const weigh = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + gzipSync(chunks.get(name)?.code ?? "").length, 0);
  const entry = [...chunks.values()].find(({ isEntry }) => isEntry)?.fileName ?? "";
  const initial = loaded(entry, new Set());
  const engines = [...chunks.values()].flatMap(({ fileName, isDynamicEntry }) => {
    const engine = /^run([A-Z]\w+?)-/.exec(fileName)?.[1].toLowerCase();
    return isDynamicEntry && engine !== undefined ? [[engine, fileName] as const] : [];
  });
  const byEngine = engines.map(([engine, file]) => [engine, weigh(loaded(file, new Set(initial)))] as const);
  return { initial: weigh(initial), byEngine: Object.fromEntries(byEngine) };
}
