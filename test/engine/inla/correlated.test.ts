import { describe, expect, it } from "vitest";
import { fit } from "../../../src/index.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { correlatedModel } from "../../../validation/correlatedModels.js";

/** 240 normal responses with effects of `q` covariates, the intercept among them, in so many groups. */
function simulated(q: number, groups: number) {
  const stream = createStream(`correlated ${q}`, 1);
  const columns: Record<string, Float64Array> = { g: Float64Array.from({ length: 240 }, (_, i) => i % groups) };
  const Lambda = Array.from({ length: q }, () => Array.from({ length: q }, () => 0.6 * stream.normal()));
  const b = Array.from({ length: groups }, () => {
    const u = Array.from({ length: q }, () => stream.normal());
    return Lambda.map((row) => row.reduce((total, x, k) => total + x * u[k], 0));
  });
  const y = columns.g.map((g) => 1 + b[g][0] + stream.normal());
  for (let k = 1; k < q; k++) {
    columns[`x${k}`] = Float64Array.from({ length: 240 }, () => stream.normal());
    for (let i = 0; i < 240; i++) y[i] += b[columns.g[i]][k] * columns[`x${k}`][i];
  }
  return { ...columns, y };
}

describe("inla with correlated effects", () => {
  it.each([
    [3, 10, "(1 + x1 + x2 | g)"],
    [4, 20, "(1 + x1 + x2 + x3 | g)"],
    [5, 10, "(1 + x1 | g) + (0 + x2 + x3 + x4 | g)"],
  ])("has the marginals that the sampler has, %i of them in %i groups: %s", async (q, groups, terms) => {
    const model = `y ~ normal(mu, sigma)\nmu = 1 + ${terms}`;
    const data = simulated(q, groups);
    const approximated = await fit(model, data, { engine: "inla" });
    expect(approximated.posterior.record.approximation?.guard.isTrusted).toBe(true);
    const { parameters } = (await fit(model, data, { chains: 2, draws: 2000, seed: 2, workers: 0 })).summary();
    approximated.summary().parameters.forEach(({ name, mean, sd, q5, q95 }, k) => {
      const { essBulk = 1, essTail = 1, ...reference } = parameters[k];
      const apart = (own: number, other: number) => Math.abs(own - other) / reference.sd;
      expect(apart(mean, reference.mean), name).toBeLessThan(0.1 + 3 / Math.sqrt(essBulk));
      expect(Math.abs(Math.log(sd / reference.sd)), name).toBeLessThan(0.1 + 3 / Math.sqrt(2 * essBulk));
      expect(apart(q5, reference.q5), name).toBeLessThan(0.15 + 6 / Math.sqrt(essTail));
      expect(apart(q95, reference.q95), name).toBeLessThan(0.15 + 6 / Math.sqrt(essTail));
    });
  });

  it("has marginals where the spreads, far from where they were measured, run out of numbers", async () => {
    const { model, columns } = correlatedModel(50);
    const { parameters } = (await fit(model, columns, { engine: "inla" })).summary();
    for (const { name, mean, sd } of parameters) expect(sd > 0 && Number.isFinite(mean), name).toBe(true);
  });

  it("does not trust the few positions that it was given, and has marginals all the same", async () => {
    const model = "y ~ normal(mu, sigma)\nmu = 1 + (1 + x1 + x2 + x3 + x4 | g)";
    const { posterior, summary } = await fit(model, simulated(5, 8), { engine: "inla", draws: 150 });
    expect(posterior.record.approximation?.guard.isTrusted).toBe(false);
    for (const { name, mean, sd, q5, q95 } of summary().parameters) {
      expect(sd, name).toBeGreaterThan(0);
      expect(q5, name).toBeLessThan(mean);
      expect(mean, name).toBeLessThan(q95);
    }
  });
});
