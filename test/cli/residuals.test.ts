import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 60 }, (_, i) => `g${Math.floor(i / 6)},${(i * i + i) % 7},${i % 4}`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
  }),
);
afterAll(() => workspace.remove());

describe("marginalia residuals", () => {
  it("shows the tests, a histogram and the most extreme rows, and groups", async () => {
    const { code, stdout } = await workspace.run(["residuals", "DIR/model.glmm", "--engine", "ml", "--group", "g"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /randomised quantile residuals of 60 rows, and tests against 1000 data sets\s+simulated at the estimates of ml for new groups of g \(marginal\)/,
    );
    for (const name of ["uniformity \\(largest distance\\)", "dispersion \\(variance ratio\\)", "zeros", "outliers"])
      expect(stdout).toMatch(new RegExp(`^${name} +\\S+ +\\S+ +[01]\\.\\d{4}`, "m"));
    expect(stdout).toMatch(/^0\.0 - 0\.1 +\d+ .*\[.*\]/m);
    expect(stdout).toMatch(/Rows with the most extreme residuals\n +observed +fitted +residual\nrow \d+/);
    expect(stdout).toMatch(/Groups of g\n {2}\d+ of 10 with a p value of uniformity below 0\.05/);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("prints one JSON document, of a saved fit the same as of a fresh one", async () => {
    const argv = ["--engine", "laplace", "--seed", "3"];
    expect((await workspace.run(["fit", "DIR/model.glmm", ...argv, "--out", "DIR/saved"])).code).toBe(0);
    const fresh = await workspace.run(["residuals", "DIR/model.glmm", ...argv, "--json", "--effects", "conditional"]);
    const saved = await workspace.run(["residuals", "DIR/saved", "--seed", "3", "--json", "--effects", "conditional"]);
    const [one, other] = [JSON.parse(fresh.stdout), JSON.parse(saved.stdout)];
    expect(one).toMatchObject({
      schema: 1,
      engine: "laplace",
      effects: "conditional",
      method: "exact",
      simulations: 1000,
    });
    expect({ ...other, label: one.label, seconds: one.seconds }).toEqual(one);
    expect(one.rows).toHaveLength(60);
    expect(one.rows[1]).toMatchObject({ row: 2, observed: 2 });
  });

  it("refuses wrong options before it reads, and by --strict exits with 1", async () => {
    const wrong = await workspace.run(["residuals", "DIR/none.glmm", "--simulations", "5"]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("simulations is 5; allowed: a whole number from 20 to 1000000");
    workspace.write({
      "zeros.csv": ["g,y,x", ...rows.map((_, i) => `g${i % 6},${i % 4 < 2 ? 0 : 9},${i % 4}`)].join("\n"),
    });
    const strict = await workspace.run([
      "residuals",
      "DIR/model.glmm",
      "--data",
      "DIR/zeros.csv",
      "--engine",
      "ml",
      "--strict",
      ...["--effects", "conditional"],
    ]);
    expect(strict.code).toBe(1);
    expect(strict.stdout).toMatch(/- the residuals are not uniform \(largest distance 0\.\d+, p 0\.0\d+\)/);
  });
});
