import { expect, it } from "vitest";
import { bootstrap, fit } from "../../../src/index.js";

it("the parametric bootstrap serves fits whose effects are perfectly correlated", async () => {
  const g = Array.from({ length: 40 }, (_, i) => i % 5);
  const x = g.map((_, i) => Math.floor(i / 5) - 3.5);
  const y = g.map((k, i) => 3 + [-2, -1, 0.2, 1, 2][k] * (2 + x[i] / 2) + ((13 * i) % 17) / 40);
  const model = "y ~ normal(mu, sigma)\nmu = 1 + x + (1 + x | g)";
  const result = await fit(model, { g: g.map((k) => `g${k}`), x, y }, { engine: "ml" });
  expect(result.ml.parameters.find(({ name }) => name === "cor[g, Intercept, x]")?.estimate).toBe(1);
  const { failures, parameters } = await bootstrap(result, { replicates: 20, workers: 0 });
  expect(failures).toEqual([]);
  const [, , sd, , cor, sigma] = parameters;
  expect(cor.lower).toBeGreaterThan(0.99);
  // Of five groups and forty rows.
  for (const { estimate, lower, upper } of [sd, sigma]) {
    expect(lower).toBeGreaterThan(0.2 * estimate);
    expect(upper).toBeLessThan(2 * estimate);
  }
});
