import { appendFileSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HurriedTerminal, Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 4)},${(7 * i) % 5},${i % 4}`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "model.glmm": [
      "y ~ poisson(mu)",
      "log(mu) = 1 + x + (1 | g)",
      "prior intercept ~ normal(1, 0.5)",
      "prior beta ~ normal(0, 0.5)",
      "prior sd ~ half_normal(0.5)",
    ].join("\n"),
    "flat.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ flat()\n",
  }),
);
afterAll(() => workspace.remove());

const arguments_ = (...argv: readonly string[]) => [
  "sbc",
  "DIR/model.glmm",
  "--data",
  "DIR/data.csv",
  "--workers",
  "0",
  ...argv,
];
const sbc = (...argv: readonly string[]) => workspace.run(arguments_(...argv));
const at = (name: string) => `${workspace.folder}/${name}`;

describe("marginalia sbc", { timeout: 120_000 }, () => {
  it("tells bias, coverage and ranks of each quantity", async () => {
    const { code, stdout } = await sbc("--engine", "inla", "--replicates", "30");
    expect(code).toBe(0);
    expect(stdout).toContain("30 data sets simulated and fitted by inla; parameters from their priors;");
    expect(stdout).toMatch(/^ +bias( +\+-)?( +rmse)? +50% +80% +95% +ranks +band$/m);
    expect(stdout).toMatch(/^sd\[g, Intercept\]( +-?[\d.]+){1,3}( +[\d.]+%){3} +[▁-█]{10} +inside$/m);
    expect(stdout).toMatch(
      /^passed: the ranks of all 6 quantities lie within their simultaneous\n +bands|^passed: the ranks of all 6 quantities lie within their simultaneous bands/m,
    );
    expect(Math.max(...stdout.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it("prints one document, with the power of a stated effect", async () => {
    const { stdout } = await sbc(
      ..."--engine ml --replicates 20 --effect beta[x]=0.4 --at sd[g]=0.3 --json".split(" "),
    );
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: 1, engine: "ml", replicates: 20, ranks: null, seed: "1" });
    expect(document.stated).toEqual(["sd[g, Intercept]", "beta[x]"]);
    expect(document.effects).toHaveLength(1);
    expect(document.effects[0]).toMatchObject({ name: "beta[x]", value: 0.4, level: 0.95, intervals: 20 });
    expect(document.effects[0].power).toBeGreaterThan(0.3);
    expect(document.quantities[2].coverage).toHaveLength(3);
  });

  it("goes on from a folder, where a run was killed as well", async () => {
    const run = ["--engine", "ml", "--out", "DIR/run", "--json"];
    await sbc(...run, "--replicates", "6");
    appendFileSync(at("run/replicates.jsonl"), '{"replicate":7,"fail');
    const kept = readFileSync(at("run/replicates.jsonl"), "utf8").split("\n").slice(0, 6);
    const resumed = JSON.parse((await sbc(...run, "--replicates", "9")).stdout);
    const lines = readFileSync(at("run/replicates.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines).toHaveLength(9);
    expect(lines.slice(0, 6)).toEqual(kept);
    const whole = JSON.parse((await sbc("--engine", "ml", "--json", "--replicates", "9")).stdout);
    expect({ ...resumed, seconds: null }).toEqual({ ...whole, seconds: null });
  });

  it("refuses a folder of another run, and a damaged one", async () => {
    const run = ["--engine", "ml", "--out", "DIR/run", "--replicates", "9"];
    expect((await sbc(...run, "--seed", "2")).stderr).toBe(
      'marginalia: the folder "DIR/run" holds replicates of another run (other: seed)\n  give another folder, or remove this one to begin anew\n',
    );
    expect((await sbc(...run, "--effect", "beta[x]=1")).stderr).toContain("of another run (other: effect)");
    expect((await sbc(...run, "--points", "5")).stderr).toContain("of another run (other: fit)");
    const text = readFileSync(at("run/replicates.jsonl"), "utf8");
    writeFileSync(at("run/replicates.jsonl"), `${text.slice(0, 20)}\n${text}`);
    const { code, stderr } = await sbc(...run);
    expect(code).toBe(2);
    expect(stderr).toContain('the file "DIR/run/replicates.jsonl" is damaged in line 1\n  remove this line');
  });

  it("keeps what was written where the disk is full", async () => {
    const run = ["--engine", "ml", "--out", "DIR/full", "--replicates", "3"];
    await sbc(...run);
    const before = readFileSync(at("full/replicates.jsonl"), "utf8");
    rmSync(at("full/replicates.jsonl"));
    writeFileSync(at("full/replicates.jsonl"), "");
    rmSync(at("full/replicates.jsonl"));
    symlinkSync("/dev/full", at("full/replicates.jsonl"));
    const { code, stdout, stderr } = await sbc(...run);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain('cannot write to the folder "DIR/full"');
    expect(stderr).toMatch(/no space left on device|is not readable|illegal/);
    expect(before.trimEnd().split("\n")).toHaveLength(3);
  });

  it("ends by Ctrl-C, and keeps what is done", async () => {
    const terminal = new HurriedTerminal();
    const run = workspace.run(arguments_(..."--engine ml --replicates 5000 --out DIR/stopped".split(" ")), terminal);
    const timer = setInterval(() => {
      const lines = terminal.isListening ? linesOf("stopped/replicates.jsonl") : 0;
      if (lines > 2) terminal.pressCtrlC();
    }, 20);
    const { code, stdout, stderr } = await run;
    clearInterval(timer);
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toContain(
      'marginalia: the calibration was not finished; what is done is kept in "DIR/stopped", and the same command goes on from there',
    );
    expect(linesOf("stopped/replicates.jsonl")).toBeGreaterThan(2);
  });

  it("makes no folder for a run that cannot be", async () => {
    for (const wrong of ["--effect nope=1", "--at beta[x]", "--ranked 0", "--chains 2"]) {
      const { code } = await sbc("--engine", "laplace", "--replicates", "2", ...wrong.split(" "), "--out", "DIR/never");
      expect({ code, isMade: existsSync(at("never")) }, wrong).toEqual({ code: 2, isMade: false });
    }
  });

  it("tells what is wrong, with the way out", async () => {
    const flat = await workspace.run(["sbc", "DIR/flat.glmm", "--data", "DIR/data.csv", "--engine", "ml"]);
    expect(flat.code).toBe(2);
    expect(flat.stderr).toContain("the prior on beta[x] is improper: flat()");
    const unknown = await sbc("--engine", "ml", "--effect", "beta[z]=1");
    expect(unknown.stderr).toContain('unknown parameter "beta[z]"; did you mean "beta[x]"?');
    const none = await sbc("--engine", "ml", "--replicates", "0");
    expect(none.stderr).toContain("--replicates is 0; allowed: a whole number from 1");
    const other = await sbc("--engine", "ml", "--chains", "2");
    expect(other.stderr).toContain('--chains is no option of the engine "ml"');
  });
});

function linesOf(name: string): number {
  try {
    return readFileSync(at(name), "utf8").split("\n").length - 1;
  } catch {
    return 0;
  }
}
