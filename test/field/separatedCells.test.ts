import { afterAll, describe, expect, it } from "vitest";
import { KeptTerminal, Workspace } from "../cli/terminal.js";

// Tests of lme4: cells without a count. The right numbers are those of the cells' sums, of glmer and of glmmTMB.
const data = "validation/data/field/separated-cells.csv";
const workspace = new Workspace();
workspace.write({
  "cells.glmm": "colonizers ~ poisson(mu)\nlog(mu) = Treatment * homespecies * respspecies + (1 | Plot)\n",
  "main.glmm": "colonizers ~ poisson(mu)\nlog(mu) = Treatment + homespecies + respspecies + (1 | Plot)\n",
});
afterAll(() => workspace.remove());
const run = (...argv: string[]) => new KeptTerminal().run(...argv.map((word) => word.replace("DIR", workspace.folder)));
const cells = ["fit", "DIR/cells.glmm", "--data", data];

describe("cells without a count", () => {
  it("leave the other coefficients their estimates", async () => {
    const { code, stdout } = await run(...cells, "--engine", "ml", "--json");
    expect(code).toBe(0);
    const { parameters, logLikelihood, parameterCount, notEstimable, randomEffects } = JSON.parse(stdout);
    expect(logLikelihood).toBeCloseTo(-30.43, 4);
    expect(parameterCount).toBe(9);
    const rows = parameters.map((row: { name: string; estimate: number; standardError: number }) => [
      row.name,
      row.estimate,
      row.standardError,
    ]);
    const right: readonly (readonly [string, number, number])[] = [
      ["beta[Intercept]", 1.674, 0.25],
      ["beta[Treatment.Removal]", 0.2719, 0.332],
      ["beta[homespecies.X]", -0.47, 0.403],
      ["beta[Treatment.Removal:homespecies.X]", -0.2719, 0.557],
    ];
    expect(rows.slice(0, 4).map(([name]: [string]) => name)).toEqual(right.map(([name]) => name));
    right.forEach(([, estimate, error], k) => {
      expect(rows[k][1]).toBeCloseTo(estimate, 4);
      expect(rows[k][2]).toBeCloseTo(error, 3);
    });
    expect(rows[4]).toEqual(["sd[Plot, Intercept]", 0, null]);
    expect(notEstimable.map(({ name }: { name: string }) => name)).toEqual([
      "beta[respspecies.H]",
      "beta[Treatment.Removal:respspecies.H]",
      "beta[homespecies.X:respspecies.H]",
      "beta[Treatment.Removal:homespecies.X:respspecies.H]",
    ]);
    expect(randomEffects).toHaveLength(6);
  });

  it("are named, with the ways out", async () => {
    const { stdout } = await run(...cells, "--engine", "ml");
    const text = stdout.replaceAll(/\s+/g, " ");
    expect(text).toContain("Not estimable beta[respspecies.H]: ");
    expect(text).toContain("Treatment.Control:respspecies.H has no count but 0");
    expect(text).toContain("in the limit 9 of 24 rows are fitted without error");
    expect(text).toContain("for finite estimates take --penalized");
  });

  it("are fitted with finite estimates of all by --penalized, and compared", async () => {
    const penalized = await run(...cells, "--engine", "ml", "--penalized", "--json");
    expect(penalized.code).toBe(0);
    expect(JSON.parse(penalized.stdout).parameters).toHaveLength(9);
    const compared = await run("compare", "DIR/cells.glmm", "DIR/main.glmm", "--data", data, "--json");
    expect(compared.code).toBe(0);
    expect(JSON.parse(compared.stdout).test.degreesOfFreedom).toBe(4);
  });
});
