import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChainError, fit } from "../../src/index.js";
import { HurriedTerminal, Workspace } from "./terminal.js";

const trial = `subject,visit,trt,count
1,0,placebo,11
1,1,placebo,5
2,0,placebo,11
2,1,placebo,3
3,0,progabide,6
3,1,progabide,2
4,0,progabide,8
4,1,progabide,NA
`;
const model = `# a small trial
count ~ poisson(mu)
log(mu) = 1 + visit + (1 | subject)
prior sd ~ exponential(1)
`;
/** No threads: the sources run here. */
const quick = ["--workers", "0", "--chains", "2", "--warmup", "150", "--draws", "400"];
const source = ["fit", "DIR/trial"];

const workspace = new Workspace();
beforeAll(() => workspace.write({ "trial/model.glmm": model, "trial/data.csv": trial }));
afterAll(() => workspace.remove());

describe("fit", () => {
  it("prints the report on standard output and the progress on standard error", async () => {
    const { code, stdout, stderr } = await workspace.run([...source, ...quick], new HurriedTerminal());
    expect(code).toBe(0);
    expect(stdout).toMatch(/^count ~ poisson\(mu\)\n/);
    expect(stdout).toContain("observations  7 (1 row dropped: missing values)");
    expect(stdout).toMatch(/^beta\[visit\] +-\d/m);
    expect(stdout).toMatch(/^b\[subject, 4, Intercept\] /m);
    expect(stderr.split("\n").length).toBe(2 * 10 + 1);
    expect(stderr).toMatch(/^chain 2: 550\/550 done, \d+ divergences?, ESS \d+$/m);
  });

  it("takes a formula in place of a file", async () => {
    const formula = ["fit", "--formula", "count ~ visit + (1 | subject)", "--family", "poisson"];
    const { code, stdout } = await workspace.run([...formula, "--data", "DIR/trial/data.csv", ...quick]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^count ~ poisson\(mu\)\nlog\(mu\) = visit \+ \(1 \| subject\)\n/);
  });

  it("takes the delimiter of the data", async () => {
    workspace.write({ "semicolons.csv": trial.replaceAll(",", ";") });
    const data = ["--data", "DIR/semicolons.csv", "--delimiter", ";"];
    expect(await workspace.run([...source, ...data, ...quick])).toMatchObject({ code: 0 });
  });

  it("makes the same of the same seed, a number or a text", async () => {
    const rows = async (seed: string) =>
      (await workspace.run([...source, ...quick, "--seed", seed])).stdout.replace(/^time: .*$/m, "");
    const [one, again, other] = [await rows("weird"), await rows("weird"), await rows("2")];
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it("prints one JSON document with --json, in the order of the schema", async () => {
    const { code, stdout, stderr } = await workspace.run([...source, ...quick, "--json"]);
    expect(code).toBe(0);
    expect(stdout.endsWith("}\n")).toBe(true);
    const document = JSON.parse(stdout);
    expect(Object.keys(document)).toEqual([
      ...[
        "schema",
        "engine",
        "algorithm",
        "version",
        "seed",
        "options",
        "model",
        "family",
        "categories",
        "observations",
        "data",
        "groups",
        "level",
        "parameters",
        "randomEffects",
        "ratios",
      ],
      ...["diagnostics", "seconds", "notes", "warnings", "droppedRows", "priors", "partial"],
    ]);
    expect(document).toMatchObject({
      schema: 1,
      engine: "nuts",
      model: model.trimEnd(),
      family: "poisson",
      observations: 7,
      groups: { subject: 4 },
      droppedRows: 1,
      partial: false,
    });
    const statistics = [
      ...["name", "mean", "sd", "median", "q5", "q95", "lower", "upper"],
      ...["mcse", "mcseSd", "mcseMedian", "mcseQ5", "mcseQ95", "mcseLower", "mcseUpper"],
      ...["rhat", "essBulk", "essTail"],
    ];
    for (const row of document.parameters) expect(Object.keys(row)).toEqual(statistics);
    for (const row of document.randomEffects)
      expect(Object.keys(row)).toEqual([...statistics, "factor", "level", "coefficient"]);
    const names = (rows: { name: string }[]) => rows.map(({ name }) => name);
    expect(names(document.parameters)).toEqual(["beta[Intercept]", "beta[visit]", "sd[subject, Intercept]"]);
    expect(names(document.randomEffects)).toEqual([1, 2, 3, 4].map((level) => `b[subject, ${level}, Intercept]`));
    expect(Object.keys(document.seconds)).toEqual(["read", "compile", "warmup", "sampling", "total"]);
    expect(document.diagnostics.gradientEvaluations.sampling).toBeGreaterThan(800);
    for (const { message, advice } of document.warnings) expect(stderr).toContain(`warning: ${message}\n  ${advice}\n`);
  });

  it("writes its results to the folder of --out", async () => {
    const { code, stdout } = await workspace.run([...source, ...quick, "--out", "DIR/a/b", "--json"]);
    const file = (name: string) => readFileSync(join(workspace.folder, "a/b", name), "utf8");
    expect(code).toBe(0);
    expect(readdirSync(join(workspace.folder, "a/b")).sort()).toEqual([
      ...["draws.csv", "fit.json", "model.glmm"],
      ...[expect.stringMatching(/^numbers-\w+\.bin$/), "result.json"],
    ]);
    expect(JSON.parse(workspace.masked(file("fit.json")))).toEqual(JSON.parse(stdout));
    expect(file("model.glmm")).toBe(model);
    const [header, ...lines] = file("draws.csv").trimEnd().split("\n");
    expect(header).toMatch(/^chain,draw,beta\[Intercept\],beta\[visit\],"sd\[subject, Intercept\]",/);
    expect(lines.length).toBe(800);
    expect(lines[799]).toMatch(/^2,400,-?\d/);
  });

  it("shows its results even if they cannot be written", async () => {
    workspace.write({ "taken/fit.json/file": "" });
    const { code, stdout, stderr } = await workspace.run([...source, ...quick, "--out", "DIR/taken"]);
    expect(code).toBe(2);
    expect(stdout).toContain("Population parameters");
    expect(stderr).toMatch(/^marginalia: cannot write to the folder "DIR\/taken": "fit\.json" in it is a folder$/m);
  });
});

describe("fit --strict", () => {
  it("fails for a diagnostic", async () => {
    const tooShort = [...source, "--workers", "0", "--chains", "2", "--warmup", "20", "--draws", "10"];
    expect((await workspace.run(tooShort)).code).toBe(0);
    const { code, stdout } = await workspace.run([...tooShort, "--strict"]);
    expect(code).toBe(1);
    expect(stdout).toContain("bulk ESS is below 200");
  });

  const long = ["--workers", "0", "--chains", "2", "--draws", "3000", "--target-acceptance", "0.95", "--strict"];

  it("passes a note on the data where a proper prior makes up for it", async () => {
    const text = "count ~ poisson(mu)\nlog(mu) = 1 + visit + I(3 * visit)\nprior beta ~ normal(0, 1)\n";
    workspace.write({ "twice.glmm": text });
    const { code, stdout } = await workspace.run(["fit", "DIR/twice.glmm", "--data", "DIR/trial/data.csv", ...long]);
    expect(stdout).toMatch(/1 warning\n- column I\(3.*visit\) .*\s+is a\s+linear combination/);
    expect(code).toBe(0);
  });

  it("fails for an improper prior", async () => {
    workspace.write({ "flat.glmm": "visit ~ normal(mu, sigma)\nmu = 1\nprior sigma ~ flat()\n" });
    const { code, stdout } = await workspace.run(["fit", "DIR/flat.glmm", "--data", "DIR/trial/data.csv", ...long]);
    expect(stdout).toMatch(/1 warning\n- the prior on sigma is improper/);
    expect(code).toBe(1);
  });
});

describe("Ctrl-C", () => {
  class Impatient extends HurriedTerminal {
    /** Presses Ctrl-C when a chain is this far, by the text of its progress. */
    constructor(when: RegExp) {
      super();
      const write = this.stderr.write.bind(this.stderr);
      this.stderr.write = (text) => {
        write(text);
        if (when.test(text)) this.pressCtrlC();
      };
    }
  }

  it("while sampling gives what has been drawn, marked as partial", async () => {
    const terminal = new Impatient(/chain 1: .* sampling/);
    const { code, stdout, stderr } = await workspace.run([...source, ...quick, "--json"], terminal);
    expect(code).toBe(130);
    expect(stderr).toContain("stopping: what has been drawn is kept (Ctrl-C again to quit at once)\n");
    const document = JSON.parse(stdout);
    expect(document.partial).toBe(true);
    expect(document.diagnostics.draws.length).toBe(1);
    expect(document.diagnostics.draws[0]).toBeLessThan(400);
    expect(document.warnings[0].code).toBe("partial-run");
    expect(terminal.isListening).toBe(false);
  });

  it("while sampling is told as such with --strict too", async () => {
    const { code, stdout } = await workspace.run([...source, ...quick, "--strict"], new Impatient(/sampling/));
    expect(code).toBe(130);
    expect(stdout).toContain("(ended early)");
  });

  it("while warming up leaves nothing", async () => {
    const { code, stdout, stderr } = await workspace.run([...source, ...quick], new Impatient(/warm-up/));
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(
      /marginalia: the run was stopped before the first draw, while it was warming up; nothing was drawn\n$/,
    );
  });
});

describe("a chain that fails", () => {
  const hard = "y ~ bernoulli(p)\np = 1 + x\n";
  const table = "x,y\n-25,0\n25,1\n-15,0\n12,1\n5,0\n-5,1\n";
  /** So far out that a chain finds a start now and then only. */
  const startRadius = 64;
  const files = ["fit", "DIR/hard.glmm", "--data", "DIR/hard.csv"];
  const run = [...files, "--workers", "0", "--warmup", "50", "--draws", "30", "--start-radius", String(startRadius)];

  /** A seed by which so many chains find a start before one does not. */
  async function seedOf(chains: number): Promise<string> {
    const columns = { x: [-25, 25, -15, 12, 5, -5], y: [0, 1, 0, 1, 0, 1] };
    const options = { workers: 0, chains: 3, warmup: 0, draws: 1, stepSize: 0.1, startRadius };
    for (let seed = 1; seed < 100; seed++) {
      const error = await fit(hard, columns, { ...options, seed }).then(
        () => null,
        (failure: ChainError) => failure,
      );
      if (error !== null && (error.finished?.posterior.record.chains.length ?? 0) === chains) return String(seed);
    }
    throw new Error("no such seed");
  }

  beforeAll(() => workspace.write({ "hard.glmm": hard, "hard.csv": table }));

  it("ends the run and keeps the draws of the others with --out", async () => {
    const argv = [...run, "--out", "DIR/rest", "--seed", await seedOf(2)];
    const { code, stdout, stderr } = await workspace.run(argv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^marginalia: chain 3 failed: cannot find a start: .* or set a smaller --start-radius$/m);
    expect(stderr).toMatch(/\n {2}2 other chains done by then; the draws are in DIR\/rest\n$/);
    const lines = readFileSync(join(workspace.folder, "rest/draws.csv"), "utf8").trimEnd().split("\n");
    expect(lines.length).toBe(1 + 2 * 30);
    expect(JSON.parse(readFileSync(join(workspace.folder, "rest/fit.json"), "utf8")).partial).toBe(true);
  });

  it("says what --out would have kept", async () => {
    const { code, stderr } = await workspace.run([...run, "--seed", await seedOf(1)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/\n {2}1 other chain done by then; --out DIR would have kept the draws\n$/);
  });

  it("says that there is nothing else", async () => {
    const { code, stderr } = await workspace.run([...run, "--seed", await seedOf(0)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^marginalia: chain 1 failed: .*\n {2}no other chain was done\n$/);
  });
});

it("tells its version, which is that of the package", async () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(await workspace.run(["--version"])).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

it("has help for every command, on standard output", async () => {
  for (const argv of [["--help"], ["fit", "--help"], ["check", "-h"], ["help", "fit"]]) {
    const { code, stdout, stderr } = await workspace.run(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("Exit codes: 0 done; 1 the fit failed");
  }
});
