import { expect, it } from "vitest";
import { fit, testHypotheses } from "../../src/index.js";
import type { Marginal } from "../../src/posterior/Posterior.js";
import { predict } from "../../src/predict/predict.js";
import { summariseWeighted } from "../../src/summary/summariseWeighted.js";

it("predictions and hypotheses take draws by their weights", async () => {
  const y = Array.from({ length: 30 }, (_, i) => (7 * i) % 5);
  const equal = await fit("y ~ poisson(mu)\nlog(mu) = 1", { y }, { chains: 2, draws: 300, warmup: 100, workers: 0 });
  const chains = equal.draws("beta[Intercept]");
  const raw = chains.map((chain) => chain.map((value) => Math.exp(-8 * value)));
  const total = raw.reduce((sum, chain) => sum + chain.reduce((a, b) => a + b, 0), 0);
  const weights = raw.map((chain) => chain.map((weight) => weight / total));
  const weighted = (marginal: Marginal): Marginal => (marginal.kind === "draws" ? { ...marginal, weights } : marginal);
  const { posterior } = equal;
  const parameters = posterior.parameters.map((one) => ({ ...one, marginal: weighted(one.marginal) }));
  const found = { ...equal, posterior: { ...posterior, parameters } };
  const expected = summariseWeighted(chains, weights, 0.9);
  const { estimate, sd, lower, upper } = await predict(found, null, { effects: "zero", scale: "link" });
  expect(estimate[0]).toBeCloseTo(expected.median, 12);
  expect(sd[0]).toBeCloseTo(expected.sd, 12);
  expect([lower[0], upper[0]]).toEqual([expected.lower, expected.upper]);
  const response = await predict(found, null, { effects: "zero", scale: "response" });
  const plain = await predict(equal, null, { effects: "zero", scale: "response" });
  expect(response.estimate[0]).toBeLessThan(plain.estimate[0]);
  const tested = await testHypotheses(found, ["beta[Intercept] > 0.7", "beta[Intercept] < 0.8"], { joint: true });
  const share = (holds: (value: number) => boolean) =>
    chains.reduce((sum, chain, c) => sum + chain.reduce((a, v, s) => a + (holds(v) ? weights[c][s] : 0), 0), 0);
  const probabilities = [share((v) => v > 0.7), share((v) => v < 0.8), share((v) => v > 0.7 && v < 0.8)];
  const rows = [...tested.rows, tested.joint ?? expect.fail()];
  for (const [k, { probability }] of rows.entries()) expect(probability).toBeCloseTo(probabilities[k], 12);
  expect(tested.rows[0].lower).toBeCloseTo(expected.lower - 0.7, 12);
});
