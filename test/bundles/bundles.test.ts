import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { build as esbuild } from "esbuild";
import type { Browser } from "playwright-core";
import { rolldown } from "rolldown";
import { createServer, build as viteBuild } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import webpack from "webpack";
import { chromium, launch } from "../browser/chromium.js";
import { serve } from "../browser/serve.js";
import { createProject, type Outcome, type Project, program, root } from "./project.js";

/** A program and its bundles live in a folder of their own within the project, whose packages they find. */
let project: Project;
beforeAll(() => {
  project = createProject();
}, 120_000);
afterAll(() => project?.remove(), 120_000);

function entry(folder: string, name: string, text: string): string {
  mkdirSync(join(project.folder, folder), { recursive: true });
  return project.write(join(folder, name), text);
}

async function outcomeOf(file: string): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: project.folder, timeout: 60_000 });
  return JSON.parse(stdout);
}

/** Draws of this seed, by the package as it is installed. */
let draws: readonly number[];
beforeAll(async () => {
  draws = (await outcomeOf(entry("plain", "program.mjs", program()))).draws;
});

const found = () => ({ codes: [], draws });
const notFound = () => ({ codes: ["no-worker-threads"], draws });

/** The worker as it is installed, in a program's own words. */
function installedWorker(): string {
  return JSON.stringify(pathToFileURL(join(project.folder, "node_modules/marginalia/dist/node/worker.js")).href);
}

type Target = "node" | "browser";

async function bundleWithRolldown(input: string, target: Target, dir: string): Promise<void> {
  const bundle = await rolldown({ input, platform: target, cwd: project.folder, logLevel: "silent" });
  await bundle.write({ dir, format: "esm" });
  await bundle.close();
}

async function bundleWithEsbuild(input: string, target: Target, outdir: string, format: "esm" | "cjs" = "esm") {
  const outExtension: Record<string, string> = { ".js": format === "cjs" ? ".cjs" : ".js" };
  await esbuild({
    entryPoints: [input],
    bundle: true,
    platform: target,
    format,
    outdir,
    outExtension,
    logLevel: "silent",
  });
}

async function bundleWithWebpack(input: string, target: Target, path: string): Promise<void> {
  const compiler = webpack({
    mode: "none",
    context: project.folder,
    entry: input,
    target: target === "node" ? "node20" : "web",
    experiments: { outputModule: true },
    output: { path, filename: "program.js", module: true, chunkFormat: "module" },
  });
  const stats = await promisify(compiler.run.bind(compiler))();
  if (stats?.hasErrors()) throw new Error(stats.toString("errors-only"));
}

async function bundleWithVite(input: string, target: Target, outDir: string): Promise<void> {
  await viteBuild({
    root: project.folder,
    logLevel: "silent",
    configFile: false,
    ...(target === "node" ? { ssr: { noExternal: true } } : {}),
    build: {
      outDir,
      ssr: target === "node",
      minify: false,
      rolldownOptions: { input, output: { entryFileNames: "program.js" } },
    },
  });
}

const bundlers = {
  esbuild: bundleWithEsbuild,
  rolldown: bundleWithRolldown,
  webpack: bundleWithWebpack,
  vite: bundleWithVite,
};
const names = ["esbuild", "rolldown", "webpack", "vite"] as const;

describe("on Node", () => {
  it("the package runs as it is installed, by import and by require", async () => {
    const required = program().replace(/import \{ fit \} from "marginalia";/, 'const { fit } = require("marginalia");');
    expect(await outcomeOf(entry("plain", "program.mjs", program()))).toEqual(found());
    expect(await outcomeOf(entry("plain", "program.cjs", required))).toEqual(found());
  });

  it.each(names)(
    "a bundle of %s has the same draws: in this thread, which it says, or in threads by workerUrl",
    async (name) => {
      const dir = join(project.folder, `${name}-node`);
      const plain = entry(`${name}-node`, "program.js", program());
      await bundlers[name](plain, "node", join(dir, "out"));
      const withUrl = entry(`${name}-node-url`, "program.js", program(installedWorker()));
      await bundlers[name](withUrl, "node", join(`${dir}-url`, "out"));
      expect(await outcomeOf(join(dir, "out/program.js"))).toEqual(notFound());
      expect(await outcomeOf(join(`${dir}-url`, "out/program.js"))).toEqual(found());
    },
  );

  it.each([
    { title: "whose packages stay outside", ssr: {} },
    { title: "that takes packages in", ssr: { noExternal: true } },
  ] as const)("vite's server renders by a module $title, in threads", async ({ title, ssr }) => {
    const folder = `vite-ssr-${title.length}`;
    entry(folder, "program.js", program().replace('fit("y', 'export const done = fit("y'));
    const options = {
      root: join(project.folder, folder),
      configFile: false,
      logLevel: "silent",
      appType: "custom",
      ssr,
    };
    const script = `import { createServer } from ${JSON.stringify(import.meta.resolve("vite"))};
const server = await createServer({ ...${JSON.stringify(options)}, server: { middlewareMode: true, ws: false } });
const { done } = await server.ssrLoadModule("/program.js");
await done;
await server.close();
`;
    expect(await outcomeOf(entry(folder, "serve.mjs", script))).toEqual(found());
  });

  it("a CommonJS bundle, which has no place of its own, runs chains in its thread and says so", async () => {
    const out = join(project.folder, "esbuild-cjs", "out");
    await bundleWithEsbuild(entry("esbuild-cjs", "program.js", program()), "node", out, "cjs");
    expect(await outcomeOf(join(out, "program.cjs"))).toEqual(notFound());
  });
});

describe("the program, as it is installed", () => {
  const fit = async (...argv: readonly string[]): Promise<string> => {
    const bin = join(project.folder, "node_modules/marginalia/dist/bin/marginalia.js");
    const run = promisify(execFile)(
      process.execPath,
      [bin, "fit", "plugged.glmm", "--data", "plugged.csv", "--json", ...argv],
      {
        cwd: project.folder,
        timeout: 60_000,
      },
    );
    return run.then(
      ({ stdout }) => stdout,
      ({ stderr }: { readonly stderr: string }) => stderr,
    );
  };

  beforeAll(() => {
    const plugin = readFileSync(join(import.meta.dirname, "../plugin/metropolis.mjs"), "utf8");
    entry("node_modules/marginalia-metropolis", "index.js", plugin);
    const exports = { ".": { import: "./index.js" } };
    const about = { name: "marginalia-metropolis", version: "1.0.0", type: "module", exports };
    entry("node_modules/marginalia-metropolis", "package.json", JSON.stringify(about));
    entry("plugged", "metropolis.mjs", plugin);
    entry("plugged", "geometric.mjs", readFileSync(join(import.meta.dirname, "../plugin/geometric.mjs"), "utf8"));
    project.write("plugged.glmm", "y ~ geometric(p)\nlogit(p) = 1 + x\n");
    project.write("plugged.csv", `y,x\n${Array.from({ length: 30 }, (_, i) => `${(i * i) % 4},${i % 5}`).join("\n")}`);
  });

  it("loads plugins by file and by package, which import another copy of the library, with the same draws in threads", async () => {
    const family = ["--plugin", "plugged/geometric.mjs"];
    const own = async (...argv: readonly string[]) =>
      JSON.parse(await fit(...family, "--engine", "metropolis", ...argv));
    const byFile = await own("--plugin", "./plugged/metropolis.mjs", "--workers", "0");
    const byPackage = await own("--plugin", "marginalia-metropolis", "--workers", "2");
    expect(byFile.plugins.map(({ name }: { name: string }) => name)).toEqual([
      "plugged/geometric.mjs",
      "./plugged/metropolis.mjs",
    ]);
    expect(byPackage.plugins[1]).toMatchObject({ name: "marginalia-metropolis", engines: ["metropolis"] });
    expect(byPackage.parameters).toEqual(byFile.parameters);
    expect(byPackage.warnings.map(({ code }: { code: string }) => code)).not.toContain("no-worker-threads");
  });

  it("samples a plugin's family in threads, and says what is not installed", async () => {
    const drawn = async (workers: string) =>
      JSON.parse(
        await fit("--plugin", "plugged/geometric.mjs", "--warmup", "50", "--draws", "40", "--workers", workers),
      );
    expect((await drawn("2")).parameters).toEqual((await drawn("0")).parameters);
    expect(await fit("--plugin", "marginalia-nothing")).toMatch(
      /"marginalia-nothing" is no file, and no package found/,
    );
  });
});

describe.skipIf(chromium === null)("in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  async function outcomeAt(url: string): Promise<Outcome> {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(url);
    await page
      .waitForFunction("document.title.startsWith('{')", undefined, { timeout: 60_000 })
      .catch((error: Error) => {
        throw new Error([error.message, ...errors].join("\n"));
      });
    const title = await page.title();
    await page.close();
    return JSON.parse(title);
  }

  it.each(names)(
    "a bundle of %s has the draws of Node, in threads where the bundler sees to the worker",
    async (name) => {
      const out = join(project.folder, `${name}-web`, "out");
      await bundlers[name](entry(`${name}-web`, "program.js", program()), "browser", out);
      const page = '<!doctype html><title></title><script type="module" src="/program.js"></script>';
      const { url, server } = await serve(out, { "/index.html": page }, null);
      try {
        const seesToWorkers = name === "webpack" || name === "vite";
        expect(await outcomeAt(`${url}/index.html`)).toEqual(seesToWorkers ? found() : notFound());
      } finally {
        server.close();
      }
    },
  );

  it("vite's development server has the draws of Node, in threads", async () => {
    entry("vite-dev", "program.js", program());
    entry("vite-dev", "index.html", '<!doctype html><title></title><script type="module" src="/program.js"></script>');
    const server = await createServer({
      root: join(project.folder, "vite-dev"),
      configFile: false,
      logLevel: "silent",
      server: { port: 0, host: "127.0.0.1" },
    });
    try {
      await server.listen();
      expect(await outcomeAt(server.resolvedUrls?.local[0] ?? "")).toEqual(found());
    } finally {
      await server.close();
    }
  });
});

it("source maps lead to the TypeScript", () => {
  const file = entry("maps", "program.mjs", 'import { fit } from "marginalia";\nawait fit("no model", {});\n');
  const { stderr } = spawnSync(process.execPath, ["--enable-source-maps", file], { encoding: "utf8" });
  const [, path, line] = /\((\S*src\/fit\/fit\.ts):(\d+):\d+\)/.exec(stderr) ?? [];
  expect(path, stderr).toBeDefined();
  const source = readFileSync(join(root, "src/fit/fit.ts"), "utf8").split("\n");
  expect(source[Number(line) - 1]).toContain("prepare");
});

it("what is installed imports nothing but each other and Node, and the entry fewer than 40 files", () => {
  for (const target of ["node", "browser"]) {
    const folder = join(project.folder, "node_modules/marginalia/dist", target);
    const importsOf = (name: string) => {
      const text = readFileSync(join(folder, name), "utf8");
      const statements = text.matchAll(/(?:^|[;}])\s*(?:import|export)\b[^"'`;()]*["']([^"']+)["']/gm);
      return [...statements].map(([, from]) => from);
    };
    const imported = readdirSync(folder)
      .filter((name) => name.endsWith(".js"))
      .flatMap(importsOf);
    const isAllowed = (from: string) => from.startsWith("./") || (target === "node" && isBuiltin(from));
    expect(imported.filter((from) => !isAllowed(from))).toEqual([]);
    const opened = new Set<string>();
    const open = (name: string) => {
      if (opened.has(name)) return;
      opened.add(name);
      for (const from of importsOf(name)) if (from.startsWith("./")) open(from.slice(2));
    };
    open("index.js");
    expect(opened.size).toBeGreaterThan(1);
    expect(opened.size).toBeLessThan(40);
  }
});
