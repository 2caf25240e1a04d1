import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HurriedTerminal, Workspace } from "./terminal.js";

const rows = Array.from({ length: 60 }, (_, i) => `g${i % 12},${(7 * i) % 5},${(i % 11) / 10}`);
const counts =
  "y ~ poisson(mu)\nprior intercept ~ normal(1, 1)\nprior beta ~ normal(0, 1)\nprior sd ~ exponential(1)\n";
const workspace = new Workspace();
beforeAll(async () => {
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "model.glmm": `${counts}log(mu) = 1 + x + (1 | g)\n`,
    "smaller.glmm": `${counts.replace("prior beta ~ normal(0, 1)\n", "")}log(mu) = 1 + (1 | g)\n`,
  });
  const made = await workspace.run("fit DIR/model.glmm --draws 200 --chains 2 --out DIR/nuts".split(" "));
  expect(made.code).toBe(0);
});
afterAll(() => workspace.remove());

/** Runs a command and presses Ctrl-C once its standard error has the pattern; and the CPU milliseconds of all threads from then on. */
async function interrupted(argv: string, pattern: RegExp) {
  const terminal = new HurriedTerminal();
  let since: NodeJS.CpuUsage | undefined;
  const timer = setInterval(() => {
    if (since !== undefined || !terminal.isListening || !pattern.test(terminal.text("stderr"))) return;
    since = process.cpuUsage();
    terminal.pressCtrlC();
  }, 1);
  const outcome = await workspace.run(argv.split(" "), terminal);
  clearInterval(timer);
  const { user, system } = process.cpuUsage(since);
  return { ...outcome, milliseconds: (user + system) / 1000 };
}

/** Those of the workspace; a folder for a result that was not reached may stay, and is empty. */
const files = () =>
  readdirSync(workspace.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .sort();

describe.each(["0", "2"])("Ctrl-C in long work with %s threads", { timeout: 60_000 }, (workers) => {
  it.each([
    [
      "compare DIR/model.glmm DIR/smaller.glmm --data DIR/data.csv --reference bootstrap --replicates 5000",
      /simulated responses, 0/,
      /^marginalia: the comparison was not finished; nothing is shown\n {2}it had come to fitting simulated responses, \d+ of 5000\n$/m,
    ],
    [
      "sbc DIR/model.glmm --engine nuts --replicates 500",
      /simulated data, 0/,
      /to fitting simulated data, \d+ of 500\n$/,
    ],
    [
      "sbc DIR/model.glmm --engine ml --replicates 500",
      /simulated data, 0/,
      /to fitting simulated data, \d+ of 500\n$/,
    ],
    [
      "loo DIR/nuts --folds 60",
      /fitting|fold/,
      /^marginalia: the rows had not all been left out; nothing is shown\n {2}it had come to /m,
    ],
    [
      "sensitivity DIR/nuts --vary beta~normal(0,0.1:5:60) --refit",
      /refit|fitting/,
      /^marginalia: the priors had not all been weighed; nothing is shown\n {2}it had come to /m,
    ],
  ])("ends it soon, says how far it had come, and leaves nothing: %s", async (argv, pattern, message) => {
    const before = files();
    const { code, stdout, stderr, milliseconds } = await interrupted(`${argv} --workers ${workers}`, pattern);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(milliseconds).toBeLessThan(400);
    expect(files()).toEqual(before);
  });
});

it("Ctrl-C in the bootstrap of a fit keeps the intervals of what had been fitted, where it is enough", async () => {
  const argv = "fit DIR/model.glmm --engine ml --intervals bootstrap --replicates 20000 --out DIR/partial --json";
  const { code, stdout } = await interrupted(`${argv} --workers 0`, /simulated responses, [1-9]\d+/);
  expect(code).toBe(130);
  const { bootstrap, warnings }: { bootstrap: object; warnings: readonly { message: string }[] } = JSON.parse(stdout);
  expect(bootstrap).toMatchObject({ partial: true, failed: 0 });
  expect(warnings.map(({ message }) => message).join("\n")).toMatch(
    /^the bootstrap was stopped after \d+ of 20000 replicates, which the intervals are of$/m,
  );
  const kept = await workspace.run(["summary", "DIR/partial", "--json"]);
  expect(JSON.parse(kept.stdout).bootstrap).toEqual(bootstrap);
});
