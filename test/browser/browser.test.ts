import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import "../cli/dist.js";
import { chromium, launch } from "./chromium.js";
import { serve } from "./serve.js";

const root = resolve(import.meta.dirname, "../..");
const text = readFileSync(join(root, "models/epilepsy/model.glmm"), "utf8");
const csv = readFileSync(join(root, "models/epilepsy/data.csv"), "utf8");

/** Nothing but scripts of our own, and WebAssembly. */
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'";
const withoutWebAssembly = "default-src 'none'; script-src 'self'";

const calls = (data: string) => `
import * as marginalia from "/dist/browser/index.js";
import { abortChains, abortEngines, refusePlugins, runEngines, runPlugins } from "/test/browser/engines.js";
const [text, csv] = ${data};
export const programs = {
  engines: () => runEngines(marginalia, text, csv),
  plugins: () => runPlugins(marginalia, location.origin + "/test/plugin"),
  refusedPlugins: () => refusePlugins(marginalia, location.origin + "/test/plugin"),
  abortHere: () => abortChains(marginalia, text, csv, 0),
  abortThreads: () => abortChains(marginalia, text, csv, 2),
  abortEngines: () => abortEngines(marginalia),
  refused: () => marginalia.fit(text, marginalia.parseTable(csv, { name: "epilepsy.csv" }), { engine: "ml" })
    .then(() => "fitted", ({ name, code }) => ({ name, code })),
};
`;

const pages = {
  "/calls.js": calls(JSON.stringify([text, csv])),
  "/page.js": `
import { programs } from "/calls.js";
window.run = (name) => programs[name]();
window.runInWorker = (name) => new Promise((resolve, reject) => {
  const worker = new Worker("/thread.js", { type: "module" });
  worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(name);
});
document.title = "ready";
`,
  "/thread.js": `
import { programs } from "/calls.js";
addEventListener("message", ({ data }) =>
  programs[data]().then((result) => postMessage(JSON.parse(JSON.stringify(result))), (error) => postMessage(String(error))));
`,
  "/": '<!doctype html><title>loading</title><script type="module" src="/page.js"></script>',
  "/index.html": "",
};

describe.skipIf(chromium === null)("in a browser with a strict content security policy", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  /** Runs a program in a page, or in a Web Worker of it; null where the page reported an error. */
  async function run(name: string, place: "run" | "runInWorker", csp = policy, expected = /favicon/): Promise<unknown> {
    const { url, server } = await serve(root, { ...pages, "/index.html": pages["/"] }, csp);
    const page = await browser.newPage();
    try {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      await page.goto(`${url}/index.html`);
      await page.waitForFunction("document.title === 'ready'");
      const result: unknown = JSON.parse(await page.evaluate(`${place}("${name}").then(JSON.stringify)`));
      expect(errors.filter((message) => !message.includes("favicon") && !expected.test(message))).toEqual([]);
      return result;
    } finally {
      await page.close();
      server.close();
    }
  }

  it("all engines and compare have the draws and numbers of Node, in the page and in a Web Worker", async () => {
    const marginalia: unknown = await import(join(root, "dist/node/index.js"));
    const { runEngines } = await import("./engines.js");
    const node: unknown = JSON.parse(JSON.stringify(await runEngines(marginalia, text, csv)));
    expect(node).toMatchObject({ codes: [] });
    expect(await run("engines", "run")).toEqual(node);
    expect(await run("engines", "runInWorker")).toEqual(node);
  });

  it.each(["run", "runInWorker"] as const)(
    "plugins of the same origin are loaded in the page and in its threads, with the same draws: %s",
    async (place) => {
      const found = await run("plugins", place);
      expect(found).toMatchObject({ codes: [], plugins: [["geometric", "logistic"]], isSame: true, draws: [60, 60] });
    },
  );

  it("plugins that are not there, or of another origin, are told as errors", async () => {
    const told = "PluginError: failed; look at its URL and at the content security policy";
    expect(await run("refusedPlugins", "run", policy, /Failed to load resource|Content Security Policy/)).toEqual([
      told,
      told,
    ]);
  });

  it.each(["abortHere", "abortThreads"])(
    "chains report progress, let timers tick and are stopped: %s",
    async (name) => {
      const expected = { isPartial: true, hasReported: true, hasTicked: true };
      expect(await run(name, "run")).toEqual(expected);
      expect(await run(name, "runInWorker")).toEqual(expected);
    },
  );

  it.each(["run", "runInWorker"] as const)(
    "laplace, inla, ml and comparisons report progress, let timers tick and end with the reason of an abort: %s",
    async (place) => {
      const ended = { outcome: "enough", isSoon: true };
      expect(await run("abortEngines", place)).toEqual({
        laplace: ended,
        inla: ended,
        ml: ended,
        compareEngines: ended,
      });
    },
  );

  it("a policy without 'wasm-unsafe-eval' is told as what is missing", async () => {
    const page = run("refused", "run", withoutWebAssembly);
    expect(await page).toEqual({ name: "KernelError", code: "webassembly-refused" });
  });
});
