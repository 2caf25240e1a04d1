import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compare, compareEvidence, parseTable } from "../../src/index.js";
import { Workspace } from "./terminal.js";

const rows = Array.from({ length: 60 }, (_, i) => {
  const [herd, period] = [Math.floor(i / 4), i % 4];
  return { herd, period, size: 8 + ((3 * i) % 5), sick: Math.max(0, ((7 * herd) % 5) - period + (i % 2)) };
});
const csv = ["herd,period,size,sick", ...rows.map((row) => Object.values(row).join(","))].join("\n");
const csvTable = parseTable(csv, { name: "data.csv" });
const larger = "sick ~ binomial(size, p)\nlogit(p) = 1 + period + (1 | herd)\nprior sd ~ exponential(1)\n";
const smaller = "sick ~ binomial(size, p)\nlogit(p) = 1 + (1 | herd)\n";
const stated = `${larger}prior intercept ~ normal(0, 2)\nprior beta ~ normal(0, 1)\n`;
const simpler = `${smaller}prior sd ~ exponential(1)\nprior intercept ~ normal(0, 2)\n`;

const workspace = new Workspace();
beforeAll(() =>
  workspace.write({
    "herds/model.glmm": larger,
    "herds/data.csv": csv,
    "same/model.glmm": smaller,
    "same/data.csv": csv,
    "smaller.glmm": smaller,
    "stated.glmm": stated,
    "simpler.glmm": simpler,
    "even.csv": ["y", ...Array.from({ length: 40 }, (_, i) => 3 + (i % 2))].join("\n"),
  }),
);
afterAll(() => workspace.remove());

const run = (...argv: readonly string[]) => workspace.run(["compare", ...argv]);

describe("compare", () => {
  it("prints both models side by side, the test and the verdict", async () => {
    const { code, stdout, stderr } = await run("DIR/herds", "DIR/smaller.glmm");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^A\n {2}sick ~ .*\n {2}logit\(p\) = 1 \+ period .*\n\nB\n {2}sick ~ /);
    expect(stdout).toMatch(/^ +A +se A +B +se B\nbeta\[Intercept\] /m);
    expect(stdout).toMatch(/^ {2}reference +chi-square with 1 degree of freedom$/m);
    expect(stdout).toMatch(/\nVerdict\n {2}A is to be preferred: B lacks the fixed effect of period/);
    expect(stdout).toMatch(/priors are ignored/);
  });

  it("refers the test to simulated responses, the same as the library", async () => {
    const argv = ["DIR/herds", "DIR/smaller.glmm", "--reference", "bootstrap", "--replicates", "8", "--seed", "2"];
    const { code, stdout } = await run(...argv);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "reference responses simulated from the smaller model and fitted by both (parametric bootstrap) ",
    );
    expect(stdout.replace(/\s+/g, " ")).toMatch(
      / of 8 statistics as large, .*% are zero; Monte Carlo error of p [\d.]+ in large samples: p [^,]+, chi-square with 1 degree of freedom/,
    );
    const { test } = JSON.parse((await run(...argv, "--json")).stdout);
    const options = { reference: "bootstrap", replicates: 8, seed: "2" } as const;
    const library = await compare(larger, smaller, csvTable, options);
    expect(test.simulated).toEqual(library.test?.simulated);
  });

  it("refuses a reference for one model, and one that does not fit the models", async () => {
    const one = await run("DIR/herds", "--reference", "bootstrap");
    expect(one).toMatchObject({ code: 2, stdout: "" });
    expect(one.stderr).toContain("--reference goes with two models compared by ml");
    const exact = await run("DIR/herds", "DIR/smaller.glmm", "--reference", "exact");
    expect(exact).toMatchObject({ code: 2, stdout: "" });
    expect(exact.stderr).toContain("it is that of linear mixed models, by the method lmm; --reference bootstrap");
  });

  it("prints one JSON document that holds what the library returns", async () => {
    const { code, stdout } = await run("DIR/herds", "DIR/same", "--json", "--points", "7", "--engines", "ml");
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    const { models, relation, test } = await compare(larger, smaller, rows, { points: 7 });
    expect(document).toMatchObject({
      schema: 1,
      engines: ["ml"],
      observations: 60,
      groups: { herd: 15 },
      fits: models.map(({ label, logLikelihood, aic, bic }) => ({ label, logLikelihood, aic, bic, points: 7 })),
      relation,
      test,
      trusted: true,
    });
  });

  it("takes two formulas", async () => {
    const formulas = ["sick | trials(size) ~ period + (1 | herd)", "sick | trials(size) ~ (1 | herd)"];
    const flags = formulas.flatMap((formula) => ["--formula", formula]);
    const { code, stdout } = await run(...flags, "--family", "binomial", "--data", "DIR/herds/data.csv", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ relation: { kind: "nested", smaller: "B" } });
  });

  it("with --strict exits with 1 where a fit must not be trusted", async () => {
    const formulas = ["--formula", "y ~ 1", "--formula", "y ~ 1", "--family", "negative_binomial"];
    const { code, stdout } = await run(...formulas, "--data", "DIR/even.csv", "--strict");
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ {2}Do not rely on this before the warnings are dealt with\./m);
  });
});

describe("compare by marginal likelihoods", () => {
  const models = ["DIR/stated.glmm", "DIR/simpler.glmm", "--data", "DIR/herds/data.csv"];

  it("prints both models, their marginal likelihoods, the Bayes factor and the priors it hangs on", async () => {
    const { code, stdout, stderr } = await run(...models, "--engines", "inla,laplace", "--seed", "7");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^ +A +sd A +B +sd B\nbeta\[Intercept\] /m);
    expect(stdout).toMatch(/^Log marginal likelihood by inla\n +A +B +A - B\nimportance .*\nintegration /m);
    expect(stdout).toMatch(/^Log marginal likelihood by laplace\n/m);
    expect(stdout).toMatch(/^Verdict\n {2}The data favour A: the Bayes factor of A against B is /m);
    expect(stdout).toMatch(
      /^Priors of B\n {2}intercept ~ normal\(0, 2\)\n {2}sd\[herd, Intercept\] ~ exponential\(1\)$/m,
    );
  });

  it("prints one JSON document that holds what the library returns", async () => {
    const { code, stdout } = await run(...models, "--engines", "inla", "--seed", "7", "--json");
    expect(code).toBe(0);
    const { engines } = await compareEvidence(stated, simpler, rows, { seed: 7 });
    expect(JSON.parse(stdout)).toMatchObject({
      engines: ["inla"],
      evidence: engines.map(({ engine, bayesFactor }) => ({ engine, bayesFactor })),
      trusted: true,
    });
  });

  it("takes default priors by --default-priors only", async () => {
    const defaults = ["DIR/herds", "DIR/smaller.glmm", "--engines", "inla"];
    const refused = await run(...defaults);
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("these are defaults") });
    const { code, stdout } = await run(...defaults, "--default-priors");
    expect(code).toBe(0);
    expect(stdout).toMatch(/Some of them are defaults,/);
  });
});
