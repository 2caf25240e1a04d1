import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const rows = Array.from(
  { length: 60 },
  (_, i) => `g${Math.floor(i / 6)},${(i * i + i) % 7},${i % 2},${i % 4},${(i * 13) % 11}`,
);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,yes,x,w", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
    "binary.glmm": "yes ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)\n",
    "measured.glmm": "w ~ normal(mu, sigma)\nmu = 1 + x\n",
  }),
);
afterAll(() => workspace.remove());
const ppc = (...argv: readonly string[]) => workspace.run(["ppc", ...argv]);

describe("marginalia ppc", () => {
  it("shows statistics with their tail areas, and a hanging rootogram of counts", async () => {
    const { code, stdout } = await ppc("DIR/model.glmm", "--engine", "laplace");
    expect(code).toBe(0);
    expect(stdout).toMatch(/1000 data sets of 60 rows replicated from draws of laplace, for new groups of\s+g: random/);
    expect(stdout).toMatch(/observed +replicated +q5 +q95 +P\(>= obs\) +P\(<= obs\)\n/);
    for (const name of ["mean", "sd", "zeros", "max", "dispersion", "within_sd", "between_sd"])
      expect(stdout).toMatch(new RegExp(`^${name} .* [01]\\.\\d{3} +[01]\\.\\d{3}$`, "m"));
    expect(stdout).toMatch(
      /Frequencies of counts \(hanging rootogram\)\n +observed +expected +q5 +q95\n0 +\d+ +\d+\.\d +\d+ +\d+.*\+\n/,
    );
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("shows the calibration of probabilities, by maximum likelihood at its estimates", async () => {
    const { stdout } = await ppc("DIR/binary.glmm", "--engine", "ml", "--effects", "conditional", "--level", "0.8");
    expect(stdout).toMatch(
      /from the estimates of ml, for the same\s+groups of g: with the random effects of the fit \(conditional\)/,
    );
    expect(stdout).toMatch(/Calibration\n +rows +predicted +observed +q10 +q90\nbin 1 /);
    expect(stdout).not.toContain("rootogram");
  });

  it("takes statistics by name, and groups", async () => {
    const { stdout } = await ppc(
      "DIR/model.glmm",
      "--engine",
      "ml",
      "--statistics",
      "mean,q90",
      "--statistics",
      "zeros",
      "--group",
      "g",
    );
    expect(stdout).toMatch(/^mean .*\nq90 .*\nzeros /m);
    expect(stdout).toMatch(
      /^mean by g\n {2}\d of 10 groups outside their intervals, where about 1 would be by chance; the\n/m,
    );
    const measured = (await ppc("DIR/measured.glmm", "--engine", "ml")).stdout;
    expect(measured).toMatch(/Frequencies \(hanging rootogram\)/);
    expect(measured).not.toContain("marginal");
  });

  it("prints one JSON document, of a saved fit the same as of a fresh one", async () => {
    const argv = ["--engine", "inla", "--seed", "3"];
    expect((await workspace.run(["fit", "DIR/model.glmm", ...argv, "--out", "DIR/saved"])).code).toBe(0);
    const [fresh, saved] = [
      await ppc("DIR/model.glmm", ...argv, "--json"),
      await ppc("DIR/saved", "--seed", "3", "--json"),
    ];
    const [one, other] = [JSON.parse(fresh.stdout), JSON.parse(saved.stdout)];
    expect(one).toMatchObject({
      schema: 1,
      engine: "inla",
      effects: "marginal",
      factors: ["g"],
      replicates: 1000,
      level: 0.9,
    });
    expect({ ...other, label: one.label, seconds: one.seconds }).toEqual(one);
    expect(one.statistics[0].values).toHaveLength(1000);
    expect(one.observed[1]).toEqual({ row: 2, value: 2 });
    expect(one.replicated).toHaveLength(20);
    expect(one.trusted).toBe(one.warnings.length === 0);
  });

  it("refuses what it cannot do", async () => {
    const unknown = await ppc("DIR/model.glmm", "--engine", "ml", "--statistics", "mean,skew");
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toContain('statistics is ["mean","skew"]; allowed: names of statistics: mean, sd, min,');
    const group = await ppc("DIR/model.glmm", "--engine", "ml", "--group", "h");
    expect(group).toMatchObject({ code: 2, stdout: "" });
    expect(group.stderr).toContain('group is "h", which is no grouping factor or column of the model; it has g, y, x');
  });

  it("exits with 1 by --strict where the data are unlike replicated ones", async () => {
    workspace.write({ "zeros.csv": ["g,y", ...rows.map((_, i) => `g${i % 6},${i % 4 < 2 ? 0 : 9}`)].join("\n") });
    workspace.write({ "zeros.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\n" });
    const { code, stdout } = await ppc("DIR/zeros.glmm", "--data", "DIR/zeros.csv", "--engine", "ml", "--strict");
    expect(code).toBe(1);
    expect(stdout).toMatch(/zeros: the data have 0\.5, and none of 1000/);
  });
});
