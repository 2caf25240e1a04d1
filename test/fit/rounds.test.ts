import { describe, expect, it } from "vitest";
import { type Fit, fit, type NutsFitOptions, type Quality } from "../../src/index.js";
import { randomTable } from "../density/models.js";

const model = "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)";
const table = randomTable(5, 40);
const run = (options: NutsFitOptions) => fit(model, table, { workers: 0, seed: 3, ...options });

function drawsMade({ posterior }: Fit): number[] {
  return posterior.record.chains.map(({ logDensity }) => logDensity.length);
}

describe("a run of no given length", () => {
  // Ones alone under a heavy prior: the log odds have a tail in which chains move slowly.
  const ones = Array.from({ length: 20 }, () => ({ y: 1 }));
  const heavy = "y ~ bernoulli(p)\nlogit(p) = 1\nprior intercept ~ cauchy(0, 10)";

  it("has 1000 draws of each chain where these do", async () => {
    const judged: Quality[] = [];
    const onQuality = (quality: Quality) => judged.push(quality);
    const result = await fit("events ~ poisson(mu)\nlog(mu) = 1 + x1", table, { workers: 0, seed: 1, onQuality });
    expect(drawsMade(result)).toEqual([1000, 1000, 1000, 1000]);
    expect(judged).toEqual([]);
    expect(result.notes).toEqual([]);
  });

  it("goes on to at most eight times that where R-hat or ESS are not good, and says so", async () => {
    const judged: Quality[] = [];
    const onQuality = (quality: Quality) => judged.push(quality);
    const result = await fit(heavy, ones, { workers: 0, seed: 2, onQuality });
    expect(judged.map(({ draws }) => draws)).toEqual([1000, 2000, 4000]);
    for (const { minEssBulk, maxRhat } of judged) expect(minEssBulk < 900 || maxRhat > 1.01).toBe(true);
    expect(drawsMade(result)).toEqual([8000, 8000, 8000, 8000]);
    expect(result.posterior.record.partial).toBe(false);
    expect(result.notes.at(-1)).toEqual({
      code: "extended-run",
      message:
        "1000 draws of each chain left an R-hat, an ESS or a Monte Carlo error that is not good, so that the chains went on to 8000; --draws sets their number",
    });
    const first = await fit(heavy, ones, { workers: 0, seed: 2, draws: 1000 });
    const [longer, shorter] = [result, first].map((one) => one.draws("beta[Intercept]")[0].subarray(0, 1000));
    expect(longer).toEqual(shorter);
  });

  it("goes on where the sd of a heavy tail has a large error, and says so where it keeps it", async () => {
    // The likelihood does not end the tail of the prior, which has no variance.
    const spiked = "y ~ normal(mu, 1)\nmu = 1 + (1 | g)\nprior sd ~ inverse_gamma(2, 0.005)";
    const columns = { y: [0.1, -0.2, 0.3, 0, 0.2, -0.1, -0.3, 0.1], g: [1, 1, 2, 2, 3, 3, 4, 4] };
    const result = await fit(spiked, columns, { workers: 0, seed: 1 });
    expect(drawsMade(result)).toEqual([16000, 16000, 16000, 16000]);
    expect(result.warnings().map(({ code }) => code)).toContain("sd-error");
  });

  it("has the draws that were asked for where their number is given", async () => {
    const result = await fit(heavy, ones, { workers: 0, seed: 2, draws: 300 });
    expect(drawsMade(result)).toEqual([300, 300, 300, 300]);
    expect(result.warnings().length).toBeGreaterThan(0);
  });
});

describe("a run that is stopped by its quality", () => {
  it("goes on until every quantity has the ESS and R-hat is small, and tells each judgement", async () => {
    const judged: Quality[] = [];
    const result = await run({ targetEss: 1500, onQuality: (quality) => judged.push(quality) });
    const { parameters, randomEffects } = result.summary();
    const rows = [...parameters, ...randomEffects];
    const last = judged.at(-1);
    expect(last?.minEssBulk).toBeGreaterThanOrEqual(1500);
    expect(last?.maxRhat).toBeLessThan(1.01);
    expect(Math.min(...rows.map(({ essBulk }) => essBulk ?? 0))).toBe(last?.minEssBulk);
    expect(judged.length).toBeGreaterThan(1);
    expect(drawsMade(result)).toEqual(new Array(4).fill(last?.draws));
    expect(result.posterior.record.partial).toBe(false);
    // The sd of four groups' effects has a heavy tail, whose own error is not among the goals.
    expect(result.warnings().filter(({ code }) => code !== "sd-error")).toEqual([]);
  });

  it("ends with the draws that it may make", async () => {
    const result = await run({ targetEss: 1e6, draws: 150, chains: 2 });
    expect(drawsMade(result)).toEqual([150, 150]);
    expect(result.posterior.record.partial).toBe(false);
  });

  it("ends with what it has when the time is up, or a signal comes", async () => {
    const result = await run({ draws: 1e6, timeLimitSeconds: 1, chains: 1, warmup: 0, stepSize: 0.5 });
    expect(drawsMade(result)[0]).toBeLessThan(1e6);
    expect(result.warnings().map(({ code }) => code)).toContain("partial-run");
    const controller = new AbortController();
    const stopped = await run({ targetEss: 5000, signal: controller.signal, onQuality: () => controller.abort() });
    expect(stopped.posterior.record.partial).toBe(true);
  });

  it("takes positive numbers", async () => {
    await expect(run({ targetEss: 0, timeLimitSeconds: -1 })).rejects.toThrow(
      "targetEss is 0; allowed: a positive number\ntimeLimitSeconds is -1; allowed: a positive number",
    );
  });
});
