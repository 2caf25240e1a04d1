import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareEngines } from "../../src/index.js";
import { HurriedTerminal, Workspace } from "./terminal.js";

const rows = Array.from({ length: 60 }, (_, i) => {
  const [herd, period] = [Math.floor(i / 4), i % 4];
  return { herd, period, size: 8 + ((3 * i) % 5), sick: Math.max(0, ((7 * herd) % 5) - period + (i % 2)) };
});
const csv = ["herd,period,size,sick", ...rows.map((row) => Object.values(row).join(","))].join("\n");
const model = "sick ~ binomial(size, p)\nlogit(p) = 1 + period + (1 | herd)\nprior sd ~ exponential(1)\n";

const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "herds/model.glmm": model,
    "herds/data.csv": csv,
    "lme4.csv": "term,estimate,std.error\nperiod,-0.6,0.1\nperoid,1,1\n",
    "fit.json": JSON.stringify({ "beta[period]": -0.6 }),
  }),
);
afterAll(() => workspace.remove());

/** Without threads, which cannot run the sources. */
const run = (...argv: readonly string[]) => workspace.run(["compare", "DIR/herds", "--workers", "0", ...argv]);

describe("compare of one model", () => {
  it("prints a verdict, the engines side by side and how they agree", async () => {
    const { code, stdout } = await run("--draws", "300", "--chains", "2", "--engines", "nuts,ml,ml:lmm");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sick ~ binomial\(size, p\)\nlogit\(p\) = 1 \+ period/);
    expect(stdout).toMatch(/\nVerdict\n {2}Believe n/);
    expect(stdout).toMatch(/\n {2}ml:lmm {2}does not serve: a linear mixed model/);
    expect(stdout).toMatch(/\n +nuts +ml\nbeta\[Intercept\] /);
    expect(stdout).toMatch(/\nDifference from nuts in its sds/);
    expect(stdout).toMatch(/^ {2}ml {6,}aghq, \d+ points, /m);
  });

  it("prints one JSON document that holds what the library returns", async () => {
    const { code, stdout, stderr } = await run("--engines", "ml,ml:laplace", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const document = JSON.parse(stdout);
    const expected = await compareEngines(model, rows, { engines: ["ml", "ml:laplace"] });
    expect(document).toMatchObject({ schema: 1, observations: 60, groups: { herd: 15 }, reference: "ml" });
    expect(document.agreements[0].parameters[0].difference).toBe(expected.agreements[0].parameters[0].difference);
    expect(document.logLikelihoods).toEqual(expected.logLikelihoods);
    expect(document.verdict[0]).toMatch(/^Believe ml: /);
  });

  it("holds fits made elsewhere against ours, and shows what their names were taken for", async () => {
    const { code, stdout } = await run("--engines", "ml", "--against", "DIR/lme4.csv", "--against", "DIR/fit.json");
    expect(code).toBe(0);
    expect(stdout).toMatch(/lme4\.csv, read as names and values\n/);
    expect(stdout).toMatch(/^ +read from +estimate +from ml \(se\) +se ratio\nbeta\[period\] +period +-0\.6000 /m);
    expect(stdout).toMatch(/not in the model: peroid \(did you mean "beta\[period\]"\?\)/);
    expect(stdout).toMatch(/fit\.json, read as names and values\n/);
    expect(stdout).toMatch(/It\s+says\s+nothing\s+of\s+beta\[Intercept\],\s+sd\[herd,\s+Intercept\]\./);
  });

  it("reads a table of coefficients as R writes it, row names and all", async () => {
    workspace.write({ "coef.csv": '"","Estimate","Std. Error"\n"(Intercept)",0.1,0.2\n"period",-0.6,0.1\n' });
    const { code, stdout } = await run("--engines", "ml", "--against", "DIR/coef.csv");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^beta\[Intercept\] +\(Intercept\) +0\.1000 /m);
  });

  it("takes a formula", async () => {
    const formula = ["--formula", "sick | trials(size) ~ (1 | herd)", "--family", "binomial"];
    const argv = ["compare", ...formula, "--data", "DIR/herds/data.csv", "--workers", "0", "--engines", "ml", "--json"];
    const { code, stdout } = await workspace.run(argv);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).engines[0].parameters).toHaveLength(2);
  });

  it("has nothing to show where it is stopped before an engine has ended", async () => {
    const terminal = new HurriedTerminal();
    const write = terminal.stderr.write.bind(terminal.stderr);
    terminal.stderr.write = (text) => {
      write(text);
      if (/warm-up/.test(text)) terminal.pressCtrlC();
    };
    const argv = ["compare", "DIR/herds", "--workers", "0", "--engines", "nuts,ml"];
    const { code, stdout, stderr } = await workspace.run(argv, terminal);
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(/\nmarginalia: the comparison was stopped before an engine had ended\n$/);
    expect(terminal.isListening).toBe(false);
  });

  it("with --strict exits with 1 where the engine to believe cannot be", async () => {
    const sampled = await run("--engines", "nuts", "--draws", "4", "--chains", "2", "--strict");
    expect(sampled.code).toBe(1);
    expect(sampled.stdout).toMatch(/Believe none of them as it is\. nuts is the best there is/);
  });
});
