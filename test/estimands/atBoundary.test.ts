import { expect, it } from "vitest";
import { contrasts, fit, testHypotheses } from "../../src/index.js";
import { trial } from "../predict/population/trial.js";

it("hypotheses that an sd is zero have an estimate and no p value; others keep theirs", async () => {
  const ml = await fit("y ~ normal(mu, sigma)\nmu = 1 + x + (1 | g) + (1 | h)", trial, { engine: "ml" });
  const atZero = [
    "sd[g, Intercept] = 0",
    "sd[g, Intercept] > 0",
    "sd[g, Intercept]^2 / (sd[g, Intercept]^2 + sigma^2)",
  ];
  const inside = ["sd[g, Intercept] = 0.5", "sd[g, Intercept] = sigma", "sigma = 1", "beta[x] = 0"];
  const { rows, notes } = await testHypotheses(ml, [...atZero, ...inside]);
  expect(rows.map(({ pValue }) => Number.isNaN(pValue))).toEqual([
    ...atZero.map(() => true),
    ...inside.map(() => false),
  ]);
  for (const { estimate, sd } of rows.slice(0, 3)) expect(estimate / sd).toBeGreaterThan(1);
  const why =
    "has no p value: an sd of zero is the end of what it can be, where Wald's test does not hold; compare the models with and without the random effect";
  expect(notes).toEqual(atZero.map((text) => `${text} ${why}`));
});

it("odds ratios are those of probabilities, and their refusal proposes what can be had", async () => {
  const probit = await fit("yes ~ bernoulli(p)\nprobit(p) = 1 + arm", trial, { engine: "ml" });
  const asked = { of: ["arm"], as: "odds-ratio" } as const;
  await expect(contrasts(probit, asked)).rejects.toThrow(
    "as is odds-ratio, and the link is probit, of which odds ratios come by the means: take those of scale mean",
  );
  expect((await contrasts(probit, { ...asked, scale: "mean" })).rows[0].estimate).toBeGreaterThan(0);
  const counts = await fit("count ~ poisson(mu)\nlog(mu) = 1 + arm", trial, { engine: "ml" });
  for (const scale of ["link", "mean"] as const)
    await expect(contrasts(counts, { ...asked, scale })).rejects.toThrow("the means are no probabilities; take ratio");
});
