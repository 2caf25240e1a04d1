import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HurriedTerminal, Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 4)},${(7 * i) % 5},${i % 4},${(3 * i) % 7}`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,x,z", ...rows].join("\n"),
    "base.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\n",
    "slope.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
    "other.glmm": "z ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\n",
  }),
);
afterAll(() => workspace.remove());

const loo = (...argv: readonly string[]) =>
  workspace.run(["loo", ...argv, "--engine", "laplace", "--data", "DIR/data.csv"]);

describe("marginalia loo", () => {
  it("tells of one model what is expected of new data, and whether the weights can be relied on", async () => {
    const { code, stdout } = await loo("DIR/base.glmm");
    expect(code).toBe(0);
    expect(stdout).toContain("40 rows left out one by one, by importance weights over 4000 draws of laplace");
    for (const name of ["elpd", "p_loo", "looic", "waic"])
      expect(stdout).toMatch(new RegExp(`^${name} +-?\\d+\\.\\d +\\d+\\.\\d$`, "m"));
    expect(stdout).toMatch(/Pareto k +all at most 0\.70: the weights can be relied on \(largest -?\d\.\d\d\)/);
  });

  it("leaves out groups", async () => {
    const { stdout } = await loo("DIR/base.glmm", "--group", "g", "--json");
    const { models } = JSON.parse(stdout);
    expect(models[0]).toMatchObject({ group: "g", method: "importance", unreliable: 0, warnings: [] });
    expect(models[0].pointwise.map(({ unit }: { unit: string }) => unit)).toEqual(
      Array.from({ length: 10 }, (_, g) => `${g}`),
    );
    expect(models[0].pointwise[0].method).toBe("integrated");
  });

  it("compares models, the best first", async () => {
    const { code, stdout } = await loo("DIR/base.glmm", "DIR/slope.glmm", "--json");
    const { models, comparison, verdict } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(models).toHaveLength(2);
    expect(comparison[0].difference).toEqual({ estimate: 0, standardError: 0 });
    expect(comparison[1].difference.estimate).toBeLessThan(0);
    expect(comparison[0].stackingWeight + comparison[1].stackingWeight).toBeCloseTo(1, 8);
    expect(verdict).toMatch(
      /predict about equally well: their elpd differ by \d+\.\d, with a standard error of \d+\.\d$/,
    );
    const text = (await loo("DIR/base.glmm", "DIR/slope.glmm")).stdout;
    expect(text).toMatch(/^Comparison\n +elpd +difference +se +stacking +pseudo-BMA\+$/m);
  });

  it("takes a saved fit, and deals folds by its seed", async () => {
    const saved = await workspace.run([
      "fit",
      "DIR/base.glmm",
      "--data",
      "DIR/data.csv",
      "--engine",
      "laplace",
      "--out",
      "DIR/saved",
    ]);
    expect(saved.code).toBe(0);
    const ofSaved = async (...argv: readonly string[]) =>
      JSON.parse((await workspace.run(["loo", "DIR/saved", "--json", ...argv])).stdout).models[0];
    const fresh = JSON.parse((await loo("DIR/base.glmm", "--json")).stdout).models[0];
    const { label: _, ...rest } = await ofSaved();
    expect({ ...rest, label: fresh.label }).toEqual(fresh);
    const elpdOf = async (seed: string) => (await ofSaved("--folds", "4", "--seed", seed)).elpd.estimate;
    const [one, again, other] = [await elpdOf("7"), await elpdOf("7"), await elpdOf("8")];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it("refuses what does not compare, and what the model has not", async () => {
    const responses = await loo("DIR/base.glmm", "DIR/other.glmm");
    expect(responses.code).toBe(2);
    expect(responses.stderr).toContain("have different responses or rows, so that their densities do not compare");
    const twice = await loo("DIR/base.glmm", "DIR/base.glmm");
    expect(twice.stderr).toMatch(/the model ".*base\.glmm" is given twice/);
    const group = await loo("DIR/base.glmm", "--group", "h");
    expect(group).toMatchObject({ code: 2, stdout: "" });
    expect(group.stderr).toBe('marginalia: group is "h", which is no grouping factor of the model\'s mean; it has g\n');
    for (const command of ["loo", "influence"]) {
      const argv = [command, "DIR/base.glmm", "--data", "DIR/data.csv", "--engine", "laplace", "--group", "h"];
      const hurried = await workspace.run(argv, new HurriedTerminal());
      expect(hurried, "no word of a fit").toEqual(group);
    }
    const engine = await workspace.run(["loo", "DIR/base.glmm", "--engine", "ml", "--data", "DIR/data.csv"]);
    expect(engine.code).toBe(2);
    expect(engine.stderr).toContain("Allowed choices are nuts, laplace, inla");
  });
});
