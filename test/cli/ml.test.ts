import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fit } from "../../src/index.js";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 40 }, (_, i) => {
  const [herd, period] = [Math.floor(i / 4), i % 4];
  return {
    herd,
    period,
    size: 8 + ((3 * i) % 5),
    sick: Math.max(0, ((7 * herd) % 5) - period + (i % 2)),
    yield: 20 + ((13 * i) % 7),
  };
});
const csv = ["herd,period,size,sick,yield", ...rows.map((row) => Object.values(row).join(",")), "3,1,NA,2,21"].join(
  "\n",
);
const binomial = "sick ~ binomial(size, p)\nlogit(p) = 1 + period + (1 | herd)\nprior sd ~ exponential(1)\n";

const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "herds/model.glmm": binomial,
    "herds/data.csv": csv,
    "normal.glmm": "yield ~ normal(mu, sigma)\nmu = 1 + period + (1 | herd)\n",
    "logmeans.glmm": "yield ~ normal(mu, sigma)\nlog(mu) = 1 + period + (1 | herd)\n",
    "overdispersed.glmm": "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\n",
    "overdispersed.csv": [
      "y,x,g",
      ...Array.from({ length: 60 }, (_, i) => `${(i * i * 7) % 41},${i % 7},${i % 6}`),
    ].join("\n"),
    "crossed.glmm": "sick ~ binomial(size, p)\nlogit(p) = 1 + (1 | herd) + (1 | period)\n",
    "alike.csv": ["y,g", ...Array.from({ length: 24 }, (_, i) => `${[1, 4, 2, 5][i % 4]},${Math.floor(i / 4)}`)].join(
      "\n",
    ),
  }),
);
afterAll(() => workspace.remove());

describe("fit --engine ml --intervals bootstrap", () => {
  const asked = ["--engine", "ml", "--intervals", "bootstrap", "--replicates", "25"];

  it("prints intervals by it, and its bias and standard errors", async () => {
    const { code, stdout } = await workspace.run(["fit", "DIR/herds", ...asked, "--bootstrap-type", "basic"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\nBootstrap\n +bias +its error +se\n/);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "by the parametric bootstrap (basic: twice the estimate less the quantiles of the simulated estimates), 25 fits",
    );
  });

  it("has them in JSON, and keeps them in a folder for another level", async () => {
    const { stdout } = await workspace.run(["fit", "DIR/herds", ...asked, "--json", "--out", "DIR/booted"]);
    const document = JSON.parse(stdout);
    expect(document).toMatchObject({ intervals: "bootstrap", bootstrap: { replicates: 25, type: "percentile" } });
    const again = JSON.parse((await workspace.run(["summary", "DIR/booted", "--json"])).stdout);
    expect(again).toMatchObject({ parameters: document.parameters, bootstrap: document.bootstrap });
    const narrow = JSON.parse((await workspace.run(["summary", "DIR/booted", "--json", "--level", "0.5"])).stdout);
    expect(narrow.parameters[1].lower).toBeGreaterThan(document.parameters[1].lower);
  });

  it("is refused beside other intervals", async () => {
    const { code, stderr } = await workspace.run(["fit", "DIR/herds", "--engine", "ml", "--replicates", "25"]);
    expect(code).toBe(2);
    expect(stderr).toContain('--replicates is 25, but intervals is "wald"; only "bootstrap" takes it');
  });
});

const ml = (...argv: readonly string[]) => workspace.run(["fit", ...argv, "--engine", "ml"]);

describe("fit --engine ml", () => {
  it("prints the report, and that the priors are ignored", async () => {
    const { code, stdout, stderr } = await ml("DIR/herds");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^sick ~ binomial\(size, p\)\nlogit\(p\) = 1 \+ period \+ \(1 \| herd\)\n\nengine +ml \(aghq, \d+ points\)\n/,
    );
    expect(stdout).toMatch(/^observations +40 \(1 row dropped: missing values\)$/m);
    expect(stdout).toMatch(/^log-likelihood +-\d+\.\d{4} \(3 parameters\)$/m);
    expect(stdout).toMatch(/^Odds ratios\n.*\nbeta\[period\] /m);
    expect(stdout).toMatch(/priors are ignored, the one that the model states among\s+them/);
    expect(stdout).toMatch(/^ {2}log-likelihood by quadrature points: 1: -/m);
  });

  it("prints one JSON document that holds what the library returns", async () => {
    const { code, stdout } = await ml("DIR/herds", "--json", "--points", "7");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    const { ml: result, criteria } = await fit(binomial, rows, { engine: "ml", points: 7 });
    expect(document).toMatchObject({
      schema: 1,
      engine: "ml",
      method: "aghq",
      points: 7,
      reml: false,
      parameters: result.parameters,
      logLikelihood: result.logLikelihood,
      ...criteria,
      convergence: result.convergence,
      droppedRows: 1,
    });
    const [period] = document.parameters.filter(({ name }: { name: string }) => name === "beta[period]");
    expect(document.ratios).toEqual({
      kind: "odds ratio",
      parameters: [
        {
          name: "beta[period]",
          estimate: Math.exp(period.estimate),
          lower: Math.exp(period.lower),
          upper: Math.exp(period.upper),
        },
      ],
    });
    expect(document.randomEffects).toHaveLength(10);
    expect(document.randomEffects[3]).toEqual({
      ...{ name: "b[herd, 3, Intercept]", factor: "herd", level: "3", coefficient: "Intercept" },
      mode: result.effects?.modes[0][3],
      sd: result.effects?.sds[0][3],
      mean: result.effects?.means?.[0][3],
    });
  });

  it("says by Pearson's chi-square where counts vary more than the family allows, and what to try", async () => {
    const { stdout } = await ml("DIR/overdispersed.glmm", "--data", "DIR/overdispersed.csv");
    expect(stdout).toMatch(/overdispersion: Pearson's chi-square \d+\.\d+ on \d+ degrees of freedom, ratio\s+\d+/);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "add an effect for each row: a column that numbers the rows, and the term (1 | row); or take the family negative_binomial(mu, phi)",
    );
    const binary = await ml("DIR/herds");
    expect(binary.stdout.replace(/\s+/g, " ")).toMatch(
      /Pearson's chi-square [\d.]+ on 37 degrees of freedom, ratio [\d.]+/,
    );
  });

  it("says by which method priors are ignored, and where there are no random effects", async () => {
    const note = async (...argv: readonly string[]) =>
      JSON.parse((await ml(...argv, "--json")).stdout).notes.find(
        ({ code }: { code: string }) => code === "priors-ignored",
      ).message;
    const normal = ["DIR/normal.glmm", "--data", "DIR/herds/data.csv"];
    expect(await note(...normal)).toBe("maximum likelihood: priors are ignored");
    expect(await note(...normal, "--reml")).toBe("restricted maximum likelihood: priors are ignored");
    expect(await note("DIR/herds", "--method", "pql")).toMatch(/^penalised quasi-likelihood: priors are ignored/);
    expect(await note("DIR/herds", "--method", "conditional")).toMatch(/^conditional likelihood: priors are ignored/);
    const { stdout } = await ml(
      "--formula",
      "sick | trials(size) ~ period",
      "--family",
      "binomial",
      "--data",
      "DIR/herds/data.csv",
    );
    expect(stdout).toMatch(/^engine +ml \(no random effects/m);
  });

  it("names ratios of means in the plural", async () => {
    const { stdout } = await ml("DIR/logmeans.glmm", "--data", "DIR/herds/data.csv");
    expect(stdout).toMatch(/^Ratios of means\n.*\nbeta\[period\] /m);
  });

  it("takes lmm for a normal response, restricted with --reml", async () => {
    const run = async (...argv: readonly string[]) =>
      JSON.parse((await ml("DIR/normal.glmm", "--data", "DIR/herds/data.csv", "--json", ...argv)).stdout);
    const [full, restricted] = [await run(), await run("--reml")];
    expect(full).toMatchObject({ method: "lmm", points: null, reml: false, ratios: null });
    expect(restricted).toMatchObject({ method: "lmm", reml: true });
    expect(restricted.logLikelihood).not.toBeCloseTo(full.logLikelihood, 3);
  });

  it("takes intervals, those of the ratios too, from the profile likelihood with --intervals profile", async () => {
    const run = async (...argv: readonly string[]) => ml("DIR/herds", "--points", "3", "--intervals", ...argv);
    const [wald, profile] = await Promise.all(
      ["wald", "profile"].map(async (kind) => JSON.parse((await run(kind, "--json")).stdout)),
    );
    expect([wald.intervals, profile.intervals]).toEqual(["wald", "profile"]);
    const [, period] = profile.parameters;
    expect(period).toMatchObject({ name: "beta[period]", estimate: wald.parameters[1].estimate });
    expect(period.lower).not.toBe(wald.parameters[1].lower);
    expect(profile.ratios.parameters[0]).toMatchObject({
      lower: Math.exp(period.lower),
      upper: Math.exp(period.upper),
    });
    expect((await run("profile")).stdout).toContain("intervals: 95%, from the profile likelihood");
    const { code, stderr } = await run("profile", "--method", "em");
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'marginalia: --intervals is "profile", but the method is "em"; only lmm, aghq and laplace have them\n',
    });
  });

  it("uses the priors with --penalized, and tells them", async () => {
    const { code, stdout } = await ml("DIR/herds", "--points", "3", "--penalized");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^engine +ml \(aghq, penalised, 3 points\)$/m);
    expect(stdout).toMatch(/^ {2}sd\[herd, Intercept\] ~ exponential\(1\)/m);
    expect(stdout).not.toMatch(/AIC|priors are ignored/);
    expect(stdout).toMatch(/They are posterior\s+modes/);
    const refused = await ml("DIR/herds", "--penalized", "--method", "pql");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^marginalia: --penalized is true, but pql has no likelihood/);
  });

  it("checks Laplace's approximation of crossed factors, with --importance-draws and --seed", async () => {
    const crossed = ["DIR/crossed.glmm", "--data", "DIR/herds/data.csv"];
    const run = (...argv: readonly string[]) => ml(...crossed, ...argv);
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^importance sampling +-\d+\.\d{4} \+- \d\.\d{4} \(Pareto k -?\d\.\d\d\)$/m);
    const documents = await Promise.all(
      ["1", "seven"].map(async (seed) =>
        JSON.parse((await run("--json", "--importance-draws", "60", "--seed", seed)).stdout),
      ),
    );
    expect(documents.map(({ importanceSampling }) => importanceSampling.draws)).toEqual([60, 60]);
    expect(documents[0].importanceSampling.logLikelihood).not.toBe(documents[1].importanceSampling.logLikelihood);
    expect(JSON.parse((await run("--json", "--importance-draws", "0")).stdout).importanceSampling).toBeNull();
    const { code: refused, stderr } = await run("--importance-draws", "7");
    expect({ refused, stderr }).toEqual({
      refused: 2,
      stderr: "marginalia: --importance-draws is 7; allowed: an even number from 40 to 1000000, or 0 for no check\n",
    });
  });

  it("prints the tests of the terms", async () => {
    const { stdout } = await ml("DIR/herds", "--points", "3");
    expect(stdout).toMatch(/^Terms: Wald chi-square tests\n +chi2 +df +p\nperiod +[\d.]+ +1 +[\d.e-]+$/m);
    const normal = await ml("DIR/normal.glmm", "--data", "DIR/herds/data.csv", "--json");
    const [term] = JSON.parse(normal.stdout).terms;
    expect(term).toMatchObject({ name: "period", test: "F", degreesOfFreedom: 1 });
    expect(term.denominatorDegreesOfFreedom).toBeGreaterThan(1);
  });

  it("writes the document and the model with --out", async () => {
    const { code, stdout } = await ml("DIR/herds", "--method", "laplace", "--out", "DIR/out");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^engine +ml \(laplace\)$/m);
    const folder = join(workspace.folder, "out");
    expect(JSON.parse(readFileSync(join(folder, "fit.json"), "utf8"))).toMatchObject({
      engine: "ml",
      method: "laplace",
    });
    expect(readFileSync(join(folder, "model.glmm"), "utf8")).toBe(binomial);
    expect(existsSync(join(folder, "draws.csv"))).toBe(false);
  });

  it("explains a singular fit, which is no failure", async () => {
    const formula = ["--formula", "y ~ 1 + (1 | g)", "--family", "poisson", "--data", "DIR/alike.csv"];
    const { code, stdout, stderr } = await ml(...formula, "--json", "--strict");
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: singular fit: sd\[g, Intercept\] = 0\./);
    const document = JSON.parse(stdout);
    expect(document.parameters[1]).toEqual({
      name: "sd[g, Intercept]",
      estimate: 0,
      standardError: null,
      lower: null,
      upper: null,
    });
    expect(document.warnings[0]).toMatchObject({ code: "singular" });
  });

  it("with --strict exits with 1 where the estimates must not be taken as they are", async () => {
    const formula = ["--formula", "y ~ 1", "--family", "negative_binomial", "--data", "DIR/even.csv", "--strict"];
    workspace.write({ "even.csv": ["y", ...Array.from({ length: 40 }, (_, i) => 3 + (i % 2))].join("\n") });
    const { code, stdout } = await ml(...formula);
    expect(code).toBe(1);
    expect(stdout).toMatch(/phi has run to the end of its range/);
    expect(stdout.replaceAll(/\s+/g, " ")).toContain(
      "take the family poisson, which it leads to, or a model that fits",
    );
  });
});
