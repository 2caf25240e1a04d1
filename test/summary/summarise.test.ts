import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { essBulk, essTail } from "../../src/diagnostics/ess.js";
import { mcseMean, mcseQuantile, mcseSd } from "../../src/diagnostics/mcse.js";
import { rhat } from "../../src/diagnostics/rhat.js";
import { createStream } from "../../src/math/random/createStream.js";
import { tabulatedMarginal } from "../../src/posterior/densityMarginals.js";
import type { Marginal, Posterior } from "../../src/posterior/Posterior.js";
import { summarise } from "../../src/summary/summarise.js";

const DIGITS = 10;

function posteriorOf(...marginals: Marginal[]): Posterior {
  return {
    engine: "test",
    parameters: marginals.map((marginal, i) => ({ name: `beta[${i}]`, marginal })),
    randomEffects: [],
    record: { options: {}, partial: false, chains: [] },
  };
}

const draws = (...chains: (readonly number[])[]): Marginal => ({
  kind: "draws",
  chains: chains.map((chain) => Float64Array.from(chain)),
  weights: null,
});

const wave = (length: number, phase: number) => Array.from({ length }, (_, i) => Math.sin(7 * i + phase) + phase / 10);

describe("summarise", () => {
  it("gives the numbers that R gives for 1 to 10", () => {
    const [row] = summarise(posteriorOf(draws([3, 1, 10, 7, 5], [2, 9, 8, 4, 6]))).parameters;
    expect(row).toMatchObject({ name: "beta[0]", mean: 5.5, median: 5.5, q5: 1.45 });
    expect(row.q95).toBeCloseTo(9.55, 14);
    expect(row.sd).toBeCloseTo(3.0276503540974917, 14);
  });

  it.each([100, 101])("has the diagnostics of each quantity on its own (%i draws)", (length) => {
    const marginals = [0, 1, 2].map((phase) => draws(wave(length, phase), wave(length, phase + 0.5)));
    const { parameters } = summarise(posteriorOf(...marginals));
    parameters.forEach((row, i) => {
      const marginal = marginals[i];
      const chains = marginal.kind === "draws" ? marginal.chains : [];
      expect(row.rhat).toBe(rhat(chains));
      expect(row.essBulk).toBe(essBulk(chains));
      expect(row.essTail).toBe(essTail(chains));
      expect(row.mcse).toBe(mcseMean(chains));
    });
  });

  it("gives sds of heavy tails, far out in which chains move slowly, the error that their squares have", () => {
    // An excursion of 40 draws far out: by the ranks, as good as independent.
    const stream = createStream("excursion", 1);
    const chains = [0, 1, 2, 3].map((k) =>
      Array.from({ length: 1000 }, (_, i) => stream.normal() + (k === 0 && i >= 300 && i < 340 ? 20 : 0)),
    );
    const [row] = summarise(posteriorOf(draws(...chains))).parameters;
    const floats = chains.map((chain) => Float64Array.from(chain));
    expect(row.mcseSd).toBe(mcseSd(floats));
    expect(row.mcseSd).toBeGreaterThan(0.2 * row.sd);
    const [partial] = summarise(posteriorOf(draws(...chains, [0, 1]))).parameters;
    expect(partial.mcseSd).toBeCloseTo(mcseSd(floats), 2);
    // Tails that are light keep the error that bulk and tails give.
    const [light] = summarise(posteriorOf(draws(...chains.slice(1)))).parameters;
    expect(light.mcseSd).toBeLessThan(0.02 * light.sd);
  });

  it("takes estimates from all draws of a partial run and diagnostics from its comparable chains", () => {
    const full = [wave(60, 0), wave(50, 1), wave(2, 2)];
    const [row] = summarise(posteriorOf(draws(...full))).parameters;
    const all = full.flat();
    expect(row.mean).toBeCloseTo(all.reduce((total, draw) => total + draw, 0) / all.length, DIGITS);
    const cut = [full[0], full[1]].map((chain) => Float64Array.from(chain.slice(0, 50)));
    expect(row.rhat).toBe(rhat(cut));
    expect(row.essBulk).toBe(essBulk(cut));
  });

  it("says NaN, not a number that looks right, where there is nothing to compute from", () => {
    const [constant, none, broken] = summarise(
      posteriorOf(draws([2, 2, 2, 2, 2, 2, 2]), draws([], []), draws([1, NaN, 3, 4, 5, 6, 7])),
    ).parameters;
    expect(constant).toMatchObject({ mean: 2, sd: 0, median: 2, q5: 2, q95: 2, mcse: NaN, rhat: NaN, essBulk: NaN });
    for (const row of [none, broken]) {
      expect(Object.values(row).slice(1)).toEqual(new Array(17).fill(NaN));
    }
  });

  it("has Monte Carlo errors of sd and quantiles near those of the posterior package", () => {
    const random = createStream("errors", 1);
    const chains = [1, 2, 3, 4].map(() => {
      let x = 0;
      return Float64Array.from({ length: 1000 }, () => (x = 0.5 * x + Math.sqrt(0.75) * random.normal()));
    });
    const [row] = summarise(posteriorOf({ kind: "draws", chains, weights: null }), { level: 0.8 }).parameters;
    const expected = {
      ...{ mcseSd: mcseSd(chains), mcseMedian: mcseQuantile(chains, 0.5) },
      ...{ mcseQ5: mcseQuantile(chains, 0.05), mcseQ95: mcseQuantile(chains, 0.95) },
      ...{ mcseLower: mcseQuantile(chains, 0.1), mcseUpper: mcseQuantile(chains, 0.9) },
    };
    for (const [field, error] of Object.entries(expected)) {
      const ratio = Number(Object.entries(row).find(([name]) => name === field)?.[1]) / error;
      expect(ratio, field).toBeGreaterThan(0.7);
      expect(ratio, field).toBeLessThan(1.5);
    }
  });

  it("takes density marginals as they are, without MCMC fields", () => {
    const uniform = { ...tabulatedMarginal(Float64Array.of(0, 4), Float64Array.of(0, 0)), mean: 2, sd: 1.2 };
    expect(summarise(posteriorOf(uniform)).parameters).toEqual([
      {
        ...{ name: "beta[0]", mean: 2, sd: 1.2, median: 2, q5: 0.2, q95: 3.8 },
        ...{ lower: expect.closeTo(0.2, 12), upper: 3.8 },
      },
    ]);
    const [{ lower, upper }] = summarise(posteriorOf(uniform), { level: 0.5 }).parameters;
    expect([lower, upper]).toEqual([1, 3]);
  });

  it("keeps the labels of random effects", () => {
    const posterior: Posterior = {
      ...posteriorOf(),
      randomEffects: [{ name: "b[g, 1, x]", factor: "g", level: "1", coefficient: "x", marginal: draws([1, 2, 3, 4]) }],
    };
    const { randomEffects } = summarise(posterior);
    expect(randomEffects).toHaveLength(1);
    expect(randomEffects[0]).toMatchObject({
      name: "b[g, 1, x]",
      factor: "g",
      level: "1",
      coefficient: "x",
      mean: 2.5,
    });
  });
});

describe("weighted draws", () => {
  const weighted = (chains: readonly (readonly number[])[], weights: readonly (readonly number[])[]): Marginal => ({
    kind: "draws",
    chains: chains.map((chain) => Float64Array.from(chain)),
    weights: weights.map((chain) => Float64Array.from(chain)),
  });

  it("with equal weights have the numbers of unweighted ones", () => {
    const list = fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 4, maxLength: 30 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        const weight = 1 / (a.length + b.length);
        const weights = [a.map(() => weight), b.map(() => weight)];
        const [equal, plain] = summarise(posteriorOf(weighted([a, b], weights), draws(a, b))).parameters;
        for (const field of ["mean", "sd", "median", "q5", "q95"] as const) {
          expect(equal[field]).toBeCloseTo(plain[field], DIGITS);
        }
        const n = a.length + b.length;
        expect(equal.mcse).toBeCloseTo(plain.sd * Math.sqrt((n - 1) / n / n), DIGITS);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it("have no MCMC fields, and no use for draws of weight 0", () => {
    const marginal = weighted(
      [
        [5, 1, 1000],
        [2, -1000],
      ],
      [
        [0.5, 0.25, 0],
        [0.25, 0],
      ],
    );
    const [row] = summarise(posteriorOf(marginal)).parameters;
    const errors = ["mcse", "mcseSd", "mcseMedian", "mcseQ5", "mcseQ95", "mcseLower", "mcseUpper"];
    expect(Object.keys(row)).toEqual(["name", "mean", "sd", "median", "q5", "q95", "lower", "upper", ...errors]);
    expect(row.mean).toBe(3.25);
    expect(row.mcse).toBeCloseTo(Math.hypot(0.5 * 1.75, 0.25 * 2.25, 0.25 * 1.25), 14);
    expect(row.q5).toBeGreaterThanOrEqual(1);
    expect(row.q95).toBeLessThanOrEqual(5);
  });
});
