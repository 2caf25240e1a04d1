import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import "../cli/dist.js";
import { loadedFiles, run } from "./loadedFiles.js";

const entry = pathToFileURL(resolve(import.meta.dirname, "../../dist/node/index.js")).href;

/** Names of the files that Node loads for a program, in order. */
const filesOf = (program: string) => loadedFiles(program).map((url) => basename(url));

/** Beside other tests an import took 63 ms that takes 55 alone, where the start of Node takes 56. */
const BUSY = 1.25;

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

  it("takes about as much CPU time as the start of Node itself", { timeout: 120_000 }, () => {
    const cpu = (program: string) =>
      Number(run(`${program}; const { user, system } = process.cpuUsage(); console.log(user + system);`)) / 1000;
    // The least of several, for what else the machine does adds time and never takes any away; most to what reads many files.
    const pairs = Array.from({ length: 12 }, () => [cpu(""), cpu(`await import("${entry}")`)]);
    const start = Math.min(...pairs.map(([empty]) => empty));
    const added = Math.min(...pairs.map(([, whole]) => whole)) - start;
    expect(added).toBeGreaterThan(0);
    expect(added).toBeLessThan(Math.max(60, BUSY * start));
  });
});
