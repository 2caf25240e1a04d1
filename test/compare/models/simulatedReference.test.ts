import { describe, expect, it } from "vitest";
import { varianceNull } from "../../../src/compare/models/varianceNull.js";
import { varianceNullDraws } from "../../../src/compare/models/varianceNullDraws.js";
import { type CompareOptions, compare, fit, type Table } from "../../../src/index.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { runSync } from "../../../src/math/steps.js";
import { readTable } from "../../../src/node.js";
import { dataFile } from "../../../validation/files.js";

const normal = (formula: string, y = "y") => `${y} ~ normal(mu, sigma)\nmu = ${formula}`;
const stream = createStream("layout", 1);
/** Eight groups of four rows, an effect of x and of the groups. */
const groups = Float64Array.from({ length: 8 }, () => stream.normal());
const layout = {
  g: Array.from({ length: 32 }, (_, i) => `g${i % 8}`),
  h: Array.from({ length: 32 }, (_, i) => `h${Math.floor(i / 8)}`),
  x: Array.from({ length: 32 }, () => stream.normal()),
  y: Array.from({ length: 32 }, (_, i) => 0.55 * groups[i % 8] + stream.normal()),
};
const means = (values: readonly number[], by: readonly string[]) => {
  const all = values.reduce((sum, value) => sum + value, 0) / values.length;
  const levels = [...new Set(by)].map((level) => values.filter((_, i) => by[i] === level));
  const between = levels.reduce((sum, own) => sum + own.length * (average(own) - all) ** 2, 0);
  const within = levels.reduce((sum, own) => sum + own.reduce((s, value) => s + (value - average(own)) ** 2, 0), 0);
  return between / (levels.length - 1) / (within / (values.length - levels.length));
};
const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const simulatedOf = async (
  smaller: string,
  larger: string,
  data: Parameters<typeof compare>[2],
  given: CompareOptions,
) => {
  const { test } = await compare(smaller, larger, data, given);
  if (test?.simulated == null) throw new Error("the test is by simulation");
  return { ...test, simulated: test.simulated };
};
const within = (p: number, expected: number, draws: number, others = Number.POSITIVE_INFINITY) =>
  expect(Math.abs(p - expected)).toBeLessThan(
    4 * Math.sqrt(expected * (1 - expected) * (1 / draws + 1 / others)) + 1 / draws,
  );

describe("the test of a variance in a balanced layout of one factor, which is that of F", { timeout: 60_000 }, () => {
  // R 4.2: pf(F, 7, 24, lower.tail = FALSE); the restricted likelihood ratio grows with F beyond 1.
  const f = means(layout.y, layout.g);

  it("has its p value by the exact distribution", async () => {
    const { simulated } = await simulatedOf(normal("1"), normal("1 + (1 | g)"), layout, {
      ...{ reml: true, reference: "exact" },
    });
    expect(simulated).toMatchObject({ kind: "exact", isApproximate: false, replicates: 10_000 });
    within(simulated.pValue, tailOfF(f, 7, 24), 10_000);
    // No variance is estimated where F is below 1.
    within(simulated.zeros, 1 - tailOfF(1, 7, 24), 10_000);
  });

  it("has it by the bootstrap, the same by threads", async () => {
    const options = { reml: true, reference: "bootstrap", replicates: 100, seed: 3 } as const;
    const [smaller, larger] = [normal("1"), normal("1 + (1 | g)")];
    const here = await simulatedOf(smaller, larger, layout, { ...options, workers: 0 });
    within(here.simulated.pValue, tailOfF(f, 7, 24), 100);
    const byThreads = await simulatedOf(larger, smaller, layout, { ...options, workers: 2 });
    expect(byThreads).toEqual(here);
  });
});

/** P(F > f), by integrating the density of F over x = d1 f / (d1 f + d2) in (x, 1), where it is a beta density. */
function tailOfF(f: number, d1: number, d2: number): number {
  const from = (d1 * f) / (d1 * f + d2);
  const density = (x: number) => x ** (d1 / 2 - 1) * (1 - x) ** (d2 / 2 - 1);
  const integral = (low: number, high: number) => {
    const steps = 20_000;
    let sum = 0;
    for (let k = 0; k < steps; k++) sum += density(low + ((high - low) * (k + 0.5)) / steps);
    return (sum * (high - low)) / steps;
  };
  return integral(from, 1) / integral(0, 1);
}

describe("the test of a coefficient of a linear model, which is Student's t", { timeout: 60_000 }, () => {
  it("has its p value by the bootstrap", async () => {
    const smaller = normal("1");
    const larger = normal("1 + x");
    const result = await fit(larger, layout, { engine: "ml" });
    const { statistic } = await simulatedOf(smaller, larger, layout, {
      reference: "bootstrap",
      replicates: 1,
      workers: 0,
    });
    // F = (n - 2) (exp(statistic / n) - 1)
    const f = 30 * (Math.exp(statistic / 32) - 1);
    const { simulated } = await simulatedOf(smaller, larger, layout, {
      reference: "bootstrap",
      replicates: 150,
      workers: 0,
    });
    within(simulated.pValue, tailOfF(f, 1, 30), 150);
    expect(result.ml.parameters[1].statistic).toBeDefined();
  });
});

describe("the exact distribution is that of RLRsim", () => {
  // validation/bootstrap/rlrsim.R: R 4.2.2, lme4 1.1-31, RLRsim 3.1.8, 100000 draws: share of zeros, tails above 0.5, 1, 2, 4, 8.
  const draws = 5000;
  const sleep = () => readTable("models/sleepstudy/data.csv");
  const cake = () => readTable(dataFile("cake.csv"));
  const cases: readonly [name: string, data: () => Promise<Table>, model: string, held: number | null, ...number[]][] =
    [
      [
        "sleepstudy",
        sleep,
        normal("Days + (1 | Subject)", "Reaction"),
        null,
        0.5417,
        0.20989,
        0.13648,
        0.06532,
        0.01797,
      ],
      [
        "sleepstudy, Days too",
        sleep,
        normal("Days + (1 | Subject)", "Reaction"),
        1,
        0,
        0.59443,
        0.42325,
        0.23269,
        0.07724,
      ],
      [
        "slopes",
        sleep,
        normal("Days + (0 + Days | Subject)", "Reaction"),
        null,
        0.5417,
        0.20989,
        0.13648,
        0.06532,
        0.01797,
      ],
      [
        "cake",
        cake,
        normal("recipe + temp + (1 | recipe:replicate)", "angle"),
        null,
        0.5214,
        0.22304,
        0.14664,
        0.07241,
        0.02079,
      ],
    ];
  it.each(cases)("%s", async (_, data, model, held, zeros, ...tails) => {
    const { design } = await fit(model, await data(), { engine: "ml" });
    const setting = varianceNull(design, design.predictors[0].randomTerms[0], held);
    if (setting === null) throw new Error("the layout is small");
    const statistics = runSync(varianceNullDraws(setting, draws, createStream(1, 1)));
    const share = (isInside: (value: number) => boolean) => statistics.filter(isInside).length / draws;
    within(
      share((value) => value < 1e-12),
      zeros,
      draws,
      100_000,
    );
    [0.5, 1, 2, 4].forEach((bound, k) => {
      within(
        share((value) => value > bound),
        tails[k],
        draws,
        100_000,
      );
    });
  });
});

describe("the bootstrap is that of pbkrtest", { timeout: 60_000 }, () => {
  it("for the interaction of cake", async () => {
    const own = (formula: string) => normal(`${formula} + (1 | recipe:replicate)`, "angle");
    const { statistic, simulated } = await simulatedOf(
      own("recipe + factor(temp)"),
      own("recipe * factor(temp)"),
      await readTable(dataFile("cake.csv")),
      { reference: "bootstrap", replicates: 15, workers: 0 },
    );
    // validation/bootstrap/pbmodcomp.R: R 4.2.2, lme4 1.1-31, pbkrtest 0.5.2, 1000 replicates; with as many p is 0.4396 here.
    expect(statistic).toBeCloseTo(10.530383, 4);
    within(simulated.pValue, 0.4206, 15, 1000);
  });
});

describe("a simulated reference", { timeout: 60_000 }, () => {
  it("stands beside that of large samples, and has no bounds where variances and correlations are tested", async () => {
    const { test } = await compare(normal("x + (1 | g)"), normal("x + (1 + x | g)"), layout, {
      ...{ reference: "bootstrap", replicates: 20, workers: 0 },
    });
    const plain = await compare(normal("x + (1 | g)"), normal("x + (1 + x | g)"), layout);
    expect({ ...test, simulated: null }).toEqual(plain.test);
    expect(test?.simulated).toMatchObject({ kind: "bootstrap", replicates: 20, failed: 0 });
    expect(test?.simulated?.pValue).toBe(((test?.simulated?.larger ?? Number.NaN) + 1) / 21);
  });

  it("is of the rows of both models, whatever their order", async () => {
    const counts = { ...layout, z: layout.y.map((y) => Math.round(Math.exp(y))) };
    const poisson = (formula: string) => `z ~ poisson(mu)\nlog(mu) = ${formula}`;
    const { simulated } = await simulatedOf(poisson("x"), poisson("x + (1 | g)"), counts, {
      ...{ reference: "bootstrap", replicates: 15, workers: 0 },
    });
    // Rows in another order would make x explain nothing, and no statistic would be near zero.
    expect(simulated.zeros).toBeGreaterThan(0.2);
  });

  it.each([
    [{ replicates: 10 }, 'replicates is 10, but reference is "chi-square"; only "bootstrap" and "exact" take it'],
    [{ seed: 2 }, 'seed is 2, but reference is "chi-square"; only "bootstrap" and "exact" take it'],
    [{ reference: "exact", workers: 2 }, 'workers is 2, but reference is "exact"; only "bootstrap" takes it'],
    [{ reference: "exact", method: "laplace" }, "it is that of linear mixed models, by the method lmm"],
  ] as const)("is refused with %j", async (options, message) => {
    await expect(compare(normal("x"), normal("x + (1 | g)"), layout, options)).rejects.toThrow(message);
  });

  it.each([
    [
      "1",
      "1 + (1 + x | g)",
      "and several are tested here: the random effects of Intercept, x over g; --reference bootstrap",
    ],
    [
      "1",
      "1 + (1 + x || g)",
      "several are tested here: the random effects of Intercept over g; the random effects of x over g; --reference bootstrap",
    ],
    [
      "1",
      "1 + (1 | g) + (1 | h)",
      "several are tested here: the random effects of Intercept over g; the random effects of",
    ],
    [
      "1 + (1 | g)",
      "1 + (1 + x | g)",
      "covariances are tested here too: the random effects of x over g, correlated with those of Intercept; --reference",
    ],
    ["1", "1 + x", "it is that of a test of one variance, and none is tested here; --reference bootstrap"],
    ["1 + (1 | g)", "x + (1 | g) + (0 + x | g)", "fixed effects are tested too, beside other random effects"],
    ["x", "1 + (1 | g)", "there is no likelihood-ratio test to simulate: neither model is found to be a special case"],
    ["x", "1 + x", "there is no likelihood-ratio test to simulate: the models are the same"],
  ])("is refused for %s in %s, exact, before anything is fitted", async (smaller, larger, message) => {
    const heard: unknown[] = [];
    const options: CompareOptions = { reference: "exact", onProgress: (progress) => heard.push(progress) };
    await expect(compare(normal(smaller), normal(larger), layout, options)).rejects.toThrow(message);
    await expect(compare(normal(larger), normal(smaller), layout, options)).rejects.toThrow(message);
    expect(heard).toEqual([]);
  });
});
