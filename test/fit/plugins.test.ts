import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  compare,
  compareEngines,
  compareEvidence,
  defineFamily,
  dispose,
  type FitOptions,
  fit,
  fitReport,
  fromFormula,
  fromJSON,
  jsonDocument,
  loadPlugin,
  ModelError,
  OptionsError,
  PluginError,
  prepareModel,
  savedModel,
  textReport,
  toJSON,
} from "../../src/index.js";
import { main } from "../cli/dist.js";

const plugin = (name: string) => new URL(`../plugin/${name}`, import.meta.url).href;
const geometric = plugin("geometric.mjs");
const workerUrl = new URL("../../dist/platform/node/worker.js", import.meta.url).href;

const text = "y ~ geometric(p)\nlogit(p) = 1 + x + (1 | g)\nprior beta ~ logistic(0, 1)";
const rows = Array.from({ length: 48 }, (_, i) => ({ y: (i * i) % 5, x: ((i * 7) % 11) / 11, g: `g${i % 8}` }));

const folder = mkdtempSync(join(tmpdir(), "marginalia-plugins-"));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(dispose);

/** A module of a test; each has a name of its own, as modules are imported once. */
function written(name: string, code: string): string {
  writeFileSync(join(folder, name), code);
  return pathToFileURL(join(folder, name)).href;
}

/** What the program prints. */
function run(args: readonly string[]): string {
  return execFileSync(process.execPath, [main, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

type Refusal = { readonly code: string; readonly text: string };

/** What a program is told of plugins that cannot be used: in a process of its own, for the tests' own loads modules in its way. */
function refusalsOf(urls: Readonly<Record<string, string>>): Readonly<Record<string, Refusal>> {
  const program = `
    import { loadPlugin, PluginError } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url).href)};
    const told = {};
    for (const [name, url] of Object.entries(${JSON.stringify(urls)}))
      try {
        await loadPlugin(url, { name: "mine" });
      } catch (error) {
        told[name] = error instanceof PluginError ? { code: error.code, text: error.message } : { text: String(error) };
      }
    console.log(JSON.stringify(told));`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" });
  return JSON.parse(printed.replaceAll(folder, "DIR"));
}

describe("plugins", () => {
  it.each<FitOptions>([
    { chains: 2, warmup: 50, draws: 50 },
    { engine: "laplace" },
    { engine: "inla" },
    { engine: "ml" },
  ])("give a model their families and priors, as lists given by value do: %o", async (options) => {
    const { families, priors } = await loadPlugin(geometric);
    const byUrl = await fit(text, rows, { ...options, plugins: [geometric] });
    const byValue = await fit(text, rows, { ...options, families, priors });
    const numbers = (result: typeof byUrl) =>
      result.engine === "ml" ? result.ml.parameters : result.summary().parameters;
    expect(numbers(byUrl)).toEqual(numbers(byValue));
    expect(numbers(byUrl)).toHaveLength(3);
  });

  it("are imported by worker threads, with the same draws for any number of them", async () => {
    const sampled = async (workers: number) => {
      const options = { chains: 3, warmup: 60, draws: 40, workers, workerUrl, plugins: [new URL(geometric)] };
      const result = await fit(text, rows, options);
      expect(result.problems.map(({ code }) => code)).not.toContain("no-worker-threads");
      return result.draws("sd[g, Intercept]");
    };
    const here = await sampled(0);
    expect(await sampled(1)).toEqual(here);
    expect(await sampled(3)).toEqual(here);
  });

  it("fail in a thread that cannot import them with the reason and the way out", async () => {
    const code = `import { isMainThread } from "node:worker_threads";\nif (!isMainThread) throw new Error("no threads");\n`;
    const shy = written("shy.mjs", code + readFileSync(new URL(geometric), "utf8"));
    const run = (workers: number) =>
      fit(text, rows, { chains: 2, warmup: 60, draws: 20, workers, workerUrl, plugins: [shy] });
    await expect(run(2)).rejects.toThrow(
      /^chain \d failed: in its worker thread the plugin ".*shy.mjs" throws while it is imported: no threads; mend it; or run chains in one thread \(workers 0\)$/,
    );
    expect((await run(0)).posterior.record.chains).toHaveLength(2);
  });

  it("are told by reports, and by saved results", async () => {
    const loaded = await loadPlugin(geometric, { name: "geometric.mjs" });
    const record = {
      name: "geometric.mjs",
      url: geometric,
      families: ["geometric"],
      priors: ["logistic"],
      engines: [],
    };
    const result = await fit(text, rows, { engine: "laplace", plugins: [loaded] });
    expect(jsonDocument(fitReport(result)).plugins).toEqual([record]);
    expect(textReport(fitReport(result))).toContain("plugins       geometric.mjs: family geometric, prior logistic\n");
    const saved = await fromJSON(JSON.stringify(toJSON(result.posterior)));
    expect("record" in saved && saved.record.plugins).toEqual([record]);
    const { ml } = await fit(text, rows, { engine: "ml", plugins: [loaded] });
    expect(await fromJSON(JSON.stringify(toJSON(ml)))).toMatchObject({ plugins: [record] });
  });

  it("are named by a saved model, which says what it needs where it is read without them", async () => {
    const loaded = await loadPlugin(geometric, { name: "my plugins/geometric.mjs" });
    const result = await fit(text, rows, { engine: "ml", plugins: [loaded] });
    const saved = savedModel(result);
    expect(saved).toBe(`# plugin: my plugins/geometric.mjs: family geometric, prior logistic\n${text}`);
    const again = await fit(saved, rows, { engine: "ml", plugins: [loaded] });
    expect(again.ml.parameters).toEqual(result.ml.parameters);
    expect(savedModel(again)).toBe(saved);
    const error: unknown = await fit(saved, rows, { engine: "ml" }).catch((thrown: unknown) => thrown);
    if (!(error instanceof ModelError)) throw error;
    const hint =
      'the model was fitted with the plugin "my plugins/geometric.mjs": give it by --plugin, or in the option plugins';
    expect(error.problems.map((problem) => [problem.code, problem.hint])).toEqual([
      ["unknown-family", hint],
      ["unknown-distribution", hint],
    ]);
  });

  it("serve comparisons, which tell of them", async () => {
    const plugins = [geometric];
    const url = expect.objectContaining({ url: geometric });
    const engines = await compareEngines(text, rows, { engines: ["laplace", "ml"], plugins });
    expect(engines).toMatchObject({ refused: [], plugins: [url] });
    const smaller = text.replace(" + x", "").replace("beta", "intercept");
    const models = await compare(text, smaller, rows, { plugins });
    expect(models).toMatchObject({ relation: { kind: "nested" }, plugins: [url] });
    const evidence = await compareEvidence(text, smaller, rows, { plugins, defaultPriors: true });
    expect(evidence).toMatchObject({ engines: [{ engine: "inla" }], plugins: [url] });
  });

  it("give a model from a formula their families, on the command line too", async () => {
    const plugins = [await loadPlugin(geometric)];
    const priors = ["beta ~ logistic(0, 1)"];
    const ast = fromFormula("y ~ x + (1 | g)", "geometric", { plugins, priors });
    const asText = await fit(text, rows, { engine: "ml", plugins });
    expect((await fit(ast, rows, { engine: "ml", plugins })).ml.parameters).toEqual(asText.ml.parameters);
    expect(() => fromFormula("y ~ x", "geometric", { plugins: [geometric] })).toThrow(/what loadPlugin returns/);
    const data = join(folder, "rows.csv");
    writeFileSync(data, ["y,x,g", ...rows.map(({ y, x, g }) => `${y},${x},${g}`)].join("\n"));
    const given = ["--family", "geometric", "--data", data, "--plugin", fileURLToPath(geometric), "--json"];
    const { parameters } = JSON.parse(run(["fit", "--engine", "ml", "--formula", "y ~ x + (1 | g)", ...given]));
    expect(parameters[1].estimate).toBe(asText.ml.parameters[1].estimate);
    const pair = ["--formula", "y ~ x + (1 | g)", "--formula", "y ~ 1 + (1 | g)"];
    expect(JSON.parse(run(["compare", ...pair, ...given])).relation.kind).toBe("nested");
  });

  it("must be loaded for what does not wait", async () => {
    expect(() => prepareModel(text, rows, { plugins: [geometric] })).toThrow(/what loadPlugin returns/);
    const { plugins } = prepareModel(text, rows, { plugins: [await loadPlugin(geometric)] });
    expect(plugins.map(({ families }) => families)).toEqual([["geometric"]]);
  });
});

async function refusal(url: string): Promise<PluginError> {
  const error: unknown = await loadPlugin(url).catch((thrown: unknown) => thrown);
  if (!(error instanceof PluginError)) throw error;
  return error;
}

describe("what is wrong with plugins", () => {
  const cases = [
    ["a file that is not there", "none.mjs", null, "not-found", /"mine" is not there; look at its path/],
    [
      "a syntax error",
      "syntax.mjs",
      "export const = 3;",
      "not-a-module",
      /"mine" is no JavaScript module \(.+\); mend/,
    ],
    ["no JavaScript", "data.json", "{}", "not-a-module", /"mine" is no JavaScript \(.+give a module whose name ends/],
    ["an import that throws", "throws.mjs", 'throw new Error("no luck")', "failed", /imported: no luck; mend it/],
    ["no exports", "empty.mjs", "", "nothing-exported", /"mine" exports nothing; export what defineFamily/],
    ["other exports", "other.mjs", "export const a = 1, b = {};", "nothing-exported", /no family.+but a, b;/],
    ["a file missing", "dep.mjs", 'import "./x.mjs"', "not-found", /imports the file "DIR\/x.mjs", which is not there/],
    ["a package missing", "pkg.mjs", 'import "no-such-pkg"', "not-installed", /"no-such-pkg".+npm install no-such-pkg/],
    [
      "half a family",
      "half.mjs",
      'export const f = { name: "f", slots: [{}] }',
      "not-usable",
      /family "f".+slots must/,
    ],
    ["half a prior", "part.mjs", 'export const p = { name: "p", make() {} }', "not-usable", /prior "p".+a list/],
    [
      "an empty prior",
      "void.mjs",
      'export const p = { name: "p", parameters: [], make: () => ({}) }',
      "not-usable",
      /no function logDensity/,
    ],
    [
      "half an engine",
      "engine.mjs",
      "export const e = { run() {} }",
      "not-usable",
      /without name or options: make it by defineEngine/,
    ],
  ] as const;
  let told: ReturnType<typeof refusalsOf>;
  beforeAll(() => {
    const urls = cases.map(([_, name, code]) => [
      name,
      code === null ? pathToFileURL(join(folder, name)).href : written(name, code),
    ]);
    told = refusalsOf({ ...Object.fromEntries(urls), relative: "./mine.mjs" });
  });

  it.each(cases)("%s", (_, name, _code, expected, message) => {
    expect(told[name].code).toBe(expected);
    expect(told[name].text).toMatch(message);
    expect(told[name].text).toMatch(/^the plugin "mine" /);
  });

  it("a derivative, of a family and of a prior, both at once", async () => {
    const code = readFileSync(new URL(geometric), "utf8")
      .replace("out.dEta = q", "out.dEta = 1.1 * q")
      .replace("derivative: (x) => (1", "derivative: (x) => (2");
    const wrong = await refusal(written("wrong.mjs", code));
    expect(wrong.code).toBe("not-usable");
    expect(wrong.message).toMatch(
      /the family "geometric" cannot be used: dEta of its "logit" rows is wrong at y = 0, eta = -0.7/,
    );
    expect(wrong.message).toMatch(/the prior "logistic" cannot be used: its derivative at/);
  });

  it("a name that is taken: by a built-in record, by another plugin, or by a list", async () => {
    const code = readFileSync(new URL(geometric), "utf8");
    const poisson = await refusal(written("poisson.mjs", code.replace('"geometric"', '"poisson"')));
    expect(poisson.code).toBe("name-taken");
    expect(poisson.message).toMatch(/poisson.mjs" defines the family "poisson": names that are taken; choose others$/);
    const problems = async (options: object) => {
      const error: unknown = await fit(text, rows, { engine: "ml", ...options }).catch((thrown: unknown) => thrown);
      if (!(error instanceof OptionsError)) throw error;
      return error.problems.map(({ code, message }) => `${code}: ${message.replace(/"file.*\//, '"')}`);
    };
    const second = written("second.mjs", code.replace('"geometric"', '"other"'));
    const taken = "a name that is taken; allowed: names of their own";
    expect(await problems({ plugins: [geometric, second] })).toEqual([
      `name-taken: plugins has "logistic" of the plugin "second.mjs", ${taken}`,
    ]);
    const [family] = (await loadPlugin(geometric)).families;
    expect(await problems({ plugins: [geometric], families: [defineFamily({ ...family })] })).toEqual([
      `name-taken: plugins has "geometric" of the plugin "geometric.mjs", ${taken}`,
    ]);
    expect((await fit(text, rows, { engine: "ml", plugins: [geometric, geometric] })).engine).toBe("ml");
  });

  it("a place that is no URL, and options that are no plugins", async () => {
    expect(told.relative.text).toMatch(/is named by no URL; give one, as new URL/);
    const wrong: object = { plugins: [3] };
    await expect(fit(text, rows, { ...wrong })).rejects.toThrow(/^plugins is \[3\]; allowed: a list of URLs/);
  });
});
