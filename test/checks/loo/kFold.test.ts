import { expect, it } from "vitest";
import { loo } from "../../../src/checks/loo/loo.js";
import { fit } from "../../../src/fit/fit.js";

const g = Array.from({ length: 24 }, (_, i) => `g${i % 6}`);
const x = g.map((_, i) => ((i * 7) % 5) / 2 - 1);
const y = x.map((value, i) => Math.round(Math.exp(1 + 0.3 * value + 0.2 * ((i % 6) - 2.5))));
const text = "y ~ poisson(mu)\nlog(mu) = 1 + x + (1 | g)\nprior beta ~ normal(0, 2)\nprior sd ~ exponential(1)";

it.each(["laplace", "inla", "nuts"] as const)("folds of one group each are leave-one-group-out: %s", async (engine) => {
  const fitted = await fit(text, { y, x, g }, { engine, seed: 4 });
  const [weighted, refitted] = [
    await loo(fitted, { group: "g" }),
    await loo(fitted, { group: "g", folds: 6, workers: 0 }),
  ];
  expect(refitted).toMatchObject({ method: "k-fold", folds: 6, waic: null, unreliable: 0 });
  expect(new Set(refitted.pointwise.methods)).toEqual(new Set(["refit"]));
  expect(weighted.unreliable).toBe(0);
  weighted.pointwise.elpd.forEach((value, k) => {
    expect(Math.abs(refitted.pointwise.elpd[k] - value)).toBeLessThan(0.12);
  });
});

it("folds of one row each are leave-one-out", async () => {
  const fitted = await fit(text, { y, x, g }, { engine: "laplace", seed: 4 });
  const [weighted, refitted] = [await loo(fitted), await loo(fitted, { folds: 24, workers: 0 })];
  expect(weighted.unreliable).toBe(0);
  weighted.pointwise.elpd.forEach((value, k) => {
    expect(Math.abs(refitted.pointwise.elpd[k] - value)).toBeLessThan(0.12);
  });
});
