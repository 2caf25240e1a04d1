import { describe, expect, it } from "vitest";
import { KeptTerminal } from "../cli/terminal.js";

// Covariates far from zero: days counted from the Julian epoch, years of our era. The answers are those from a near origin, by lme4.

const data = (name: string) => ["--data", `validation/data/field/${name}.csv`];
const run = (...argv: readonly string[]) => new KeptTerminal().run(...argv);
const sleep = (name: string) => [
  "--formula",
  "Reaction ~ Days + (Days | Subject)",
  "--family",
  "normal",
  ...data(name),
];
const counts = (year: string) => [
  "--formula",
  `n ~ ${year} + (${year} | site)`,
  "--family",
  "poisson",
  ...data("counts-by-year"),
];

interface Parameter {
  readonly name: string;
  readonly estimate: number;
  readonly standardError: number;
  readonly statistic?: number;
  readonly degreesOfFreedom?: number;
  readonly lower: number;
}

function byName(stdout: string) {
  const document: { logLikelihood: number; parameters: Parameter[]; warnings: { code: string }[] } = JSON.parse(stdout);
  const parameter = (name: string) => {
    const found = document.parameters.find((known) => known.name === name);
    if (found === undefined) throw new RangeError(name);
    return found;
  };
  return { ...document, parameter };
}

const codes = (stdout: string) => byName(stdout).warnings.map(({ code }) => code);

describe.each(["julian-days", "sleep-by-year"])("%s: marginalia fit --engine ml", (name) => {
  it("gives the maximum, standard errors and degrees of freedom from a near origin", async () => {
    const { code, stdout, stderr } = await run("fit", ...sleep(name), "--engine", "ml", "--json");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { logLikelihood, parameter, warnings } = byName(stdout);
    expect(warnings).toEqual([]);
    expect(JSON.parse(stdout).notes).toContainEqual(
      expect.objectContaining({
        code: "origin",
        message:
          "sd[Subject, Intercept] and its correlations are those at Days = 0, far from the data; center(Days) has those at its mean, " +
          "and the same fit",
      }),
    );
    expect(logLikelihood).toBeCloseTo(-875.9697, 4);
    const slope = parameter("beta[Days]");
    expect(slope.estimate).toBeCloseTo(10.467, 3);
    expect(slope.standardError).toBeCloseTo(1.502, 3);
    expect(slope.statistic).toBeCloseTo(6.97, 2);
    expect(slope.degreesOfFreedom).toBeCloseTo(18, 2);
    expect(parameter("sd[Subject, Days]").estimate).toBeCloseTo(5.717, 3);
    expect(parameter("sigma").estimate).toBeCloseTo(25.59, 2);
    expect(parameter("sd[Subject, Days]").lower).toBeGreaterThan(3);
  });

  it("does so by --method laplace, which is exact here", async () => {
    const { code, stdout } = await run("fit", ...sleep(name), "--engine", "ml", "--method", "laplace", "--json");
    expect(code).toBe(0);
    const { logLikelihood, warnings } = byName(stdout);
    expect(warnings).toEqual([]);
    expect(logLikelihood).toBeCloseTo(-875.9697, 4);
  });

  it("finds the slopes to vary in compare with (1 | Subject)", async () => {
    const smaller = "Reaction ~ Days + (1 | Subject)";
    const { code, stdout } = await run("compare", ...["--formula", smaller], ...sleep(name), "--json");
    expect(code).toBe(0);
    const { test } = JSON.parse(stdout);
    expect(test.pValue / 4.0e-10).toBeCloseTo(1, 1);
  });
});

describe("counts-by-year", () => {
  it.each(["year", "center(year)", "I(year - 2005)"])("%s: marginalia fit --engine ml", async (year) => {
    const { code, stdout } = await run("fit", ...counts(year), "--engine", "ml", "--method", "laplace", "--json");
    expect(code).toBe(0);
    const { logLikelihood, parameter, warnings } = byName(stdout);
    expect(warnings).toEqual([]);
    expect(logLikelihood).toBeCloseTo(-736.7658, 4);
    expect(parameter(`beta[${year}]`).estimate).toBeCloseTo(0.0283, 4);
    expect(parameter(`beta[${year}]`).standardError).toBeCloseTo(0.0234, 4);
    expect(parameter(`sd[site, ${year}]`).estimate).toBeCloseTo(0.111, 3);
    if (year === "year") expect(parameter("sd[site, Intercept]").estimate).toBeCloseTo(223.0, 1);
  });

  it("marginalia check names the prior that stands at year 0, and the way out", async () => {
    const { code, stdout } = await run("check", ...counts("year"));
    expect(code).toBe(0);
    const text = stdout.replaceAll(/\s+/g, " ");
    expect(text).toContain("warning: priors at year = 0, far from its values (2005 to 2014): with sd[site, year]");
    expect(text).toContain("write center(year) for year");
    expect((await run("check", ...counts("center(year)"))).stdout).toMatch(/Problems\n {2}none found/);
  });

  it.each(["laplace", "inla"])(
    "marginalia fit --engine %s is right from year 0 and says what its prior means there",
    async (engine) => {
      const far = await run("fit", ...counts("year"), "--engine", engine, "--json", "--strict");
      expect(far.code).toBe(1);
      expect(codes(far.stdout)).toEqual(["prior-conflict", "prior-origin"]);
      // By 4000 draws of nuts, whose Monte Carlo standard errors are 1% of these sds.
      const means = {
        "beta[year]": [0.0282, 0.0228],
        "sd[site, Intercept]": [213.2, 32.4],
        "sd[site, year]": [0.1061, 0.0161],
      };
      for (const [name, [mean, sd]] of Object.entries(means)) {
        const found = JSON.parse(far.stdout).parameters.find((known: Parameter) => known.name === name);
        expect(Math.abs(found.mean - mean) / sd, name).toBeLessThan(0.1);
        expect(found.sd / sd, name).toBeCloseTo(1, 0.9);
      }
      const near = await run("fit", ...counts("center(year)"), "--engine", engine, "--json", "--strict");
      expect(near.code).toBe(0);
      expect(codes(near.stdout)).toEqual([]);
    },
  );

  it("marginalia fit by nuts is right from year 0, too", async () => {
    const { stdout } = await run("fit", ...counts("year"), "--json", "--workers", "0");
    expect(codes(stdout)).toEqual(["prior-conflict", "prior-origin"]);
    const found = JSON.parse(stdout).parameters.find((known: Parameter) => known.name === "sd[site, year]");
    expect(Math.abs(found.mean - 0.1061)).toBeLessThan(0.003);
  });
});
