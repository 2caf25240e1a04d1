import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { compare, simulateModel } from "../../dist/index.js";
import { wilson } from "../../dist/simulate/wilson.js";

// Usage: node dist-validation/bootstrap/nullTests.js [DATASETS] [--write]
// Simulates data sets under the smaller of two models and tests each: how often p is at most alpha, with Wilson's interval, which should hold alpha. Small layouts, where the chi-square distribution is rough.
// A test of a variance is as often as not zero, with p = 1, so that only the lower half of its p values is uniform.

const [dataSets, flag] = [Number(process.argv[2] ?? 150), process.argv[3]];
const replicates = { "chi-square": undefined, bootstrap: 59, exact: 999 } as const;
const alphas = [0.05, 0.1, 0.2];
const round = (value: number) => Number(value.toPrecision(3));

const groups = Array.from({ length: 30 }, (_, i) => `g${i % 6}`);
const columns = {
  g: groups,
  x: groups.map((_, i) => (7 * i) % 11),
  z: groups.map((name) => Number(name.slice(1)) ** 2),
};

interface NullCase {
  readonly name: string;
  readonly family: string;
  readonly smaller: string;
  readonly larger: string;
  readonly at: Readonly<Record<string, number>>;
  readonly references: readonly (keyof typeof replicates)[];
}

const cases: readonly NullCase[] = [
  {
    name: "a covariate of 6 groups",
    family: "y ~ normal(mu, sigma)\nmu =",
    smaller: "1 + (1 | g)",
    larger: "1 + z + (1 | g)",
    at: { "beta[Intercept]": 2, "sd[g, Intercept]": 1, sigma: 1 },
    references: ["chi-square", "bootstrap"],
  },
  {
    name: "the variance of 6 groups",
    family: "y ~ normal(mu, sigma)\nmu =",
    smaller: "1 + x",
    larger: "1 + x + (1 | g)",
    at: { "beta[Intercept]": 2, "beta[x]": 0.1, sigma: 1 },
    references: ["chi-square", "exact", "bootstrap"],
  },
];

const results = [];
for (const { name, family, smaller, larger, at, references } of cases) {
  const [small, large] = [smaller, larger].map((formula) => `${family} ${formula}`);
  const layout = { ...columns, y: columns.x };
  const { values } = await simulateModel(small, layout, { at, draws: dataSets, seed: name });
  for (const reference of references) {
    const p: number[] = [];
    for (const [k, y] of values.entries()) {
      const threads = reference === "bootstrap" ? { workers: 0 } : {};
      const given =
        reference === "chi-square" ? {} : { reference, replicates: replicates[reference], seed: k, ...threads };
      const { test } = await compare(small, large, { ...columns, y: Array.from(y) }, given);
      const value = test?.simulated?.pValue ?? test?.pValue;
      if (value !== undefined && value !== null) p.push(value);
      if (k % 50 === 49) console.error(`${name}, ${reference}: ${k + 1} of ${dataSets}`);
    }
    const rejected = alphas.map((alpha) => {
      const count = p.filter((value) => value <= alpha + 1e-12).length;
      const [lower, upper] = wilson(count, p.length);
      return { alpha, share: round(count / p.length), lower: round(lower), upper: round(upper) };
    });
    results.push({ name, smaller: small, larger: large, reference, dataSets: p.length, rejected });
    console.log(
      `${name}, ${reference}:`,
      rejected.map(({ alpha, share, lower, upper }) => `${alpha}: ${share} (${lower}, ${upper})`).join("; "),
    );
  }
}
const file = resolve(import.meta.dirname, "../../validation/bootstrap/nullTests.json");
const text = `${JSON.stringify({ columns: "30 rows, 6 groups", replicates, cases: results }, null, 2)}\n`;
if (flag === "--write") writeFileSync(file, text);
else console.log(readFileSync(file, "utf8") === text ? "as stored" : "other than stored");
