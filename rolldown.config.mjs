import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";

// What npm ships, joined: Node and browsers read few files in a third of the time that it takes for the modules one by one.
// seedrandom asks for Node's crypto for seeds of its own making, and brings six generators beside its own; we use neither.
const alias = { crypto: false, seedrandom: "seedrandom/seedrandom.js" };
/** On Node csv-parse needs no substitute for its buffers. */
const onNode = { ...alias, "csv-parse/browser/esm/sync": "csv-parse/sync" };
/** What every platform has had since ES2015, which @stdlib tries and has substitutes for: three in four of its files. */
const builtIn = {
  "@stdlib/array-float64": "module.exports = Float64Array;",
  "@stdlib/array-uint32": "module.exports = Uint32Array;",
  "@stdlib/array-uint16": "module.exports = Uint16Array;",
  "@stdlib/array-uint8": "module.exports = Uint8Array;",
  "@stdlib/utils-define-nonenumerable-read-only-property":
    "module.exports = (object, name, value) => Object.defineProperty(object, name, { value });",
  // For arguments below zero, which `lgamma` and `normalDistribution.ts` never have: the libraries' own take 5 KB after gzip.
  "@stdlib/math-base-special-sinpi": "module.exports = (x) => Math.sin(Math.PI * x);",
  "@stdlib/math-base-special-exp": "module.exports = Math.exp;",
  "@stdlib/math-base-special-abs": "module.exports = Math.abs;",
  "@stdlib/math-base-special-floor": "module.exports = Math.floor;",
  "@stdlib/math-base-special-trunc": "module.exports = Math.trunc;",
  "@stdlib/math-base-assert-is-nan": "module.exports = Number.isNaN;",
  "@stdlib/math-base-assert-is-infinite": "module.exports = (x) => Math.abs(x) === Infinity;",
  "@stdlib/number-float64-base-get-high-word":
    "const view = new DataView(new ArrayBuffer(8)); module.exports = (x) => (view.setFloat64(0, x), view.getUint32(0));",
  "@stdlib/number-float64-base-set-high-word":
    "const view = new DataView(new ArrayBuffer(8)); module.exports = (x, high) => (view.setFloat64(0, x), view.setUint32(0, high), view.getFloat64(0));",
};
/** Commander runs commands that are programs of their own, which ours are not, and would have Node load its processes and sockets for it. */
const ownProcesses = { "node:child_process": "module.exports = {};" };
const plugins = [
  {
    name: "built-in",
    resolveId: (id, importer) =>
      id in builtIn || (id in ownProcesses && importer.includes("/commander/")) ? `\0${id}` : null,
    load: (id) => ({ ...builtIn, ...ownProcesses })[id.slice(1)] ?? null,
  },
  {
    // The maps lead to the TypeScript, whose text they hold.
    name: "maps-of-tsc",
    load: (id) =>
      !id.includes("node_modules") && existsSync(`${id}.map`)
        ? { code: readFileSync(id, "utf8"), map: readFileSync(`${id}.map`, "utf8") }
        : null,
  },
];
const read = (path) => readFileSync(path, "utf8");

/** The modules that a file of ours imports before it runs, itself included, by their paths. */
function importedBy(file, platform, textOf = read, known = new Set()) {
  const path = resolve(file);
  if (known.has(path)) return known;
  known.add(path);
  for (const [, from] of textOf(path).matchAll(/^(?:import|export)\b[^;]*?"(\.[^"]+|#platform)";$/gm)) {
    const imported = from === "#platform" ? `dist/platform/${platform}/platform.js` : resolve(path, "..", from);
    importedBy(imported, platform, textOf, known);
  }
  return known;
}

/** The index, whose asynchronous functions are loaded when they are first called: that leaves two thirds for the import to read. */
function indexOnDemand(path) {
  return read(path).replace(/^export \{ (.*) \} from "(.*)";$/gm, (_line, names, from) => {
    const isAsync = (name) =>
      new RegExp(`^export async function ${name}\\(`, "m").test(read(resolve(path, "..", from)));
    const [later, now] = [names.split(", ").filter(isAsync), names.split(", ").filter((name) => !isAsync(name))];
    const wrappers = later.map(
      (name) => `export async function ${name}(...given) { return (await import("${from}")).${name}(...given); }`,
    );
    return [...wrappers, ...(now.length > 0 ? [`export { ${now.join(", ")} } from "${from}";`] : [])].join("\n");
  });
}
const index = resolve("dist/index.js");
const onDemand = { name: "on-demand", load: (id) => (id === index ? { code: indexOnDemand(id), map: null } : null) };
const onNodeText = (path) => (path === index ? indexOnDemand(path) : read(path));
const importedByIndex = importedBy(index, "node", onNodeText);
/** What the command `fit` needs, by the engine that it has where none is asked for. */
const importedByCommand = new Set(
  ["cli/main", "fit/completeOptions", "fit/fit", "fit/nutsEngine", "fit/runNuts"].flatMap((file) => [
    ...importedBy(`dist/${file}.js`, "node", onNodeText),
  ]),
);
const importedByFit = importedBy("dist/fit/fit.js", "browser");
/** Vite makes one file of a worker, which cannot have an import() of its own. */
const importedByWorker = importedBy("dist/platform/browser/worker.js", "browser");
const browser = { platform: "browser", plugins, resolve: { alias, conditionNames: ["browser", "import"] } };
const output = (dir) => ({ dir, format: "esm", chunkFileNames: "[name].js", sourcemap: true, cleanDir: true });
/** Twice the size of all the rest: Node finds it among the modules when it is asked for. */
const external = ["h5wasm"];
/** In one file an import() parts nothing, as is meant. */
const checks = { ineffectiveDynamicImport: false };
const node = {
  platform: "node",
  external,
  checks,
  plugins: [onDemand, ...plugins],
  resolve: { alias: onNode },
};
/** Node takes longer to open many files than to read one: what the index needs at once is one file, and what it loads later files of their own. */
const library = { groups: [{ name: "library", test: (id) => id !== index && importedByIndex.has(id) }] };
/** Node reads it in three quarters of the time; names stay, for stack traces. */
const withoutSpace = { compress: false, mangle: false, codegen: { removeWhitespace: true } };
/** For Node the library keeps its lines: Node shows the line of an error that nobody catches, which must not be a whole file. */
const onlyLegal = { legal: true, jsdoc: false, annotation: false };

export default [
  {
    input: {
      marginalia: "dist/cli/marginalia.js",
      worker: "dist/platform/node/worker.js",
    },
    ...node,
    output: {
      ...output("dist/bin"),
      sourcemap: false,
      minify: withoutSpace,
      codeSplitting: { groups: [{ name: "start", test: (id) => id !== index && importedByCommand.has(id) }] },
    },
  },
  {
    input: {
      index: "dist/index.js",
      node: "dist/node.js",
      quadrature: "dist/quadrature.js",
      worker: "dist/platform/node/worker.js",
    },
    ...node,
    output: {
      ...output("dist/node"),
      comments: onlyLegal,
      codeSplitting: library,
    },
  },
  {
    // What `fit` needs at once is apart from the rest of the index, so that a bundle with it leaves the engines to their own files.
    input: {
      index: "dist/index.js",
      fit: "dist/fit/fit.js",
      quadrature: "dist/quadrature.js",
      worker: "dist/platform/browser/worker.js",
    },
    ...browser,
    output: {
      ...output("dist/browser"),
      minify: true,
      codeSplitting: {
        groups: [
          { name: "core", test: (id) => importedByFit.has(id) && importedByWorker.has(id) },
          { name: "fit", test: (id) => importedByFit.has(id) },
        ],
      },
    },
  },
];
