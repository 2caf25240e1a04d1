import { spawnSync } from "node:child_process";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import "../cli/dist.js";
import { loadedFiles, run } from "./loadedFiles.js";

const entry = pathToFileURL(resolve(import.meta.dirname, "../../dist/node/index.js")).href;

/** Names of the files that Node loads for a program, in order. */
const filesOf = (program: string) => loadedFiles(program).map((url) => basename(url));

describe("import of the package on Node", () => {
  it("opens fewer than 40 files, and those of an engine when it is asked for", () => {
    const imported = filesOf(`const { fit } = await import("${entry}");`);
    const engines = imported.filter((name) => name.startsWith("run"));
    expect(imported).toContain("index.js");
    expect(imported.length).toBeLessThan(40);
    expect(engines).toEqual([]);
    const fitted = filesOf(`
      const { fit } = await import("${entry}");
      await fit("y ~ normal(mu, sigma)\\nmu = 1", { y: [1, 2, 4, 3] }, { engine: "laplace" });`);
    expect(fitted.filter((name) => name.startsWith("run"))).toEqual(["runLaplace.js"]);
  });

  it("has the functions of the index, the asynchronous ones loaded when they are first called", () => {
    const names = (url: string) => JSON.parse(run(`console.log(JSON.stringify(Object.keys(await import("${url}"))));`));
    const index = pathToFileURL(resolve(import.meta.dirname, "../../dist/index.js")).href;
    expect(names(entry)).toEqual(names(index));
    const imported = filesOf(`await import("${entry}");`);
    const asked = filesOf(`const { loo } = await import("${entry}"); await loo({}).catch(() => {});`);
    expect(asked.slice(0, imported.length)).toEqual(imported);
    expect(asked).toContain("loo.js");
  });

  it.each([
    ["a mistake in the model", 'await fit("y ~ ", { y: [1, 2] })'],
    ["an option that there is not", 'await fit("y ~ normal(mu, sigma)\\nmu = 1", { y: [1, 2] }, { chain: 2 })'],
    ["a column that there is not", 'await fit("y ~ normal(mu, sigma)\\nmu = 1 + x", { y: [1, 2] })'],
    ["a fit that is none", "await loo({})"],
  ])("shows no more than a page of an error that nobody catches: %s", (_what, call) => {
    const program = `const { fit, loo } = await import("${entry}"); ${call};`;
    const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^\w+Error: /m);
    expect(stderr.length).toBeLessThan(3000);
  });

  it("takes less than 60 ms of CPU time, or on a busy machine than the start of Node itself", {
    timeout: 120_000,
  }, () => {
    const cpu = (program: string) =>
      Number(run(`${program}; const { user, system } = process.cpuUsage(); console.log(user + system);`)) / 1000;
    // The least of several, for what else the machine does adds time and never takes any away; most to what reads many files.
    const pairs = Array.from({ length: 12 }, () => [cpu(""), cpu(`await import("${entry}")`)]);
    const start = Math.min(...pairs.map(([empty]) => empty));
    const added = Math.min(...pairs.map(([, whole]) => whole)) - start;
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThan(Math.max(60, start));
  });
});
