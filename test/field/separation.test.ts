import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Workspace } from "../cli/terminal.js";

// The field case separation (validation/data/field/README.md): what a user typed, and the answers of integration on grids.

const text = "cured ~ bernoulli(p)\nlogit(p) = 1 + treated + (1 | clinic)\n";
const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "default.glmm": text,
    "cauchy.glmm": `${text}prior intercept ~ cauchy(0, 10)\nprior beta ~ cauchy(0, 2.5)\n`,
  }),
);
afterAll(() => workspace.remove());

async function treated(model: string, engine: string, seed: number) {
  const data = ["--data", "validation/data/field/separation.csv"];
  const argv = ["fit", `DIR/${model}.glmm`, ...data, "--engine", engine, "--seed", String(seed), "--json"];
  const { code, stdout, stderr } = await workspace.run(argv);
  expect(code, stderr).toBe(0);
  const document = JSON.parse(stdout);
  const rows: { name: string; mean: number; sd: number; median: number; q95: number }[] = document.parameters;
  const [row] = rows.filter(({ name }) => name === "beta[treated]");
  return { ...row, trusted: document.guard.trusted, logMarginalLikelihood: document.logMarginalLikelihood };
}

describe.each(["laplace", "inla"])("separation by %s", (engine) => {
  it.each([1, 2, 3])("is right under default priors: seed %d", async (seed) => {
    const { mean, sd, q95, trusted, logMarginalLikelihood } = await treated("default", engine, seed);
    expect(trusted).toBe(true);
    expect(Math.abs(mean - 6.2)).toBeLessThan(0.1 * 1.965);
    expect(Math.abs(Math.log(sd / 1.965))).toBeLessThan(0.05);
    expect(Math.abs(q95 - 9.77)).toBeLessThan(0.15 * 1.965);
    expect(Math.abs(logMarginalLikelihood + 24.544)).toBeLessThan(0.05);
  });

  // The density falls off as the fourth power of the coefficient: draws have few of the values that make its sd, and where one makes much of it laplace
  // does not trust them.
  it("is right under Cauchy priors wherever it is trusted, for most seeds", async () => {
    const found = await Promise.all([1, 2, 3, 4].map((seed) => treated("cauchy", engine, seed)));
    const trusted = found.filter((one) => one.trusted);
    expect(trusted.length).toBeGreaterThanOrEqual(2);
    for (const { mean, sd, median, q95, logMarginalLikelihood } of trusted) {
      expect(Math.abs(mean - 10.24)).toBeLessThan(0.1 * 9.6);
      expect(Math.abs(Math.log(sd / 9.6))).toBeLessThan(0.16);
      expect(Math.abs(median - 7.64)).toBeLessThan(0.1 * 9.6);
      expect(Math.abs(q95 - 24.55)).toBeLessThan(0.25 * 9.6);
      expect(Math.abs(logMarginalLikelihood + 26.123)).toBeLessThan(0.05);
    }
  });
});
