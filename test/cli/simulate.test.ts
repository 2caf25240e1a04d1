import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HurriedTerminal, KeptTerminal, Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 4)},${(7 * i) % 5},"a, ${i % 4}"`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "new.csv": 'g,x\n3,"a, 1"\n99,"a, 2"\n',
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
    "flat.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ flat()\n",
  }),
);
afterAll(() => workspace.remove());

const simulate = (...argv: readonly string[]) => workspace.run(["simulate", ...argv, "--data", "DIR/data.csv"]);
const file = (name: string) => readFileSync(`${workspace.folder}/${name}`, "utf8");

describe("marginalia simulate", () => {
  it("tells what the priors say about responses", async () => {
    const { code, stdout } = await simulate("DIR/model.glmm", "--prior", "--draws", "300");
    expect(code).toBe(0);
    expect(stdout).toContain("300 data sets of 40 rows; parameters drawn from their priors");
    expect(stdout).toMatch(/^ {2}sd\[g, Intercept\] ~ student_t\(.*\) on \(0, Inf\) \(default\)$/m);
    expect(stdout).toMatch(/^y +0 .*$/m);
    expect(stdout).toMatch(/^share of 0( +\d[.\d]*){3} +0\.2000$/m);
    expect(stdout).toMatch(/% of the responses are 0\./);
    expect(stdout).toMatch(/% of the means are above 40\.00 \(plausible limits: 10 times the largest\nresponse\)\.$/m);
    const widest = Math.max(...stdout.split("\n").map(({ length }) => length));
    expect(widest).toBeLessThanOrEqual(80);
  });

  it("prints one document", async () => {
    const { stdout } = await simulate("DIR/model.glmm", "--prior", "--json", "--limits", "0,3", "--at", "beta=0");
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ schema: 1, response: "y", from: "prior", draws: 100, rows: 40, engine: null });
    expect(document.plausible.limits).toEqual([0, 3]);
    expect(document.parameters[1]).toEqual({ name: "beta[x.a, 1]", quantiles: [0, 0, 0] });
    expect(document.priors[0]).toMatchObject({ name: "intercept", origin: "default" });
  });

  it("writes data that a model is fitted to", async () => {
    const at = ["--at", "beta=0.5,beta[Intercept]=1", "--at", "sd[g]=0"];
    const { code } = await simulate(
      "DIR/model.glmm",
      ...at,
      "--draws",
      "1",
      "--out",
      "DIR/sim.csv",
      "--format",
      "wide",
    );
    expect(code).toBe(0);
    const [header, first] = file("sim.csv").split("\n");
    expect(header).toBe("g,x,y");
    expect(first).toMatch(/^0,"a, 0",\d+$/);
    const again = await workspace.run(["fit", "DIR/model.glmm", "--data", "DIR/sim.csv", "--engine", "ml", "--json"]);
    const { parameters } = JSON.parse(again.stdout);
    expect(Math.abs(parameters[0].estimate - 1)).toBeLessThan(0.6);
  });

  it("simulates from a fit, of its rows and of others, and from a saved one the same", async () => {
    await workspace.run([
      ..."fit DIR/model.glmm --engine laplace --seed 3 --out DIR/saved --json --data".split(" "),
      "DIR/data.csv",
    ]);
    const fromModel = await simulate(
      "DIR/model.glmm",
      ..."--engine laplace --seed 3 --draws 4 --out DIR/a.csv".split(" "),
    );
    const saved = await workspace.run("simulate DIR/saved --seed 3 --draws 4 --out DIR/b.csv".split(" "));
    expect([fromModel.code, saved.code]).toEqual([0, 0]);
    expect(saved.stdout).toContain("4 data sets of 40 rows; parameters at draws of the fit by laplace");
    expect(file("b.csv")).toBe(file("a.csv"));
    const lines = file("b.csv").trimEnd().split("\n");
    expect(lines[0]).toBe("draw,row,y,mean");
    expect(lines).toHaveLength(1 + 4 * 40);
    expect(lines[1]).toMatch(/^1,1,\d+,\d+\.\d+$/);
    const other = await workspace.run(
      "simulate DIR/saved --new DIR/new.csv --draws 3 --format wide --out DIR/c.csv".split(" "),
    );
    expect(other.code).toBe(0);
    expect(other.stdout).toMatch(/^mean( +\d+\.\d+){3} +-$/m);
    expect(file("c.csv")).toMatch(/^g,x,y\.1,y\.2,y\.3\n3,"a, 1",\d+,\d+,\d+\n99,"a, 2",\d+,\d+,\d+\n$/);
  });

  it("tells what is wrong, with the way out", async () => {
    const wrong = async (...argv: readonly string[]) => {
      const { code, stdout, stderr } = await simulate(...argv);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      return stderr;
    };
    expect(await wrong("DIR/flat.glmm", "--prior")).toContain("the prior on beta[x.a, 1] is improper: flat()");
    expect(await wrong("DIR/model.glmm", "--at", "beta=1")).toBe(
      'marginalia: beta[Intercept], sd[g, Intercept] are not stated; state them (option "at"), or have them drawn from their priors (option "prior")\n',
    );
    expect(await wrong("DIR/model.glmm", "--prior", "--new", "DIR/new.csv")).toContain("--new goes with a fit");
    expect(await wrong("DIR/model.glmm", "--prior", "--effects", "zero")).toContain("--effects goes with a fit");
    expect(await wrong("DIR/model.glmm", "--prior", "--limits", "3,1")).toContain("two numbers, as in 0,1000");
    expect(await wrong("DIR/saved", "--prior")).toContain("is a saved fit, and --prior goes with a model");
    expect(await wrong("DIR/model.glmm", "--prior", "--draws", "1.5")).toContain("--draws is 1.5; allowed: a whole");
  });

  it("leaves nothing where a file cannot be written", async () => {
    const { code, stderr } = await simulate("DIR/model.glmm", "--prior", "--out", "DIR/none/sim.csv");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr:
        'marginalia: cannot write "DIR/none/sim.csv": no such file or directory\n  make room or permission, or give another file\n',
    });
    const folder = await simulate("DIR/model.glmm", "--prior", "--out", "DIR");
    expect(folder).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("it is a folder") });
  });

  it("ends by Ctrl-C", async () => {
    const terminal = new HurriedTerminal();
    const run = workspace.run(
      ["simulate", "DIR/model.glmm", "--prior", "--draws", "500000", "--data", "DIR/data.csv"],
      terminal,
    );
    const timer = setInterval(() => terminal.isListening && terminal.pressCtrlC(), 50);
    const { code, stdout, stderr } = await run;
    clearInterval(timer);
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(/simulate: simulating, \d+ of 500000/);
    expect(stderr).toContain("marginalia: the simulation was not finished; nothing is shown or written");
    expect(new KeptTerminal().isListening).toBe(false);
  });
});
