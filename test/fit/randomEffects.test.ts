import { describe, expect, it } from "vitest";
import { fit, type NutsFitOptions } from "../../src/index.js";
import { drawsCsv } from "../../src/report/drawsCsv.js";
import { randomTable } from "../density/models.js";

const model = "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 + x1 | g)";
const table = randomTable(7, 60);
const quick = { workers: 0, chains: 3, warmup: 100, draws: 205, seed: 5 } satisfies NutsFitOptions;
const ROUNDING = 1e-12;

function sampled(randomEffects: "draws" | "summary" | "none") {
  return fit(model, table, { ...quick, randomEffects });
}

describe("what is kept of random effects", async () => {
  const [whole, summary, none] = await Promise.all([sampled("draws"), sampled("summary"), sampled("none")]);

  it("does not touch the parameters", () => {
    expect(summary.summary().parameters).toEqual(whole.summary().parameters);
    expect(none.summary().parameters).toEqual(whole.summary().parameters);
  });

  it("is their mean and sd over all draws, R-hat and MCSE, where a summary is asked for", () => {
    const rows = summary.summary().randomEffects;
    expect(rows.length).toBeGreaterThan(4);
    whole.summary().randomEffects.forEach(({ name, mean, sd, mcse }, k) => {
      expect(rows[k].name).toBe(name);
      expect(Math.abs(rows[k].mean - mean)).toBeLessThan(ROUNDING);
      expect(Math.abs(rows[k].sd - sd)).toBeLessThan(ROUNDING);
      expect(Math.abs(Math.log((rows[k].mcse ?? NaN) / (mcse ?? NaN)))).toBeLessThan(1);
      expect(rows[k].rhat).toBeLessThan(1.1);
      expect(rows[k].rhat).toBeGreaterThan(0.9);
      expect(rows[k].median).toBeNaN();
      expect(rows[k].essBulk).toBeUndefined();
    });
    expect(() => summary.draws(rows[0].name)).toThrow('use randomEffects "draws"');
  });

  it("is nothing where none are asked for", () => {
    expect(none.posterior.randomEffects).toEqual([]);
  });

  it("leaves the parameters' draws to be written", () => {
    const header = (result: typeof whole) => drawsCsv(result.posterior).next().value;
    expect(header(summary)).toBe(header(none));
    expect(header(none)).toMatch(/^chain,draw,beta\[Intercept\],.*\]"?\n$/);
  });

  it("is of what was drawn where a run ends early", async () => {
    const controller = new AbortController();
    const onProgress: NutsFitOptions["onProgress"] = ({ logDensity }) => logDensity.length >= 50 && controller.abort();
    const options = { ...quick, chains: 1, randomEffects: "summary", onProgress, signal: controller.signal } as const;
    const result = await fit(model, table, options);
    expect(result.posterior.record.partial).toBe(true);
    const draws = result.posterior.record.chains[0].logDensity.length;
    expect(draws).toBeLessThan(quick.draws);
    const { parameters, randomEffects } = result.summary();
    expect(Number.isFinite(parameters[0].mean)).toBe(true);
    for (const { mean, sd, mcse } of randomEffects) expect([mean, sd, mcse].every(Number.isFinite)).toBe(true);
  });

  it("is judged by the parameters alone where none are kept and an ESS is aimed at, and refused as a summary", async () => {
    const aimed = { ...quick, draws: 2000, targetEss: 300 };
    const { posterior } = await fit(model, table, { ...aimed, randomEffects: "none" });
    expect(posterior.randomEffects).toEqual([]);
    await expect(fit(model, table, { ...aimed, randomEffects: "summary" })).rejects.toThrow(
      'randomEffects is "summary"',
    );
  });
});
