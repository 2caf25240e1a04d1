import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 4)},${Number((7 * i) % 5 < 2)},${i % 4}`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "model.glmm": "y ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)\n",
    "rows.csv": "x\n0\n1\n",
    "wrong.csv": "z\n0\n",
  }),
);
afterAll(() => workspace.remove());

const population = (...argv: readonly string[]) =>
  workspace.run(["population", "DIR/model.glmm", "--data", "DIR/data.csv", "--engine", "laplace", ...argv]);

describe("marginalia population", () => {
  it("prints coefficients, variances, what two responses have in common, and R2", async () => {
    const { code, stdout } = await population();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Coefficients\n +effects of 0 +marginal +sd +lower 90% +upper 90%\nbeta\[Inter/m);
    expect(stdout).toMatch(
      /^attenuation [\d.]+ \([\d.]+ to [\d.]+\), by the formula 1 \/ sqrt\(1 \+ c\^2 v\) [\d.]+$/m,
    );
    expect(stdout).toMatch(/^Variance of the linear predictor \(logit\)\n/m);
    expect(stdout).toMatch(/^Two responses of one g\n/m);
    expect(stdout).toMatch(/^conditional, responses +0\.\d+/m);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("averages over other rows, and prints one JSON document", async () => {
    const { code, stdout } = await population("--new", "DIR/rows.csv", "--json", "--level", "0.5");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: 1, engine: "laplace", level: 0.5, rows: 2, link: "logit", notes: [] });
    expect(document.coefficients[1].name).toBe("beta[x]");
    expect(document.r2.response.conditional).toBeNull();
  });

  it("takes a saved fit, and says of it what it says of a fresh one", async () => {
    const made = await workspace.run([
      "fit",
      "DIR/model.glmm",
      "--data",
      "DIR/data.csv",
      "--engine",
      "ml",
      "--out",
      "DIR/saved",
    ]);
    expect(made.code).toBe(0);
    const saved = await workspace.run(["population", "DIR/saved", "--json"]);
    const fresh = await population("--engine", "ml", "--json");
    const { label: _, seconds: __, ...own } = JSON.parse(saved.stdout);
    expect(JSON.parse(fresh.stdout)).toMatchObject(own);
  });

  it("refuses rows that the model cannot take, and conditional likelihood", async () => {
    const wrong = await population("--new", "DIR/wrong.csv");
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain('unknown column "x" in the model');
    const conditional = await population("--engine", "ml", "--method", "conditional");
    expect(conditional.code).toBe(2);
    expect(conditional.stderr).toContain("conditional likelihood leaves the distribution of the random effects out");
    const level = await population("--level", "1.5");
    expect(level.stderr).toContain("level is 1.5; allowed: a number between 0 and 1");
  });
});
