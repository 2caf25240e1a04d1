import { expect, it } from "vitest";
import { predictorLines, randomEffectLines } from "../../src/cli/equations.js";
import { prepareModel } from "../../src/fit/prepare.js";

it("writes numbers in the place of parameters that are held", () => {
  const rows = Array.from({ length: 24 }, (_, i) => ({ y: (i * 7) % 5, x: i % 7, g: i % 6 }));
  const text =
    "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 + x | g)\nprior intercept ~ constant(1)\nprior sd[g, x] ~ constant(0.5)\nprior cor ~ constant(0.3)";
  const prepared = prepareModel(text, rows);
  expect(predictorLines(prepared, 80).slice(1)).toEqual([
    "log(mu) = beta[x] (x - mean) + 1 + b[g, Intercept] + b[g, x] x",
  ]);
  expect(randomEffectLines(prepared, 80)).toEqual([
    "(b[g, Intercept], b[g, x]) ~ normal(0, G) for each g",
    "G from sd[g, Intercept], 0.5, 0.3",
  ]);
  const single = prepareModel("y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)\nprior var ~ constant(4)", rows);
  expect(randomEffectLines(single, 80)).toEqual(["b[g, Intercept] ~ normal(0, 2) for each g"]);
});
