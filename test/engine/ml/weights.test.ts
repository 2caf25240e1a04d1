import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { MlOptions } from "../../../src/engine/ml/options.js";
import { fit } from "../../../src/fit/fit.js";
import { readTable } from "../../../src/platform/node/readTable.js";

// Weighted fits by lme4 and glmmTMB, made by validation/fixtures/weights/weights.R.
const folder = join(import.meta.dirname, "../../../validation/fixtures/weights");
const { fits } = JSON.parse(readFileSync(join(folder, "weights.json"), "utf8"));

const normal = "~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g) + (1 | h)";
const laplace = { method: "laplace" } as const;
const cases: readonly (readonly [name: string, text: string, options: Partial<MlOptions>])[] = [
  ["reml", `r | weights(w) ${normal}`, { reml: true }],
  ["ml", `r | weights(w) ${normal}`, {}],
  ["subset", "r | weights(w) + subset(x < 1) ~ normal(mu, sigma)\nmu = 1 + x + (1 | g)", {}],
  ["proportion", "k / n | weights(n) ~ binomial(p)\nlogit(p) = 1 + x + (1 | g)", laplace],
  ["poisson", "k | weights(w) ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)", laplace],
  ["bernoulli", "y | weights(w) ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)", laplace],
  ["negativeBinomial", "k | weights(w) ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 | g) + (1 | h)", laplace],
];

it.each(cases)("%s", async (name, text, options) => {
  const table = await readTable(join(folder, "rows.csv"));
  const { ml } = await fit(text, table, { engine: "ml", ...options });
  const { logLikelihood, beta } = fits[name];
  expect(Math.abs((ml.logLikelihood ?? Number.NaN) - logLikelihood)).toBeLessThan(2e-4);
  beta.forEach((coefficient: number, k: number) => {
    expect(Math.abs(ml.parameters[k].estimate - coefficient)).toBeLessThan(2e-3);
  });
});
