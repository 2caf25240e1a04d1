import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { bootstrap, fit } from "../../../src/index.js";
import { readTable } from "../../../src/node.js";

const rows = 20;
const data = {
  y: Array.from({ length: rows }, (_, i) => ((13 * i) % 17) / 4 + i / 8),
  x: Array.from({ length: rows }, (_, i) => (i % 5) - 2),
  g: Array.from({ length: rows }, (_, i) => i % 6),
};
// With two coefficients: the estimates of coefficients are normal about those of the data, and 20 sigma*^2 / sigma^2 is a chi-square of 18 degrees of freedom.
const linear = fit("y ~ normal(mu, sigma)\nmu = 1 + x", data, { engine: "ml" });

describe("the parametric bootstrap", { timeout: 120_000 }, () => {
  it("has the distribution that theory gives in a linear model", async () => {
    const result = await linear;
    const replicates = 1500;
    const { parameters, failures } = await bootstrap(result, { replicates, workers: 0 });
    expect(failures).toEqual([]);
    const [intercept, slope, sigma] = parameters;
    const estimate = result.ml.parameters[2].estimate;
    expect(sigma.estimate).toBe(estimate);
    for (const [row, sd] of [
      [intercept, estimate / Math.sqrt(rows)],
      [slope, estimate / Math.sqrt(data.x.reduce((sum, x) => sum + x * x, 0))],
    ] as const) {
      expect(Math.abs(row.bias)).toBeLessThan((4 * sd) / Math.sqrt(replicates));
      expect(Math.abs(row.sd / sd - 1)).toBeLessThan(4 / Math.sqrt(2 * replicates));
      // The Monte Carlo error of a quantile at 0.025 is 2.67 sd / sqrt(S).
      expect(Math.abs(row.upper - row.estimate - 1.959964 * sd)).toBeLessThan((4 * 2.67 * sd) / Math.sqrt(replicates));
    }
    // R 4.2: qchisq(c(0.025, 0.975), 18)
    const [low, high] = [8.230746, 31.526378].map((quantile) => estimate * Math.sqrt(quantile / rows));
    expect(Math.abs(sigma.lower - low)).toBeLessThan(0.03 * estimate);
    expect(Math.abs(sigma.upper - high)).toBeLessThan(0.04 * estimate);
    // E sqrt(chi-square of 18) = sqrt(2) Gamma(9.5) / Gamma(9) = 4.184125
    expect(Math.abs(sigma.bias - estimate * (4.184125 / Math.sqrt(rows) - 1))).toBeLessThan(4 * sigma.biasError);
  });

  it("has basic intervals, which are percentile ones turned about the estimate", async () => {
    const result = await linear;
    const [percentile, basic] = [
      await bootstrap(result, { replicates: 40, workers: 0 }),
      await bootstrap(result, { replicates: 40, workers: 0, type: "basic" }),
    ];
    percentile.parameters.forEach(({ estimate, lower, upper }, k) => {
      expect(basic.parameters[k].lower).toBeCloseTo(2 * estimate - upper, 12);
      expect(basic.parameters[k].upper).toBeCloseTo(2 * estimate - lower, 12);
    });
    const other = await bootstrap(result, { replicates: 40, workers: 0, seed: 2 });
    expect(other.parameters[0].sd).not.toBe(percentile.parameters[0].sd);
  });

  it("is that of lme4's bootMer within Monte Carlo error", async () => {
    const table = await readTable(resolve(import.meta.dirname, "../../../models/sleepstudy/data.csv"));
    const mixed = await fit("Reaction ~ normal(mu, sigma)\nmu = 1 + Days + (1 | Subject)", table, { engine: "ml" });
    const { parameters } = await bootstrap(mixed, { replicates: 300, workers: 0 });
    // validation/bootstrap/bootMer.R, 1000 data sets by lme4 1.1-31: bias, standard deviation, ends of the percentile interval.
    const lme4 = [
      [-0.18978561, 9.57310962, 233.18286464, 269.80271678],
      [7.7854084e-4, 0.78644096, 8.8685297, 11.954194],
      [-1.4461487, 6.4314577, 22.5622357, 47.2390711],
      [-0.0502881, 1.6854331, 27.4846243, 34.2869914],
    ];
    parameters.forEach(({ name, bias, sd, lower, upper }, k) => {
      const [theirBias, theirSd, low, high] = lme4[k];
      const error = Math.sqrt(1 / 300 + 1 / 1000);
      expect(Math.abs(bias - theirBias), name).toBeLessThan(4 * theirSd * error);
      expect(Math.abs(sd / theirSd - 1), name).toBeLessThan((4 * error) / Math.SQRT2);
      for (const [own, theirs] of [
        [lower, low],
        [upper, high],
      ])
        expect(Math.abs(own - theirs), name).toBeLessThan(4 * 2.67 * theirSd * error);
    });
  });

  it("draws random effects anew", async () => {
    const mixed = await fit("y ~ normal(mu, sigma)\nmu = 1 + (1 | g)", data, { engine: "ml" });
    const { parameters } = await bootstrap(mixed, { replicates: 60, workers: 0 });
    expect(parameters.map(({ name }) => name)).toEqual(["beta[Intercept]", "sd[g, Intercept]", "sigma"]);
    for (const { lower, upper } of parameters) expect(lower).toBeLessThan(upper);
  });

  it("ends by its signal, and refuses what it cannot do", async () => {
    const stop = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done > 2) stop.abort(new Error("enough"));
    };
    await expect(bootstrap(await linear, { workers: 0, signal: stop.signal, onProgress })).rejects.toThrow("enough");
    await expect(bootstrap(await linear, { replicates: 1 })).rejects.toThrow(
      "replicates is 1; allowed: a whole number from 2",
    );
    const conditional = await fit(
      "z ~ bernoulli(p)\nlogit(p) = 1 + x + (1 | g)",
      { ...data, z: data.y.map((y) => Number(y > 2.5)) },
      { engine: "ml", method: "conditional" },
    );
    await expect(bootstrap(conditional)).rejects.toThrow("the fit has no finite estimate of beta[Intercept]");
  });
});
