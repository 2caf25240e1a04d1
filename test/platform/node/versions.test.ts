import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { main } from "../../cli/dist.js";

const root = resolve(import.meta.dirname, "../../..");

/** Test files for which the platform matters: bits of numbers, the kernel, threads, files and saved results. */
const files = [
  "math/special/elementary",
  "math/random/createStream",
  "kernel/rows",
  "kernel/nodes",
  "kernel/vector",
  "parallel/Crew",
  "platform/node/readTable",
  "fit/engines",
  "fit/index",
  "store/saved",
].map((name) => join("test", `${name}.test.ts`));

/** Fits a model by every engine of the library that is shipped, in threads, and prints its results to the last bit, times left out. */
const program = `
import { engines, fit, toJSON } from ${JSON.stringify(pathToFileURL(join(root, "dist/node/index.js")).href)};
const rows = Array.from({ length: 60 }, (_, i) => ({ y: (i * 7) % 5, x: Math.fround(i / 7) % 1, g: "g" + (i % 6) }));
const model = "y ~ poisson(mu)\\nlog(mu) = 1 + x + (1 + x | g)";
for (const { name } of engines) {
  const found = await fit(model, rows, { engine: name, ...(name === "nuts" ? { draws: 100, workers: 2 } : {}) });
  const result = toJSON("posterior" in found ? found.posterior : found.ml);
  console.log(JSON.stringify(result, (key, value) => (/seconds$/i.test(key) ? undefined : value)));
}
`;

/** Runs a version of Node, or this one. */
function run(node: string, ...argv: readonly string[]) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_|TEST$)/.test(name)));
  const { status, stdout, stderr } = spawnSync(node, argv, { cwd: root, env, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${argv.at(-1)} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Other versions of Node come from the npm registry, so that these tests run where CI is set, and are skipped elsewhere. */
describe.skipIf(process.env.CI === undefined).each([22, 24])("Node %i", (version) => {
  const name = `node-${process.platform}-${process.arch}`;
  let [folder, node] = ["", ""];
  afterAll(() => rmSync(folder, { recursive: true }), 60_000);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "marginalia-node-"));
    node = join(folder, "node_modules", name, "bin/node");
    writeFileSync(join(folder, "package.json"), "{}");
    const install = ["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`];
    const { status, stderr } = spawnSync("npm", install, { cwd: folder, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
  }, 300_000);

  it("is that version", () => {
    expect(run(node, "--version")).toMatch(new RegExp(`^v${version}\\.`));
  });

  it("has the results of this one by every engine, bit for bit", { timeout: 120_000 }, () => {
    const [ours, theirs] = [process.execPath, node].map((binary) =>
      run(binary, "--input-type=module", "--eval", program),
    );
    expect(ours.split("\n").length).toBeGreaterThan(4);
    expect(theirs === ours).toBe(true);
  });

  it("has the draws of this one from the command line", { timeout: 120_000 }, () => {
    const [ours, theirs] = [process.execPath, node].map((binary, k) => {
      const out = join(folder, `draws${k}`);
      run(binary, main, "fit", "models/rcbd", "--draws", "100", "--workers", "2", "--out", out);
      return readFileSync(join(out, "draws.csv"), "utf8");
    });
    expect(theirs === ours).toBe(true);
  });

  it("passes the tests for which it matters", { timeout: 600_000 }, () => {
    const report = join(folder, "report.json");
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    run(node, vitest, "run", "--maxWorkers=1", "--reporter=json", `--outputFile=${report}`, ...files);
    const { testResults, numFailedTests, numPassedTests } = JSON.parse(readFileSync(report, "utf8"));
    expect({ files: testResults.length, numFailedTests }).toEqual({ files: files.length, numFailedTests: 0 });
    expect(numPassedTests).toBeGreaterThan(200);
  });
});
