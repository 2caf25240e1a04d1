import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 48 }, (_, i) => {
  const [g, arm] = [Math.floor(i / 4), i % 2 === 0 ? "control" : "drug"];
  return `${g},${arm},${["low", "mid", "high"][i % 3]},${(7 * i) % 5},${((3 * i) % 7) + 4 * (i % 2)}`;
});
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,arm,dose,x,y", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + arm * x + dose + (1 | g)\n",
  }),
);
afterAll(() => workspace.remove());

const means = (...argv: readonly string[]) => workspace.run(["means", "DIR/model.glmm", "--engine", "ml", ...argv]);

describe("marginalia means", () => {
  it("shows the means, and how they were taken", async () => {
    const { code, stdout } = await means("--of", "arm", "--effects", "marginal", "--at", "x=1");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Means of y, by ml$/m);
    expect(stdout).toMatch(/averaged +over the reference grid, on the log scale, then transformed to means/);
    expect(stdout).toMatch(/effects +marginal: the mean over all levels that there might be/);
    expect(stdout).toMatch(/^ +at +x = 1$/m);
    expect(stdout).toMatch(/over +dose \(high, low, mid\), with equal weights/);
    expect(stdout).toMatch(/^ +mean +se +95% from +to\narm = control( +\d+\.\d+){4}\narm = drug/m);
  });

  it("prints one JSON document, from a saved fit as from a model", async () => {
    const given = ["--of", "arm", "--by", "dose", "--scale", "link", "--json"];
    const fresh = JSON.parse((await means(...given)).stdout);
    expect(fresh).toMatchObject({ schema: 1, engine: "ml", of: ["arm"], by: ["dose"], effects: null, scale: "link" });
    expect(fresh.rows).toHaveLength(6);
    expect((await workspace.run(["fit", "DIR/model.glmm", "--engine", "ml", "--out", "DIR/saved"])).code).toBe(0);
    const saved = JSON.parse((await workspace.run(["means", "DIR/saved", ...given])).stdout);
    expect(saved.rows).toEqual(fresh.rows);
  });

  it("refuses what the model has not, all at once", async () => {
    const { code, stdout, stderr } = await means("--of", "arms", "--by", "dose", "--at", "dose=lo", "--at", "x=old");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(
      'names "arms", which is no variable of the model; did you mean "arm"? variables: arm, x, dose',
    );
    expect(stderr).toContain('gives dose the value "lo", a level that it has not; levels: high, low, mid');
    expect(stderr).toContain('gives x the value "old", which is no number');
    expect(stderr).toContain("--effects says what is made of the random effects, and has no default");
  });
});

describe("marginalia contrast", () => {
  const contrast = (engine: string, ...argv: readonly string[]) =>
    workspace.run(["contrast", "DIR/model.glmm", "--engine", engine, "--of", "dose", ...argv]);

  it("shows ratios by name with their tests, adjusted where that is asked for", async () => {
    const { code, stdout } = await contrast("ml", "--as", "ratio", "--adjust", "holm");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Contrasts of dose in y, by ml$/m);
    expect(stdout).toMatch(/adjusted +Holm: p values; intervals by Bonferroni/);
    expect(stdout).toMatch(/rate ratio +se +95% from +to +statistic +p\nhigh \/ low( +-?\d+\.\d+){6}$/m);
  });

  it("has written contrasts, probabilities of the sign and a region of equivalence of a posterior", async () => {
    const written = ["--contrast", "(low + mid) / 2 - high", "--contrast", "reference", "--reference", "mid"];
    const { stdout } = await contrast("laplace", ...written, "--rope=-0.1,0.1", "--json");
    const { rows, null: none, rope } = JSON.parse(stdout);
    expect({ none, rope }).toEqual({ none: 0, rope: [-0.1, 0.1] });
    expect(rows.map((row: { contrast: string }) => row.contrast)).toEqual([
      "(low + mid) / 2 - high",
      "high - mid",
      "low - mid",
    ]);
    for (const { probability, equivalence, pValue } of rows) {
      expect(pValue).toBeNull();
      expect(probability).toBeGreaterThan(0);
      expect(equivalence).toBeLessThan(1);
    }
  });

  it.each([
    [
      ["--contrast", "low - hihg"],
      'contrast:1:7: there is no "hihg"\n  low - hihg\n        ^^^^\n  did you mean "high"? means: high, low, mid\n',
    ],
    [["--contrast", "low / high"], "contrast:1:1: a contrast is a weighted sum of means"],
    [["--reference", "none"], '--reference is "none", which is none of the means; means: high, low, mid'],
    [["--rope=-1,1"], "--rope is for the draws of a posterior"],
    [["--as", "odds-ratio"], "--as is odds-ratio, and the means are no probabilities; take ratio\n"],
    [["--at", "dose=low"], "--of is dose, of which there is one mean, and nothing to compare it with"],
  ])("refuses %j", async (argv, message) => {
    const { code, stdout, stderr } = await contrast("ml", ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

describe("marginalia slopes", () => {
  it("has derivatives of numbers and differences of factors", async () => {
    const { code, stdout } = await workspace.run([
      "slopes",
      "DIR/model.glmm",
      "--engine",
      "ml",
      "--of",
      "x,dose",
      "--by",
      "arm",
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Slopes of log\(mean of y\), by ml$/m);
    expect(stdout).toMatch(/^x \| arm = control( +-?\d+\.\d+){4}/m);
    expect(stdout).toMatch(/^dose: low - high \| arm = drug( +-?\d+\.\d+){4}/m);
  });
});

describe("marginalia test", () => {
  const test = (engine: string, ...hypotheses: readonly string[]) =>
    workspace.run(["test", "DIR/model.glmm", ...hypotheses, "--engine", engine]);

  it("tests equations and inequalities by maximum likelihood, one by one and together", async () => {
    const given = ["beta[dose.low] = 0", "beta[dose.mid] = 2 * beta[dose.low]", "exp(beta[x]) < 1"];
    const { code, stdout } = await test("ml", ...given);
    expect(code).toBe(0);
    expect(stdout).toMatch(/tests: Wald's z; an inequality's p value is one-sided: small where it holds/);
    const together = await test("ml", given[0], given[1], "--joint", "--by", "likelihood-ratio", "--json");
    const { rows, joint } = JSON.parse(together.stdout);
    expect(rows.map((row: { test: string }) => row.test)).toEqual(["likelihood-ratio", "likelihood-ratio"]);
    expect(joint).toMatchObject({ test: "likelihood-ratio", degreesOfFreedom: 2 });
    // The model without dose is what the joint hypothesis says.
    await workspace.write({ "without.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + arm * x + (1 | g)\n" });
    const fits = await Promise.all(
      ["model", "without"].map((name) =>
        workspace.run(["fit", `DIR/${name}.glmm`, "--data", "DIR/data.csv", "--engine", "ml", "--json"]),
      ),
    );
    const [whole, without] = fits.map((fit) => JSON.parse(fit.stdout).logLikelihood);
    expect(joint.statistic).toBeCloseTo(2 * (whole - without), 5);
  });

  it("has no p value by Wald's test of an sd of zero, and says why", async () => {
    const { code, stdout } = await test("ml", "sd[g, Intercept] = 0");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ {2}note: sd\[g, Intercept\] = 0 has no p value: an sd of zero is/m);
  });

  it("has probabilities and evidence ratios of a posterior", async () => {
    const { stdout } = await test("laplace", "beta[x] > 0", "sd[g, Intercept] < 1", "--joint", "--json");
    const { rows, joint } = JSON.parse(stdout);
    for (const { probability, evidenceRatio } of rows)
      if (evidenceRatio !== null) expect(evidenceRatio).toBeCloseTo(probability / (1 - probability), 8);
    expect(joint.test).toBe("all-hold");
    expect(joint.probability).toBeLessThanOrEqual(
      Math.min(...rows.map((row: { probability: number }) => row.probability)),
    );
  });

  it.each([
    [["beta[dos.low] = 0"], 'hypothesis:1:1: there is no "beta[dos.low]"'],
    [["1 < 2"], "the hypothesis is about no parameter"],
    [["beta[x] = 0 = 1"], "a second relation in one hypothesis"],
    [["beta[x] +"], "hypothesis:1:10: the line breaks off"],
    [["sin(beta[x]) = 0"], 'unknown function "sin"'],
    [["beta[x] = 0", "--joint"], "--joint is for several hypotheses, and there is one"],
    [["sd[g, Intercept] = 1", "--by", "likelihood-ratio"], "a likelihood-ratio test is of equations of sums"],
    [["beta[x] = 0", "--rope=-1,1"], "--rope is for the draws of a posterior"],
    [[], "no hypothesis is given"],
  ])("refuses %j", async (argv, message) => {
    const { code, stdout, stderr } = await test("ml", ...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});
