import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import type { Fit } from "../../src/fit/fitted.js";
import { readTable } from "../../src/platform/node/readTable.js";

const folder = new URL("../../models/cbpp/", import.meta.url);
const text = readFileSync(new URL("model.glmm", folder), "utf8");

const logFactorials = [0];
for (let k = 1; k < 100; k++) logFactorials.push(logFactorials[k - 1] + Math.log(k));

/** log p(y_i | eta) of a binomial row and its eta, at each draw. */
function rowDraws({ design, draws }: Fit, i: number): { eta: number[]; logDensity: (eta: number) => number } {
  const [{ X, columns, factors }] = design.predictors;
  const all = (name: string) => draws(name).flatMap((chain) => [...chain]);
  const [herd] = factors;
  const b = all(`b[herd, ${herd.levels[herd.levelIndex[i]]}, Intercept]`);
  const betas = columns.map((column) => all(`beta[${column}]`));
  const eta = b.map((effect, s) => betas.reduce((sum, beta, k) => sum + X[k * design.rows + i] * beta[s], effect));
  const [y, n] = [design.response.values[i], design.response.trials?.[i] ?? NaN];
  const constant = logFactorials[n] - logFactorials[y] - logFactorials[n - y];
  return { eta, logDensity: (at) => constant + y * at - n * Math.log1p(Math.exp(at)) };
}

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("criteria by inla", () => {
  it("are those of the draws of NUTS: lppd, pWAIC, WAIC, mean deviance and pD of cbpp", async () => {
    const data = await readTable(new URL("data.csv", folder).pathname);
    const sampled = await fit(text, data, { engine: "nuts", draws: 2000, seed: 1, workers: 0 });
    let [lppd, pWaic, meanDeviance, atMeans] = [0, 0, 0, 0];
    for (let i = 0; i < sampled.design.rows; i++) {
      const { eta, logDensity } = rowDraws(sampled, i);
      const logs = eta.map(logDensity);
      const centre = mean(logs);
      lppd += Math.log(mean(logs.map(Math.exp)));
      pWaic += mean(logs.map((value) => (value - centre) ** 2));
      meanDeviance -= 2 * centre;
      atMeans -= 2 * logDensity(mean(eta));
    }
    const { posterior } = await fit(text, data, { engine: "inla", criteria: true });
    const { waic, dic } = posterior.criteria ?? {};
    // Both have a Monte Carlo error of some 0.1, of WAIC 0.2.
    expect(Math.abs((waic?.lppd ?? NaN) - lppd)).toBeLessThan(0.3);
    expect(Math.abs((waic?.pWaic ?? NaN) - pWaic)).toBeLessThan(0.3);
    expect(Math.abs((waic?.waic ?? NaN) + 2 * (lppd - pWaic))).toBeLessThan(0.6);
    expect(Math.abs((dic?.meanDeviance ?? NaN) - meanDeviance)).toBeLessThan(0.5);
    expect(Math.abs((dic?.pD ?? NaN) - (meanDeviance - atMeans))).toBeLessThan(0.3);
  });
});
