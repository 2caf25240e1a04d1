import { describe, expect, it } from "vitest";
import { type Fit, type FitOptions, fit, type Quality } from "../../src/index.js";
import { randomTable } from "../density/models.js";

const model = "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)";
const table = randomTable(5, 40);
const run = (options: FitOptions) => fit(model, table, { workers: 0, seed: 3, ...options });

function drawsMade({ posterior }: Fit): number[] {
  return posterior.record.chains.map(({ logDensity }) => logDensity.length);
}

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
    expect(result.warnings()).toEqual([]);
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
