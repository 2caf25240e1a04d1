import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readTable } from "../../src/platform/node/readTable.js";
import { processorTime } from "../processorTime.js";
import { KeptTerminal, Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 4)},${(7 * i) % 5},${i % 4}`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "herds/model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior sd ~ exponential(1)\n",
    "herds/data.csv": ["g,y,x", ...rows].join("\n"),
  }),
);
afterAll(() => workspace.remove());

const laplace = (...argv: readonly string[]) => workspace.run(["fit", ...argv, "--engine", "laplace"]);

describe("fit --engine laplace", () => {
  it("prints the report with the guard's verdict", async () => {
    const { code, stdout, stderr } = await laplace("DIR/herds");
    expect(code).toBe(0);
    // On a busy machine there may be lines of progress.
    expect(stderr).not.toMatch(/warning|error|trust/);
    expect(stdout).toMatch(/engine +laplace/);
    expect(stdout).toMatch(/guard +good: importance weights against the posterior by/);
    expect(stdout).toMatch(/log marginal likelihood +-\d+\.\d{3}/);
  });

  it("prints one JSON document with log marginal likelihood and guard", async () => {
    const { stdout } = await laplace("DIR/herds", "--json", "--seed", "3");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: 1, engine: "laplace", integration: { method: "aghq" } });
    expect(document.logMarginalLikelihood).toBeLessThan(0);
    expect(document.guard.paretoK).toBeLessThan(0.7);
    expect(document.guard.verdict).toMatch(/^good/);
    expect(document.parameters[0]).not.toHaveProperty("rhat");
    expect(document).not.toHaveProperty("diagnostics");
  });

  it("writes its draws", async () => {
    expect((await laplace("DIR/herds", "--draws", "200", "--out", "DIR/out")).code).toBe(0);
    const lines = (await readFile(join(workspace.folder, "out/draws.csv"), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(201);
  });

  it("refuses what is another engine's", async () => {
    const { code, stderr } = await laplace("DIR/herds", "--chains", "2");
    expect(code).toBe(2);
    expect(stderr).toContain('--chains is no option of the engine "laplace"');
  });
});

describe("fit --engine inla", () => {
  const inla = (...argv: readonly string[]) => workspace.run(["fit", ...argv, "--engine", "inla"]);

  it("prints the report with what was explored and the guard's verdict", async () => {
    const { code, stdout, stderr } = await inla("DIR/herds");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/guard +good: against importance weights/);
    expect(stdout).toMatch(/hyperparameters +grid of \d+ points, 1 posterior sd apart/);
  });

  it("prints one JSON document", async () => {
    const document = JSON.parse((await inla("DIR/herds", "--json", "--integration", "laplace")).stdout);
    expect(document).toMatchObject({ engine: "inla", integration: { method: "laplace", points: 1 } });
    expect(document.logMarginalLikelihoods.integration).toBe(document.logMarginalLikelihood);
    expect(document.parameters[0]).toHaveProperty("q95");
  });

  it("gives the marginals of linear combinations, in the order they were asked for", async () => {
    const sums = ["beta[Intercept] + 2 * beta[x]", "beta[Intercept] + b[g, 3, Intercept]"];
    const { stdout } = await inla("DIR/herds", "--json", ...sums.flatMap((sum) => ["--lincomb", sum]));
    const { linearCombinations, parameters } = JSON.parse(stdout);
    expect(linearCombinations.map(({ name }: { name: string }) => name)).toEqual(sums);
    expect(linearCombinations[0].mean).toBeCloseTo(parameters[0].mean + 2 * parameters[1].mean, 2);
  });

  it("says what is wrong with a linear combination", async () => {
    const { code, stderr } = await inla("DIR/herds", "--lincomb", "beta[y] + 2", "--lincomb", "sd[g, Intercept]");
    expect(code).toBe(2);
    expect(stderr).toContain('no "beta[y]"; did you mean "beta[x]"? coefficients: beta[Intercept], beta[x]');
    expect(stderr).toContain("sd[g, Intercept] is no coefficient");
    const effects = await inla("DIR/herds", "--lincomb", "b[g, 99, Intercept]");
    expect(effects.stderr).toMatch(
      /no "b\[g, 99, Intercept\]"; did you mean "b\[g, \d, Intercept\]"\? random effects: b\[g, /,
    );
  });

  it("reports criteria of prediction where they are asked for, row by row as JSON", async () => {
    const { stdout } = await inla("DIR/herds", "--criteria");
    expect(stdout).toMatch(/Criteria\n +DIC +\d+\.\d, pD \d/);
    expect(stdout).toMatch(/WAIC +\d+\.\d \(standard error \d+(\.\d)?\), pWAIC \d/);
    expect(stdout).toMatch(/leave-one-out +log score -\d+\.\d/);
    const { criteria } = JSON.parse((await inla("DIR/herds", "--criteria", "--json")).stdout);
    expect(criteria.rows).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(criteria.cpo.values).toHaveLength(40);
    expect(criteria.pit).toMatchObject({ isDiscrete: true });
    expect(criteria.dic.dic).toBeCloseTo(criteria.dic.meanDeviance + criteria.dic.pD, 8);
    expect(JSON.parse((await inla("DIR/herds", "--json")).stdout)).not.toHaveProperty("criteria");
    expect(await laplace("DIR/herds", "--criteria")).toMatchObject({ code: 2 });
  });

  it("writes joint draws that have the numbers of its report, the same each time", async () => {
    const { code, stdout } = await inla("DIR/herds", "--json", "--out", "DIR/explored");
    expect(code).toBe(0);
    expect(await readdir(join(workspace.folder, "explored"))).toEqual([
      ...["draws.csv", "fit.json", "model.glmm"],
      ...[expect.stringMatching(/^numbers-\w+\.bin$/), "result.json"],
    ]);
    const { columns } = await readTable(join(workspace.folder, "explored/draws.csv"));
    const { parameters, randomEffects } = JSON.parse(stdout);
    const all: { name: string; mean: number; sd: number }[] = [...parameters, ...randomEffects];
    expect([...columns.keys()]).toEqual(["chain", "draw", ...all.map(({ name }) => name)]);
    for (const { name, mean, sd } of all) {
      const column = columns.get(name);
      if (column?.kind !== "number") throw new Error(`${name} is read as numbers`);
      expect(column.values).toHaveLength(4000);
      const own = column.values.reduce((sum, value) => sum + value, 0) / 4000;
      expect(Math.abs(own - mean) / sd, name).toBeLessThan(0.08);
    }
    const written = await readFile(join(workspace.folder, "explored/draws.csv"), "utf8");
    await inla("DIR/herds", "--out", "DIR/again");
    expect(await readFile(join(workspace.folder, "again/draws.csv"), "utf8")).toBe(written);
  });

  it("refuses options out of range, all at once", async () => {
    const { code, stderr } = await inla("DIR/herds", "--grid", "9", "--draws", "3");
    expect(code).toBe(2);
    expect(stderr).toContain("--grid is 9; allowed: a number of posterior sds from 0.1 to 2");
    expect(stderr).toContain("--draws is 3; allowed: a whole number from 100 to 1000000");
  });
});

/** Presses Ctrl-C in the first turn of the event loop after an engine begins to listen. */
class Impatient extends KeptTerminal {
  pressedAt = Number.NaN;

  override once(event: "SIGINT", listener: () => void): void {
    super.once(event, listener);
    setImmediate(() => {
      this.pressedAt = processorTime();
      this.pressCtrlC();
    });
  }
}

describe.each([
  ["laplace", ["--draws", "100000"]],
  ["inla", ["--draws", "100000"]],
  ["ml", ["--points", "60", "--intervals", "profile"]],
] as const)("Ctrl-C while %s computes", (engine, flags) => {
  it("ends it at once, with a message and exit code 130", async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${Math.floor(i / 4)},${(7 * i) % 5},${i % 4}`);
    workspace.write({
      "long/model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)\nprior sd ~ exponential(1)\n",
      "long/data.csv": ["g,y,x", ...rows].join("\n"),
    });
    const terminal = new Impatient();
    const outcome = await workspace.run(["fit", "DIR/long", "--engine", engine, ...flags], terminal);
    expect(outcome).toEqual({
      code: 130,
      stdout: "",
      stderr: `marginalia: the engine ${engine} was stopped before it had a result\n`,
    });
    expect(processorTime() - terminal.pressedAt).toBeLessThan(150);
    expect(terminal.isListening).toBe(false);
  });
});
