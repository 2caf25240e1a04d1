import { describe, expect, it } from "vitest";
import { compareEngines } from "../../src/compare/engines/compareEngines.js";
import { fit } from "../../src/fit/fit.js";
import { fitReport } from "../../src/fit/fitReport.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { createStream } from "../../src/math/random/createStream.js";
import { agreementVerdict } from "../../src/report/agreementVerdict.js";
import { jsonDocument } from "../../src/report/jsonDocument.js";

type Table = Record<string, number[]>;

const stream = createStream("conflict", 1);
const normals = (count: number) => Array.from({ length: count }, () => stream.normal());

/** 12 groups of 10 rows, an sd of 2 between and within them, and a slope of 2 with a standard error of about 0.2. */
function groupedTable(): Table {
  const g = Array.from({ length: 120 }, (_, i) => i % 12);
  const [x, b, e] = [normals(120), normals(12), normals(120)];
  return { g, x, y: x.map((value, i) => 1 + 2 * value + 2 * b[g[i]] + 2 * e[i]) };
}

const grouped = groupedTable();
const engines = ["nuts", "laplace", "inla"] as const;
const fitBy = (text: string, table: Table, engine: (typeof engines)[number]) =>
  engine === "nuts" ? fit(text, table, { engine, workers: 0, chains: 2, draws: 100 }) : fit(text, table, { engine });
const conflictsOf = async (text: string, table: Table, engine: (typeof engines)[number] = "laplace") =>
  (await fitBy(text, table, engine)).conflicts();
const named = async (text: string, table: Table, engine?: (typeof engines)[number]) =>
  (await conflictsOf(text, table, engine)).map(({ name }) => name);

describe("a conflict between prior and likelihood", () => {
  const x = normals(30);
  const sum = x.reduce((total, value) => total + value * value, 0);
  const se = 1 / Math.sqrt(sum);
  const estimated = (at: number) => ({ x, y: x.map((value) => at * value) });
  const line = (prior: string) => `y ~ normal(mu, 1)\nmu = 0 + x\nprior beta[x] ~ ${prior}`;

  it.each(engines)("is told exactly where the posterior is normal: %s", async (engine) => {
    const [found] = await conflictsOf(line("normal(0.5, 0.3)"), estimated(2.5), engine);
    expect(found.name).toBe("beta[x]");
    expect(found.estimate).toBeCloseTo(2.5, 6);
    expect(found.standardError).toBeCloseTo(se, 6);
    expect(found.z).toBeCloseTo(2 / Math.sqrt(0.09 + se * se), 4);
  });

  it("is one from three standard deviations of prior and estimate together on", async () => {
    for (const sd of [0.001, 0.1, 1, 10]) {
      const unit = Math.sqrt(sd * sd + se * se);
      for (const [z, expected] of [
        [2.9, []],
        [3.1, ["beta[x]"]],
        [-3.1, ["beta[x]"]],
      ] as const)
        expect(await named(line(`normal(1, ${sd})`), estimated(1 + z * unit)), `${sd}: ${z}`).toEqual(expected);
    }
  });

  const mixed = (prior: string) => `y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)\nprior ${prior}`;

  it.each([
    ["beta[x] ~ normal(0, 0.1)", "beta[x]"],
    ["beta ~ normal(0, 0.0001)", "beta[x]"],
    ["beta[x] ~ student_t(3, 0, 0.1)", "beta[x]"],
    ["beta[x] ~ uniform(-1, 1)", "beta[x]"],
    ["beta[x] ~ exponential(10)", "beta[x]"],
    ["intercept ~ normal(10, 0.5)", "intercept"],
    ["beta[Intercept] ~ normal(10, 0.5)", "beta[Intercept]"],
    ["sd ~ normal(0, 0.1)", "sd[g, Intercept]"],
    ["sd ~ normal(0, 0.001)", "sd[g, Intercept]"],
    ["sd ~ lognormal(4, 0.3)", "sd[g, Intercept]"],
    ["sd ~ uniform(0, 0.2)", "sd[g, Intercept]"],
    ["precision[g] ~ gamma(1000, 10)", "sd[g, Intercept]"],
    ["var[g] ~ inverse_gamma(100, 1)", "sd[g, Intercept]"],
    ["sigma ~ gamma(2, 100)", "sigma"],
    ["sigma ~ half_normal(0.1)", "sigma"],
    ["sd ~ constant(2)\nprior sigma ~ half_normal(0.1)", "sigma"],
  ])("names what the prior is on: %s", async (prior, name) => {
    expect(await named(mixed(prior), grouped)).toContain(name);
  });

  it.each([
    "beta[x] ~ normal(0, 2)",
    "beta[x] ~ cauchy(0, 0.1)", // a tail of 0.03 beyond the estimate
    "beta[x] ~ flat()",
    "sd ~ half_normal(2)",
    "sd ~ half_normal(1000)", // an sd that is small against a half-normal prior does not contradict it
    "sigma ~ exponential(0.001)",
  ])("is not one: %s", async (prior) => {
    expect(await named(mixed(prior), grouped)).toEqual([]);
  });

  it.each(engines)("of a correlation is told: %s", async (engine) => {
    const effects = normals(30);
    const g = Array.from({ length: 300 }, (_, i) => i % 30);
    const [covariate, e] = [normals(300), normals(300)];
    const y = covariate.map((value, i) => effects[g[i]] * (1 + value) + 0.3 * e[i]);
    const text = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g)\nprior cor ~ lkj(60)";
    const [found] = await conflictsOf(text, { g, x: covariate, y }, engine);
    expect(found.message).toMatch(/about cor\[g, Intercept, x\]: its prior is lkj\(60\) on cor\[g\]/);
    expect(found.advice).toMatch(/"prior cor\[g\] ~ lkj\(1\)"/);
  });

  it("is told of a run of the textbook sampler by a mode found for it", async () => {
    const text = mixed("beta[x] ~ normal(0, 0.1)");
    const options = { workers: 0, chains: 1, warmup: 100, draws: 100, parametrization: "noncentred" } as const;
    const conflicts = (await fit(text, grouped, options)).conflicts();
    expect(conflicts).toEqual((await fitBy(text, grouped, "nuts")).conflicts());
  });

  it("is told by the draws where a dispersion has random effects", async () => {
    const text = "y ~ normal(mu, sigma)\nmu = 1 + x\nlog(sigma) = 1 + (1 | g)\nprior ";
    const options = { workers: 0, chains: 2, warmup: 300, draws: 300 };
    const told = async (prior: string) => (await fit(text + prior, grouped, options)).conflicts();
    const [slope, ...more] = await told("beta[x] ~ normal(0, 0.1)");
    expect(slope.name).toBe("beta[x]");
    expect(slope.estimate).toBeGreaterThan(0.8);
    expect(slope.estimate).toBeLessThan(4);
    expect(more).toEqual([]);
    expect((await told("intercept ~ normal(20, 0.5)")).map(({ name }) => name)).toEqual(["intercept"]);
    expect(await told("beta[x] ~ normal(0, 3)")).toEqual([]);
  });

  it("of a default prior is told", async () => {
    const steps = Array.from({ length: 21 }, (_, i) => (i - 10) / 10);
    const y = steps.map((value) => Math.round(Math.exp(14 * value)));
    const found = await conflictsOf("y ~ poisson(mu)\nlog(mu) = 1 + x", { x: steps, y });
    expect(found.map(({ message }) => message).join("\n")).toMatch(
      /about beta\[x\]: its default prior is normal\(0, 4\.\d+\)/,
    );
  });

  it("of a dispersion that the prior keeps small is told", async () => {
    const phi = 40;
    const text = "y ~ negative_binomial(mu, phi)\nlog(mu) = 1";
    const model = `${text}\nprior intercept ~ normal(5, 0.01)\nprior phi ~ normal(${phi}, 0.1)`;
    const { compiled } = prepareModel(model, { y: Array.from({ length: 100 }, (_, i) => i) });
    const y = Array.from(compiled.simulatePrior(stream).response);
    expect(await named(`${text}\nprior phi ~ exponential(3)`, { y })).toEqual(["phi"]);
    expect(await named(`${text}\nprior phi ~ exponential(0.1)`, { y })).toEqual([]);
  });

  it("is none of the default prior on phi where counts vary no more than Poisson ones", async () => {
    for (const mean of [5, 20, 60]) {
      const { compiled } = prepareModel(
        `y ~ poisson(mu)\nlog(mu) = 1\nprior intercept ~ normal(${Math.log(mean)}, 0.01)`,
        {
          y: Array.from({ length: 150 }, (_, i) => i),
        },
      );
      const y = Array.from(compiled.simulatePrior(stream).response);
      expect(await named("y ~ negative_binomial(mu, phi)\nlog(mu) = 1", { y }), String(mean)).toEqual([]);
      // The likelihood rises to that of a Poisson distribution, without a maximum.
      const narrow = await named("y ~ negative_binomial(mu, phi)\nlog(mu) = 1\nprior phi ~ gamma(2, 0.4)", { y });
      expect(narrow, String(mean)).toEqual(mean > 5 ? ["phi"] : []);
    }
  });

  it("has the estimate of the likelihood itself where that is far from quadratic", async () => {
    const many = normals(400);
    const y = many.map((value) => (stream.uniform() < 1 / (1 + Math.exp(-3 * value)) ? 1 : 0));
    const text = "y ~ bernoulli(p)\nlogit(p) = 1 + x";
    const ml = (await fit(text, { x: many, y }, { engine: "ml" })).ml.parameters[1];
    const [found] = await conflictsOf(`${text}\nprior beta[x] ~ normal(0, 0.05)`, { x: many, y });
    expect(found.estimate).toBeCloseTo(ml.estimate, 1);
    expect(found.standardError).toBeCloseTo(ml.standardError, 1);
  });

  it("is a warning of the report and of its JSON, and leaves the result trusted", async () => {
    const result = await fitBy(mixed("beta[x] ~ normal(0, 0.1)"), grouped, "laplace");
    const [warning] = jsonDocument(fitReport(result)).warnings;
    expect(warning.code).toBe("prior-conflict");
    expect(warning.message).toMatch(
      /^prior and likelihood are in conflict about beta\[x\]: its prior is normal\(0, 0\.1\), and the likelihood puts it at 1\.\d+ \(standard error 0\.\d+\)/,
    );
    expect(warning.advice).toMatch(/other units.*state a wider one, as in "prior beta\[x\] ~ normal\(0, 2\)"/);
    expect(result.warnings()).toEqual([]);
  });

  it("is told by a comparison of engines by the same rule", async () => {
    const told = async (prior: string) => {
      const comparison = await compareEngines(mixed(prior), grouped, { engines: ["laplace", "ml"] });
      return { codes: comparison.warnings.map(({ code }) => code), verdict: agreementVerdict(comparison).join(" ") };
    };
    const conflict = await told("beta[x] ~ normal(0, 0.1)");
    expect(conflict.codes).toContain("prior-conflict");
    expect(conflict.verdict).toMatch(/Prior and likelihood are in conflict, about what the warnings name/);
    const informative = await told("beta[x] ~ normal(1.6, 0.15)");
    expect(informative.codes).not.toContain("prior-conflict");
    expect(informative.verdict).toMatch(/though the likelihood does not contradict it/);
  });

  it("is seldom told of data from the model's own priors", async () => {
    const priors = ["intercept ~ normal(0, 1)", "beta ~ student_t(4, 0, 1)", "sd ~ exponential(1)"];
    const text = ["y ~ poisson(mu)", "log(mu) = 1 + x + (1 | g)", ...priors.map((prior) => `prior ${prior}`)].join(
      "\n",
    );
    const g = Array.from({ length: 60 }, (_, i) => i % 8);
    let alarms = 0;
    for (let k = 1; k <= 40; k++) {
      const own = createStream("from the prior", k);
      const table = { g, x: g.map(() => own.normal()), y: g.map((level) => level) };
      const { compiled, design } = prepareModel(text, table);
      const { response } = compiled.simulatePrior(own);
      design.rowIndex.forEach((row, i) => {
        table.y[row] = response[i];
      });
      if (!table.y.every((value) => value < 1e6) || new Set(table.y).size < 3) continue;
      if ((await fit(text, table, { engine: "laplace", draws: 100 })).conflicts().length > 0) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });
});
