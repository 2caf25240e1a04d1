import { expect, it } from "vitest";
import { loo } from "../../../src/checks/loo/loo.js";
import { fit } from "../../../src/fit/fit.js";

it("names rows whose Pareto k is too large, the worst first, with what it means and what to do", async () => {
  const y = [...Array.from({ length: 20 }, (_, i) => (i % 5) / 10), 40];
  const text = "y ~ normal(mu, 1)\nmu = 1\nprior beta[Intercept] ~ normal(0, 100)";
  const result = await loo(await fit(text, { y, x: y.map((_, i) => (i < 20 ? 0 : 1)) }, { engine: "nuts", seed: 2 }));
  expect(result.unreliable).toBe(1);
  expect(result.mcse).toBeNaN();
  const [warning] = result.warnings;
  expect(warning.code).toBe("high-pareto-k");
  expect(warning.message).toMatch(
    /^1 row has a Pareto k above 0\.70: 21 \(\d\.\d\d\); without it the posterior is another one, which these draws do not reach, and the elpd is likely too high$/,
  );
  expect(warning.advice).toMatch(
    /^take refit \(--refit\), which fits the model anew without each of them, or folds \(--folds 10\)/,
  );
});
