import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  compareEngines,
  defineEngine,
  dispose,
  EngineDefect,
  EngineError,
  fit,
  loadPlugin,
  OptionsError,
  type Plugin,
  parseTable,
} from "../../src/index.js";
import { KeptTerminal } from "../cli/terminal.js";
import "../cli/dist.js";

// An engine of a user's plugin, which imports another copy of the library, through every door.

const url = new URL("../plugin/metropolis.mjs", import.meta.url).href;
const workerUrl = new URL("../../dist/platform/node/worker.js", import.meta.url).href;
const text = "y ~ poisson(mu)\nlog(mu) = 1 + x\nprior beta ~ normal(0, 1)";
const csv = ["y,x", ...Array.from({ length: 40 }, (_, i) => `${(i % 4) + (i % 2)},${(i % 8) / 8}`)].join("\n");
const rows = parseTable(csv, { name: "data.csv" });
const thinning = 50;

let plugin: Plugin;
beforeAll(async () => {
  plugin = await loadPlugin(url, { name: "metropolis.mjs" });
});
afterEach(dispose);

const drawsOf = (result: { draws(name: string): readonly Float64Array[] }) => result.draws("beta[x]");

describe("an engine of a plugin", () => {
  it("finds the posterior that the built-in engines find", async () => {
    const [engine] = plugin.engines;
    const own = (await fit(text, rows, { engine, plugins: [plugin], workers: 0, thinning })).summary().parameters;
    const exact = (await fit(text, rows, { engine: "inla" })).summary().parameters;
    for (const [k, { name, mean, sd, mcse = 0 }] of own.entries()) {
      expect(name).toBe(exact[k].name);
      expect(Math.abs(mean - exact[k].mean)).toBeLessThan(4 * mcse);
      expect(sd / exact[k].sd).toBeCloseTo(1, 0);
    }
  });

  it("is asked for by its name, its record or the record's own copy of the library, with the same draws", async () => {
    const byName = await fit(text, rows, { engine: "metropolis", plugins: [url], thinning });
    const byRecord = await fit(text, rows, { engine: plugin.engines[0], thinning });
    const { default: record }: { readonly default: (typeof plugin.engines)[0] } = await import(url);
    const byCopy = await fit(text, rows, { engine: record, thinning });
    expect(byName.engine).toBe("metropolis");
    expect(drawsOf(byRecord)).toEqual(drawsOf(byName));
    expect(drawsOf(byCopy)).toEqual(drawsOf(byName));
  });

  it("has its work done in threads, with the same draws for any number of them", async () => {
    const fitted = (workers: number) =>
      fit(text, rows, { engine: "metropolis", plugins: [plugin], workers, workerUrl, walks: 3, thinning });
    const here = await fitted(0);
    expect(drawsOf(here)).toHaveLength(3);
    for (const workers of [1, 2, 8]) {
      const result = await fitted(workers);
      expect(result.problems).toEqual([]);
      expect(drawsOf(result)).toEqual(drawsOf(here));
    }
  });

  it("says where no thread could be started, and goes on in this one", async () => {
    const options = { engine: "metropolis", plugins: [plugin], thinning } as const;
    const result = await fit(text, rows, { ...options, workers: 2, workerUrl: `${workerUrl}x` });
    expect(result.problems.map(({ code }) => code)).toEqual(["no-worker-threads"]);
    expect(drawsOf(result)).toEqual(drawsOf(await fit(text, rows, { ...options, workers: 0 })));
  });

  it.each([0, 2])("tells its progress and is aborted with the signal's reason, with %i threads", async (workers) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const stages = new Set<string>();
    const running = fit(text, rows, {
      engine: plugin.engines[0],
      plugins: [plugin],
      ...{ workers, workerUrl, thinning: 100_000 },
      signal: controller.signal,
      onProgress: ({ stage }: { readonly stage: string }) => {
        stages.add(stage);
        controller.abort(reason);
      },
    });
    await expect(running).rejects.toBe(reason);
    expect([...stages][0]).toMatch(/^chain \d$/);
  });

  it("is compared with the others, by its name and as a record", async () => {
    const byName = await compareEngines(text, rows, { engines: ["metropolis", "laplace"], plugins: [plugin] });
    const byRecord = await compareEngines(text, rows, { engines: [plugin.engines[0], "laplace"], workers: 0 });
    expect(byName.engines.map(({ engine, method }) => [engine, method])).toMatchObject(
      [
        ["metropolis", "2 chains, 1000 draws"],
        ["laplace", /weighted draws/],
      ].map(([engine, method]) => [engine, typeof method === "string" ? method : expect.stringMatching(method)]),
    );
    expect(byRecord.engines[0].parameters).toEqual(byName.engines[0].parameters);
    expect(byName.plugins).toHaveLength(1);
    const all = await compareEngines(text, rows, { plugins: [plugin], chains: 2, draws: 200, workers: 0 });
    expect(all.engines.map(({ engine }) => engine)).toEqual(["nuts", "laplace", "inla", "ml", "metropolis"]);
  });

  it("refuses models and options as built-in engines do", async () => {
    const many = {
      y: Array.from({ length: 10_001 }, (_, i) => i % 3),
      x: Array.from({ length: 10_001 }, (_, i) => i % 7),
    };
    const refused = fit(text, many, { engine: plugin.engines[0] }).catch((error: unknown) => error);
    expect(await refused).toBeInstanceOf(EngineError);
    expect(String(await refused)).toMatch(/at most 10000 rows; the engine nuts takes more/);
    const wrong: unknown = await fit(text, rows, { engine: plugin.engines[0], walks: 0, chains: 2 }).catch(
      (e: unknown) => e,
    );
    expect(wrong).toBeInstanceOf(OptionsError);
    expect(String(wrong)).toMatch(
      /walks is 0; allowed: a whole number.+\nchains is no option of the engine "metropolis"/,
    );
  });
});

describe("an engine by --plugin", () => {
  const folder = mkdtempSync(join(tmpdir(), "marginalia-"));
  writeFileSync(join(folder, "model.glmm"), text);
  writeFileSync(join(folder, "data.csv"), csv);
  afterAll(() => rmSync(folder, { recursive: true }));
  const run = async (...argv: readonly string[]) => {
    const terminal = new KeptTerminal();
    return terminal.run(...argv.map((word) => word.replace("DIR", folder)));
  };

  it("fits, with its options as flags, and the report and document name the plugin", async () => {
    const argv = ["fit", "DIR", "--plugin", url, "--engine", "metropolis", "--walks", "3", "--workers", "0"];
    const { code, stdout } = await run(...argv);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nengine +metropolis\nplugins +file:.+metropolis.mjs: engine\s+metropolis\n/s);
    const document = JSON.parse((await run(...argv, "--json")).stdout);
    expect(document).toMatchObject({ engine: "metropolis", plugins: [{ url, engines: ["metropolis"] }] });
    expect((await run("fit", "--plugin", url, "--help")).stdout).toMatch(
      /--walks <n> +metropolis: chains \(default: 2\)/s,
    );
  });

  it("is compared", async () => {
    const { code, stdout } = await run(
      ...["compare", "DIR", "--plugin", url, "--engines", "metropolis,ml", "--workers", "0", "--json"],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).engines.map(({ engine }: { engine: string }) => engine)).toEqual(["metropolis", "ml"]);
  });

  it("has its options checked, and is not there without its plugin", async () => {
    const wrong = await run("fit", "DIR", "--plugin", url, "--engine", "metropolis", "--walks", "0");
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^marginalia: --walks is 0; allowed: a whole/),
    });
    expect(await run("fit", "DIR", "--engine", "metropolis")).toMatchObject({ code: 2 });
    expect(await run("fit", "DIR", "--plugin")).toMatchObject({ code: 2 });
    const missing = await run("fit", "DIR", "--plugin", "DIR/none.mjs");
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringMatching(/none.mjs" .+\n {2}look at its/) });
    const noPackage = await run("check", "DIR", "--plugin", "no-such-package");
    expect(noPackage.stderr).toMatch(
      /"no-such-package" is no file, and no package found.+\n {2}npm install no-such-package, or give a file/,
    );
  });
});

describe("an engine that comes to grief", () => {
  const broken = (run: () => never) =>
    fit(text, rows, { engine: defineEngine({ name: "broken", sentence: "breaks", options: {}, run }) });

  it("has a defect of its own", async () => {
    const error: unknown = await broken(() => {
      throw new TypeError("x is undefined");
    }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(EngineDefect);
    expect(String(error)).toMatch(
      /the engine "broken" failed unexpectedly: x is undefined; .+the author of the engine/,
    );
  });

  it("says by EngineError what it cannot do", async () => {
    const error: unknown = await broken(() => {
      throw new EngineError("only even rows");
    }).catch((thrown: unknown) => thrown);
    expect(String(error)).toBe("EngineError: only even rows");
  });

  it("returns no posterior", async () => {
    const nothing = Function.prototype;
    const engine = defineEngine({ name: "void", sentence: "returns nothing", options: {}, run: () => nothing() });
    await expect(fit(text, rows, { engine })).rejects.toThrow(/"void" returned no posterior: return \{ engine/);
  });
});
