import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HurriedTerminal, KeptTerminal, Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 4)},${(7 * i) % 5},${i % 4}`);
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "data.csv": ["g,y,x", ...rows].join("\n"),
    "model.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ normal(2, 0.2)\n",
  }),
);
afterAll(() => workspace.remove());

const sensitivity = (...argv: readonly string[]) => workspace.run(["sensitivity", ...argv]);
const fitted = ["DIR/model.glmm", "--engine", "laplace", "--data", "DIR/data.csv"] as const;

describe("marginalia sensitivity", () => {
  it("tells how far priors and likelihood decide each parameter, what each prior moves most, and derivatives", async () => {
    const { code, stdout } = await sensitivity(...fitted, "--quantity", "b[g, 3, Intercept]");
    expect(code).toBe(0);
    expect(stdout).toContain("raised to the powers 0.99 and 1.01, by importance");
    expect(stdout).toMatch(/^beta\[x\] +\d\.\d{3} +\d\.\d{3} +prior-data conflict$/m);
    expect(stdout).toMatch(/^b\[g, 3, Intercept\] +\d\.\d{3} +\d\.\d{3} +/m);
    expect(stdout).toMatch(/^beta\[x\] ~ normal\(2, 0\.2\) +beta\[x\] +0\.[1-9]\d\d +\+\d\.\d{3}$/m);
    expect(stdout).toMatch(/^beta\[x\]: mean = 2 +beta\[x\] +0\.\d+/m);
    expect(stdout).toMatch(/^sd\[g, Intercept\] ~ student_t\(3, 0, [\d.]+\) \(default\)$/m);
  });

  it("tells of what other commands tell", async () => {
    const quantities = ["means --at 'x=0,1' --effects marginal", "predict --new DIR/data.csv --effects zero"];
    const asked = quantities.flatMap((text) => ["--quantity", text]);
    const { code, stdout } = await sensitivity(...fitted, ...asked, "--vary", "beta ~ normal(1.9, 0.2)");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^mean\[x=0\] +\d\.\d{3} +/m);
    expect(stdout).toMatch(/^mean\[row 40\] +\d\.\d{3} +/m);
    expect(stdout).toMatch(/^mean\[x=1\]\n/m);
    const bad = await sensitivity(...fitted, "--quantity", "means --effect zero");
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toContain(`the quantity "means --effect zero": unknown option '--effect'`);
    expect(bad.stderr).toContain('"marginalia means --help" has the options that it may have');
  });

  it("tells what the model has not before it is fitted", async () => {
    const wrong = [
      ["--quantity", "beta[z]", 'no quantity "beta[z]"\n  did you mean "beta[x]"?'],
      ["--quantity", "beta[x] +", 'cannot read the quantity "beta[x] +"'],
      ["--vary", "sd[h] ~ half_normal(1)", "a prior on sd[h], which is not in the model"],
      ["--vary", "sd ~ half_normal(1) | nope(1)", 'unknown distribution "nope"'],
      ["--vary", "sd", 'cannot read the variation "sd"'],
      ["--conclusion", "beta[z] < 0 with probability 0.9", 'no quantity "beta[z]"'],
      ["--conclusion", "beta[x] < 0", 'cannot read the conclusion "beta[x] < 0"'],
    ];
    for (const [option, text, message] of wrong) {
      const argv = ["sensitivity", ...fitted, option, text];
      const { code, stdout, stderr } = await workspace.run(argv, new HurriedTerminal());
      expect({ code, stdout }, text).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain(message);
      expect(stderr, text).not.toContain("laplace:");
    }
  });

  it("prints tables that fit the terminal", async () => {
    for (const columns of [60, 100, 200]) {
      const { stdout } = await workspace.run(["sensitivity", ...fitted], new KeptTerminal({ columns }));
      for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it("prints one JSON document", async () => {
    const { code, stdout } = await sensitivity(...fitted, "--json", "--threshold", "0.2");
    const document = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      schema: 1,
      engine: "laplace",
      draws: 4000,
      threshold: 0.2,
      trusted: true,
      warnings: [],
    });
    expect(document.components.map(({ name }: { name: string }) => name)).toEqual([
      ...["all priors", "intercept", "beta[x]", "sd[g, Intercept]", "likelihood"],
    ]);
    for (const { distances, slopes } of document.quantities) {
      expect(distances).toHaveLength(5);
      expect(slopes).toHaveLength(5);
    }
    for (const { derivatives } of document.hyperparameters) expect(derivatives).toHaveLength(3);
  });

  it("tells posteriors under other priors, and what it would take to change a conclusion", async () => {
    const more = [
      "--vary",
      "beta ~ normal({1, 2}, 0.3)",
      "--conclusion",
      "beta[x] > 0 with probability 0.9",
      "--range",
      "2",
    ];
    const { code, stdout } = await sensitivity(...fitted, ...more);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^beta ~ normal\(1, 0\.3\) +beta\[x\] +-\d\.\d{3} +(weights|new fit)/m);
    expect(stdout).toMatch(/^largest change: beta\[x\] by -/m);
    expect(stdout).toMatch(/^as fitted +\d/m);
    expect(stdout).toContain('"beta[x] > 0 with probability 0.9" holds: its probability is 1.0000');
    expect(stdout).toMatch(/^beta\[x\] ~ normal\(2, 0\.2\) +none to 0\.500 +\d\.\d\d$/m);
    const { variation, tippingPoints } = JSON.parse((await sensitivity(...fitted, ...more, "--json")).stdout);
    expect(variation.variants.map(({ priors }: { priors: readonly string[] }) => priors)).toEqual([
      ["beta ~ normal(1, 0.3)"],
      ["beta ~ normal(2, 0.3)"],
    ]);
    expect(tippingPoints[0]).toMatchObject({ asked: 0.9, holds: true, range: 2 });
    const bad = await sensitivity(...fitted, "--vary", "beta normal(0, 1)");
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toContain('marginalia: cannot read the variation "beta normal(0, 1)"');
  });

  it("is the same of a fit that was saved", async () => {
    await workspace.run(["fit", ...fitted, "--out", "DIR/saved"]);
    const [saved, fresh] = await Promise.all([sensitivity("DIR/saved", "--json"), sensitivity(...fitted, "--json")]);
    const [one, other] = [saved, fresh].map(({ stdout }) => JSON.parse(stdout));
    expect(one.quantities).toEqual(other.quantities);
    expect(one.hyperparameters).toEqual(other.hyperparameters);
  });

  it("refuses maximum likelihood, and names that the fit has not", async () => {
    await workspace.run(["fit", "DIR/model.glmm", "--engine", "ml", "--data", "DIR/data.csv", "--out", "DIR/ml"]);
    expect(await sensitivity("DIR/ml")).toMatchObject({
      code: 2,
      stdout: "",
      stderr:
        "marginalia: maximum likelihood leaves priors out, so that nothing depends on them\n  fit with nuts, laplace or inla\n",
    });
    const unknown = await sensitivity(...fitted, "--quantity", "beta[z]");
    expect(unknown).toMatchObject({ code: 2, stdout: "" });
    expect(unknown.stderr).toContain('marginalia: no quantity "beta[z]"\n  did you mean "beta[x]"?');
    const threshold = await sensitivity(...fitted, "--threshold", "-1");
    expect(threshold).toMatchObject({ code: 2, stdout: "" });
    expect(threshold.stderr).toContain("marginalia: --threshold is -1; allowed: a positive number\n");
  });
});
