import { afterAll, describe, expect, it } from "vitest";
import { KeptTerminal, Workspace } from "../cli/terminal.js";

// lme4 pull request 144: an interaction with an empty cell. Numbers by lmerTest 3.1.3.
const data = "validation/data/field/missing-cell.csv";
const workspace = new Workspace();
workspace.write({
  "cells.glmm": "z ~ normal(mu, sigma)\nmu = 1 + a * b + (1 | r)\n",
  "main.glmm": "z ~ normal(mu, sigma)\nmu = 1 + a + b + (1 | r)\n",
});
afterAll(() => workspace.remove());
const run = (...argv: string[]) => new KeptTerminal().run(...argv.map((word) => word.replace("DIR", workspace.folder)));
const cells = ["fit", "DIR/cells.glmm", "--data", data];

describe("an interaction with an empty cell", () => {
  it("is fitted by REML without the cell's column, which is named with the reason", async () => {
    const { code, stdout, stderr } = await run(...cells, "--engine", "ml", "--reml", "--json");
    expect(code).toBe(0);
    const { parameters, terms, logLikelihood } = JSON.parse(stdout);
    expect(logLikelihood).toBeCloseTo(-215.7844, 4);
    expect(parameters.filter(({ name }: { name: string }) => name.startsWith("beta"))).toHaveLength(15);
    expect(terms[2]).toMatchObject({ name: "a:b", degreesOfFreedom: 8 });
    expect(terms[2].statistic).toBeCloseTo(1.785, 3);
    expect(terms[2].denominatorDegreesOfFreedom).toBeCloseTo(131.4, 1);
    expect(terms[0].statistic).toBeCloseTo(0.0334, 4);
    expect(terms[1].statistic).toBeCloseTo(0.5796, 4);
    expect(stderr).toContain(
      "column a.a4:b.b4 in the formula for mu is 0 in all rows used: no row has a = a4 and b = b4",
    );
    expect(stderr).toContain("maximum likelihood leaves it out, as R does");
  });

  it("is fitted by maximum likelihood, and compared with the main effects", async () => {
    const { stdout } = await run(...cells, "--engine", "ml", "--json");
    expect(JSON.parse(stdout).logLikelihood).toBeCloseTo(-213.6695, 4);
    const compared = await run("compare", "DIR/cells.glmm", "DIR/main.glmm", "--data", data, "--json");
    expect(compared.code).toBe(0);
    expect(JSON.parse(compared.stdout).test).toMatchObject({ degreesOfFreedom: 8 });
  });

  it("is kept by an engine with priors, which says so", async () => {
    const { code, stdout } = await run(...cells, "--engine", "laplace", "--json");
    expect(code).toBe(0);
    const { parameters, warnings } = JSON.parse(stdout);
    expect(parameters.map(({ name }: { name: string }) => name)).toContain("beta[a.a4:b.b4]");
    expect(JSON.stringify(warnings)).toContain("no row has a = a4 and b = b4");
  });
});
