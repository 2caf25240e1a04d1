import { describe, expect, it } from "vitest";
import { loo } from "../../../src/checks/loo/loo.js";
import { fit } from "../../../src/fit/fit.js";

// y ~ N(a + b x, 1), a ~ N(0, 1) and b ~ N(0, 1): the last row, far from all others in x, alone decides b.
const x = [-0.5, 0.4, 0.1, -0.2, 0.3, -0.1, 0.2, -0.4, 0.5, -0.3, 0, 10];
const y = [0.3, -0.2, 1.1, 0.4, -0.6, 0.2, 0.9, -0.3, 0.1, 0.5, 0.7, 12];
const text = "y ~ normal(mu, 1)\nmu = 1 + x\nprior beta[Intercept] ~ normal(0, 1)\nprior beta ~ normal(0, 1)";

/** log p(y_i | y_-i) of the conjugate model. */
function exactElpd(i: number): number {
  const others = x.map((_, j) => j).filter((j) => j !== i);
  const sum = (of: (j: number) => number) => others.reduce((total, j) => total + of(j), 0);
  const [p00, p01, p11] = [1 + others.length, sum((j) => x[j]), 1 + sum((j) => x[j] * x[j])];
  const [q0, q1] = [sum((j) => y[j]), sum((j) => x[j] * y[j])];
  const determinant = p00 * p11 - p01 * p01;
  const mean = (p11 * q0 - p01 * q1 + x[i] * (p00 * q1 - p01 * q0)) / determinant;
  const variance = 1 + (p11 - 2 * x[i] * p01 + x[i] * x[i] * p00) / determinant;
  return -0.5 * (Math.log(2 * Math.PI * variance) + (y[i] - mean) ** 2 / variance);
}

describe("rows that weights cannot leave out", () => {
  it.each(["nuts", "laplace", "inla"] as const)("are left out by fitting anew without them: %s", async (engine) => {
    const fitted = await fit(text, { x, y }, { engine, seed: 1, ...(engine === "nuts" ? { workers: 0 } : {}) });
    const weighted = await loo(fitted);
    expect(weighted.pointwise.paretoK[11]).toBeGreaterThan(weighted.largestReliableK);
    const { pointwise, warnings } = await loo(fitted, { refit: true, workers: 0 });
    expect(pointwise.methods).toEqual([...new Array(11).fill("importance"), "refit"]);
    expect(warnings).toEqual([]);
    // Few of the draws without the last row come near its response, so that their mean density has an error of a tenth; weights are off by more than 2.
    for (const i of x.keys())
      expect(Math.abs(pointwise.elpd[i] - exactElpd(i)), `row ${i}`).toBeLessThan(i === 11 ? 0.4 : 0.1);
  });

  it("are left out so, too, where k is below the limit by chance of the draws", async () => {
    const options = { engine: "nuts", chains: 2, draws: 500, workers: 0, seed: 2 } as const;
    const fitted = await fit(text, { x, y }, options);
    const weighted = await loo(fitted);
    expect(weighted.pointwise.paretoK[11]).toBeLessThan(weighted.largestReliableK);
    expect(weighted.pointwise.elpd[11] - exactElpd(11)).toBeGreaterThan(2);
    expect(weighted).toMatchObject({ unreliable: 0, doubtful: 1, warnings: [] });
    const { pointwise, doubtful } = await loo(fitted, { refit: true, workers: 0 });
    expect(doubtful).toBe(0);
    expect(pointwise.methods[11]).toBe("refit");
    expect(Math.abs(pointwise.elpd[11] - exactElpd(11))).toBeLessThan(0.8);
  });
});
