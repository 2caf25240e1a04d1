import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => `g${Math.floor(i / 4)},${(7 * i) % 5},${i % 4},arm ${i % 2}`);
const workspace = new Workspace();
beforeAll(async () => {
  workspace.write({
    "data.csv": ["g,y,x,arm", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + arm + (1 | g)\n",
    "new.csv": "x;arm;g\n0,5;arm 0;g1\n1,5;arm 1;g99\n;arm 1;g1\n",
  });
  for (const engine of ["laplace", "ml"])
    expect(await run("fit", "DIR/model.glmm", "--engine", engine, "--out", `DIR/${engine}`)).toMatchObject({ code: 0 });
});
afterAll(() => workspace.remove());

const run = (...argv: readonly string[]) => workspace.run(argv);
const predict = (...argv: readonly string[]) => run("predict", ...argv);

describe("marginalia predict", () => {
  it("tells of the rows of a table what a saved fit says", async () => {
    const { code, stdout } = await predict("DIR/laplace", "--new", "DIR/new.csv", "--effects", "conditional");
    expect(code).toBe(0);
    expect(stdout).toContain("mean response of 2 rows, given the effects of the levels in the rows");
    expect(stdout).toMatch(/^ +x +arm +g +estimate +sd +lower 90% +upper 90%$/m);
    expect(stdout).toMatch(/^row 1 +0\.5 +arm 0 +g1( +\d[\d.]*){4}$/m);
    expect(stdout).toMatch(/^row 2 \* +1\.5 +arm 1 +g99( +\d[\d.]*){4}$/m);
    expect(stdout).toContain("* has a level that the fit has not, whose effects are drawn");
    expect(stdout).toMatch(/note: 1 row of \S+new.csv left out for missing values, first\s+row 3 \(x\)/);
    const narrow = await predict("DIR/laplace", "--effects", "zero", "--scale", "link", "--level", "0.5");
    expect(narrow.stdout).toMatch(/lower 50%/);
    expect(Math.max(...narrow.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("gives one JSON document, and a CSV file of all rows", async () => {
    const file = "DIR/out.csv";
    const argv = ["--new", "DIR/new.csv", "--effects", "conditional", "--out", file, "--json"];
    const { stdout } = await predict("DIR/laplace", ...argv);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: 1, engine: "laplace", effects: "conditional", scale: "mean", level: 0.9 });
    expect(document.droppedRows).toEqual([3]);
    const [first, second] = document.predictions;
    expect(first).toMatchObject({ row: 1, at: { x: 0.5, arm: "arm 0", g: "g1" }, newLevel: false });
    const lines = readFileSync(join(workspace.folder, "out.csv"), "utf8").trimEnd().split("\n");
    expect(lines).toEqual([
      "row,x,arm,g,quantity,estimate,sd,lower,upper,new_level",
      `1,0.5,arm 0,g1,mean,${first.estimate},${first.sd},${first.lower},${first.upper},0`,
      `2,1.5,arm 1,g99,mean,${second.estimate},${second.sd},${second.lower},${second.upper},1`,
    ]);
  });

  it("writes the draws, by which the predictions are those of a saved fit", async () => {
    const asked = ["--new", "DIR/new.csv", "--effects", "conditional", "--quantity", "mean | sd", "--json"];
    const { code, stdout } = await predict("DIR/laplace", ...asked, "--out-draws", "DIR/draws.csv");
    expect(code).toBe(0);
    const [head, ...lines] = readFileSync(join(workspace.folder, "draws.csv"), "utf8").trimEnd().split("\n");
    const columns = head.split(",");
    expect(columns).toEqual(["row", "draw", ...(columns.includes("weight") ? ["weight"] : []), "mean", "sd"]);
    const draws = lines.map((line) => line.split(",").map(Number));
    expect(new Set(draws.map(([row]) => row))).toEqual(new Set([1, 2]));
    for (const { row, quantity, estimate } of JSON.parse(stdout).predictions) {
      const own = draws.filter(([of]) => of === row);
      const place = columns.indexOf(quantity ?? "mean");
      const below = own.filter((draw) => draw[place] <= estimate);
      const share = columns.includes("weight")
        ? below.reduce((sum, draw) => sum + draw[2], 0)
        : below.length / own.length;
      expect(Math.abs(share - 0.5)).toBeLessThan(0.01);
    }
    const ml = await predict("DIR/ml", ...asked, "--out-draws", "DIR/ml.csv");
    expect(ml).toMatchObject({ stdout: "", stderr: expect.stringContaining("no draws of what it predicts") });
    expect(ml.code).not.toBe(0);
    const unfitted = await predict(
      "DIR/model.glmm",
      "--engine",
      "ml",
      "--effects",
      "zero",
      "--out-draws",
      "DIR/ml.csv",
    );
    expect(unfitted.stderr).toBe(ml.stderr);
    expect(readdirSync(workspace.folder).filter((name) => name.startsWith("ml.csv"))).toEqual([]);
  });

  it("tells quantities of the distribution of a new response, a line each", async () => {
    const argv = ["--new", "DIR/new.csv", "--effects", "marginal", "--quantity", "mean | probability(y > 3)"];
    const { code, stdout } = await predict("DIR/ml", ...argv, "--quantity", "quantile(0.9)");
    expect(code).toBe(0);
    expect(stdout).toContain("distribution of a new response of 2 rows, over all levels that there might be");
    expect(stdout).toMatch(/^row 1 .* mean( +\d[\d.]*){4}$/m);
    expect(stdout).toMatch(/^row 1 .* probability\(y > 3\)( +\d[\d.]*){4}$/m);
    expect(stdout).toMatch(/^row 1 .* quantile\(0.9\) +\d[\d.]*( +-){3}$/m);
    const { predictions, scale } = JSON.parse((await predict("DIR/laplace", ...argv, "--json")).stdout);
    expect(scale).toBe(null);
    expect(predictions.map(({ row, quantity }: { row: number; quantity: string }) => [row, quantity])).toEqual([
      [1, "mean"],
      [1, "probability(y > 3)"],
      [2, "mean"],
      [2, "probability(y > 3)"],
    ]);
    const wrong = await predict("DIR/laplace", "--effects", "zero", "--quantity", "probability(y = 3)");
    expect(wrong).toEqual({
      code: 2,
      stdout: "",
      stderr:
        'quantity:1:15: expected a comparison, found "="\n  probability(y = 3)\n                ^\n  equality is written ==\n',
    });
  });

  it("fits a model first, and is the same of the saved fit", async () => {
    const argv = ["--effects", "marginal", "--json"];
    const seconds = /"seconds".*/;
    for (const engine of ["laplace", "ml"]) {
      const saved = await predict(`DIR/${engine}`, ...argv);
      const fresh = await predict("DIR/model.glmm", "--engine", engine, ...argv);
      expect(fresh.stdout.replace(seconds, "")).toBe(saved.stdout.replace(seconds, ""));
    }
  });
});

describe("wrong usage of predict", () => {
  it("says in two lines what the effects may be, where none are given", async () => {
    expect(await predict("DIR/laplace")).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "marginalia: --effects says what is made of the random effects, and has no default: conditional (the levels of the rows with their own effects, new levels drawn),\n" +
        "  marginal (the mean over all levels that there might be), or zero (effects of zero: a typical level, on a curved scale not the mean)\n",
    });
  });

  it("says what is in the way of a file before anything is computed, and leaves nothing behind", async () => {
    const absent = await predict("DIR/laplace", "--effects", "zero", "--out", "DIR/absent/out.csv");
    expect(absent).toEqual({
      code: 2,
      stdout: "",
      stderr:
        'marginalia: cannot write "DIR/absent/out.csv": no such file or directory\n  make room or permission, or give another file\n',
    });
    mkdirSync(join(workspace.folder, "taken"));
    const taken = await predict("DIR/laplace", "--effects", "zero", "--out", "DIR/taken");
    expect(taken.stderr).toContain('cannot write "DIR/taken": it is a folder');
    expect(readdirSync(workspace.folder).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it.each([
    ["absent.csv", "x\n1\n", /unknown column "arm" in the model/],
    ["level.csv", "x,arm,g\n1,arm 7,g1\n", /arm is "arm 7" in row 1, a level that the fit has not/],
    ["empty.csv", "x,arm,g\n", /empty\.csv/],
    ["missing.csv", "x,arm,g\n,arm 1,g1\nNA,arm 1,g1\n", /no rows left: each row of \S+missing\.csv lacks a value/],
    [
      "text.csv",
      "x,arm,g\n1,arm 1,g1\nlots,arm 1,g1\n",
      /x is "lots" in row 2 of \S+text\.csv, and was a column of numbers in the fit/,
    ],
  ])("names what is wrong with the rows of %s", async (name, text, message) => {
    workspace.write({ [name]: text });
    const outcome = await predict("DIR/laplace", "--new", `DIR/${name}`, "--effects", "conditional");
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toMatch(message);
    expect(outcome.stderr).not.toContain("failed unexpectedly");
  });

  it("names what conditional likelihood has not", async () => {
    const argv = ["--engine", "ml", "--method", "conditional", "--out", "DIR/conditional"];
    workspace.write({ "simple.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n" });
    await run("fit", "DIR/simple.glmm", "--data", "DIR/data.csv", ...argv);
    const outcome = await predict("DIR/conditional", "--effects", "zero");
    expect(outcome).toMatchObject({ code: 2, stdout: "" });
    expect(outcome.stderr).toMatch(
      /^marginalia: the fit has no value of beta\[Intercept\], which predictions need\n {2}conditional likelihood has none/,
    );
  });

  it("refuses new responses of maximum likelihood", async () => {
    const { code, stderr } = await predict("DIR/ml", "--effects", "zero", "--scale", "response");
    expect(code).toBe(2);
    expect(stderr).toContain("--scale is response, of which maximum likelihood has no draws");
  });
});
