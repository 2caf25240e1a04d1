import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { defineEngine, engines, type Posterior, type Replicate, sbc } from "../../../src/index.js";
import type { RandomStream } from "../../../src/math/random/RandomStream.js";
import { readTable } from "../../../src/node.js";

// y_i ~ N(mu, 1), i = 1 .. 5, mu ~ N(0, 1): the posterior is N(sum of y / 6, 1 / 6).
const model = "y ~ normal(mu, 1)\nmu = 1\nprior intercept ~ normal(0, 1)";
const data = { y: [0.3, 1.2, -0.5, 0.8, 0.1] };

/** Draws by `draw`, which is given the posterior's mean and sd. */
function conjugate(name: string, draws: (mean: number, sd: number, stream: RandomStream) => Marginal) {
  return defineEngine({
    name,
    sentence: "a conjugate posterior",
    options: {},
    run({ design }, _options, { stream }): Posterior {
      const mean = design.response.values.reduce((a, b) => a + b, 0) / 6;
      const marginal = draws(mean, Math.sqrt(1 / 6), stream(1));
      const parameters = [{ name: "beta[Intercept]", marginal }];
      return { engine: name, parameters, randomEffects: [], record: { options: {}, partial: false, chains: [] } };
    },
  });
}

type Marginal = Posterior["parameters"][number]["marginal"];
const DRAWS = 1000;
const draws = (mean: number, sd: number, stream: RandomStream): Marginal => ({
  kind: "draws",
  chains: [Float64Array.from({ length: DRAWS }, () => mean + sd * stream.normal())],
  weights: null,
});
const exact = conjugate("exact", draws);

/** Draws of twice the sd, with weights to the posterior. */
function weighted(mean: number, sd: number, stream: RandomStream): Marginal {
  const z = Float64Array.from({ length: 4 * DRAWS }, () => 2 * stream.normal());
  const raw = z.map((value) => Math.exp(-0.5 * value * value + 0.125 * value * value));
  const total = raw.reduce((a, b) => a + b, 0);
  return {
    kind: "draws",
    chains: [z.map((value) => mean + sd * value)],
    weights: [raw.map((weight) => weight / total)],
  };
}

/** The density at knots. */
function density(mean: number, sd: number): Marginal {
  const z = Float64Array.from({ length: 2001 }, (_, k) => -6 + (12 * k) / 2000);
  const heights = z.map((value) => Math.exp(-0.5 * value * value) / Math.sqrt(2 * Math.PI) / sd);
  const below = new Float64Array(z.length);
  for (let k = 1; k < z.length; k++) below[k] = below[k - 1] + ((heights[k] + heights[k - 1]) / 2) * sd * (12 / 2000);
  return { kind: "density", mean, sd, knots: { values: z.map((value) => mean + sd * value), heights, below } };
}

const replicates = 200;
const run = (engine: object, options = {}) => sbc(model, data, { engine, replicates, workers: 0, ...options });

describe("calibration by a posterior that is known", () => {
  it.each([
    ["draws", exact],
    ["weighted draws", conjugate("weighted", weighted)],
    ["a density", conjugate("density", density)],
  ])("passes: %s", async (_, engine) => {
    const { ranks, quantities, failed, untrusted } = await run(engine);
    expect({ passed: ranks?.passed, failed, names: quantities.map(({ name }) => name) }).toEqual({
      passed: true,
      failed: [],
      names: ["beta[Intercept]"],
    });
    expect(untrusted).toBeLessThan(replicates / 10);
    const [{ bias, biasError, rmse, coverage }] = quantities;
    // Posterior means have errors of variance 1 / 6, independent of one another.
    expect(Math.abs(bias)).toBeLessThan(4 * Math.sqrt(1 / 6 / replicates));
    expect(biasError).toBeCloseTo(Math.sqrt(1 / 6 / replicates), 2);
    expect(Math.abs(rmse / Math.sqrt(1 / 6) - 1)).toBeLessThan(0.2);
    for (const { level, share, covered, intervals } of coverage) {
      expect(intervals).toBe(replicates);
      expect(share).toBe(covered / intervals);
      expect(Math.abs(share - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / replicates));
    }
  });

  it.each([
    ["shrinks its draws to their mean", "too narrow", conjugate("narrow", (mean, sd, s) => draws(mean, 0.6 * sd, s))],
    ["spreads them", "too wide", conjugate("wide", (mean, sd, s) => draws(mean, 2 * sd, s))],
    [
      "ignores the weights of its draws",
      "too wide",
      conjugate("unweighted", (mean, sd, s) => ({ ...weighted(mean, sd, s), weights: null }) as Marginal),
    ],
    ["is too low", "too low", conjugate("low", (mean, sd, s) => draws(mean - 0.7 * sd, sd, s))],
    ["is too high", "too high", conjugate("high", (mean, sd, s) => draws(mean + 0.7 * sd, sd, s))],
  ])("fails for a sampler that %s", async (_, shape, engine) => {
    const { ranks, quantities } = await run(engine);
    expect(ranks?.passed).toBe(false);
    expect(quantities[0].ranks).toMatchObject({ inside: false, shape });
    expect(quantities[0].ranks?.extremity).toBeLessThan(ranks?.edge ?? 0);
  });

  it("has the power and the errors of sign and size that theory gives", async () => {
    const value = 0.4;
    const { ranks, effects, stated, quantities } = await run(exact, {
      effect: { "beta[Intercept]": value },
      replicates: 600,
      levels: [0.95],
    });
    expect({ ranks, stated, ofQuantity: quantities[0].ranks }).toEqual({
      ranks: null,
      stated: ["beta[Intercept]"],
      ofQuantity: null,
    });
    // The estimate m is N(5 / 6 v, 5 / 36); the interval m +- 1.96 sqrt(1 / 6) does not hold 0 where |m| > 0.8.
    let [above, wrong, size, mass] = [0, 0, 0, 0];
    for (let m = -4; m <= 5; m += 1e-4) {
      const weight = Math.exp(-0.5 * ((m - (5 / 6) * value) ** 2 / (5 / 36)));
      mass += weight;
      if (Math.abs(m) <= 1.959964 * Math.sqrt(1 / 6)) continue;
      above += weight;
      size += weight * Math.abs(m / value);
      if (m < 0) wrong += weight;
    }
    const [{ power, lower, upper, typeS, typeM, level }] = effects;
    expect(level).toBe(0.95);
    expect(Math.abs(power - above / mass)).toBeLessThan(4 * Math.sqrt(0.1 / 600));
    expect(lower).toBeLessThan(power);
    expect(upper).toBeGreaterThan(power);
    expect(Math.abs(typeM - size / above)).toBeLessThan(0.25);
    expect(Math.abs(typeS - wrong / above)).toBeLessThan(0.05);
  });

  it("tells false positives of an effect of 0, which has no sign", async () => {
    const { effects } = await run(exact, { effect: "beta[Intercept] = 0", replicates: 400, levels: [0.5] });
    // |m| > 0.674 sqrt(1 / 6) where m is N(0, 5 / 36): P(|z| > 0.674 sqrt(6 / 5)) = 0.460.
    expect(Math.abs(effects[0].power - 0.46)).toBeLessThan(4 * Math.sqrt(0.25 / 400));
    expect(effects[0].typeM).toBeNaN();
  });

  it("goes on where it was, and is the same as in one go", async () => {
    const kept: Replicate[] = [];
    await run(exact, { replicates: 30, onReplicate: (one: Replicate) => kept.push(one) });
    expect(kept.map(({ replicate }) => replicate)).toEqual(Array.from({ length: 30 }, (_, k) => k + 1));
    const read: Replicate[] = JSON.parse(JSON.stringify([...kept.slice(20), ...kept.slice(0, 5)]));
    const again: Replicate[] = [];
    const found = await run(exact, { replicates: 30, earlier: read, onReplicate: (one: Replicate) => again.push(one) });
    expect(again.map(({ replicate }) => replicate)).toEqual(Array.from({ length: 15 }, (_, k) => k + 6));
    const whole = await run(exact, { replicates: 30 });
    expect({ ...found, seconds: 0 }).toEqual({ ...whole, seconds: 0 });
    const other = await run(exact, { replicates: 30, seed: 2 });
    expect(other.quantities[0].bias).not.toBe(whole.quantities[0].bias);
  });

  it("ends by its signal, and by what its listener throws", async () => {
    const stop = new AbortController();
    const made: number[] = [];
    const onReplicate = ({ replicate }: Replicate) => {
      made.push(replicate);
      if (replicate === 3) stop.abort(new Error("enough"));
    };
    await expect(run(exact, { signal: stop.signal, onReplicate })).rejects.toThrow("enough");
    expect(made).toEqual([1, 2, 3]);
    const full = () => {
      throw new Error("no space left");
    };
    await expect(run(exact, { onReplicate: full })).rejects.toThrow("no space left");
  });

  it("tells of fits that fail", async () => {
    const failing = defineEngine({
      name: "failing",
      sentence: "fails for low means",
      options: {},
      run(prepared, options, context) {
        if (prepared.design.response.values[0] < 0) throw new RangeError("below 0");
        return exact.definition.run(prepared, options, context);
      },
    });
    const { failed, quantities } = await run(failing, { replicates: 40 });
    expect(failed).toHaveLength(1);
    expect(failed[0].message).toContain('the engine "failing" failed unexpectedly: below 0');
    expect(quantities[0].estimates).toBe(40 - failed[0].count);
  });

  it.each([
    { options: { engine: "nutts" }, message: 'unknown engine "nutts"; did you mean "nuts"?' },
    { options: { replicates: 0 }, message: "replicates is 0; allowed: a whole number from 1" },
    { options: { effect: "beta[z]=1" }, message: 'unknown parameter "beta[z]"' },
    { options: { levels: [1.2] }, message: "levels is [1.2]; allowed: a list of numbers between 0 and 1" },
    { options: { engine: "ml", fit: { chains: 2 } }, message: 'chains is no option of the engine "ml"' },
    { options: { replicats: 3 }, message: 'unknown option "replicats"; did you mean "replicates"?' },
  ])("refuses $message", async ({ options, message }) => {
    await expect(sbc(model, data, options)).rejects.toThrow(message);
  });

  it("refuses improper priors with the way out, unless the values are stated", async () => {
    const flat = "y ~ normal(mu, 1)\nmu = 1\nprior intercept ~ flat()";
    await expect(sbc(flat, data, { engine: "ml" })).rejects.toThrow("the prior on intercept is improper: flat()");
    const { quantities, effects } = await sbc(flat, data, {
      engine: "ml",
      effect: "beta[Intercept]=1",
      replicates: 100,
      workers: 0,
    });
    expect(quantities[0].coverage[2].share).toBeGreaterThan(0.88);
    // z = 1 / sqrt(1 / 5): P(|N(2.236, 1)| > 1.96) = 0.609.
    expect(Math.abs(effects[0].power - 0.609)).toBeLessThan(4 * Math.sqrt(0.24 / 100));
  });
});

const layout = `count ~ poisson(mu)
log(mu) = 1 + post * trt + offset(log(weeks)) + (1 + post | subject)
prior intercept ~ normal(1, 0.5)
prior beta ~ normal(0, 0.5)
prior sd ~ half_normal(0.5)
prior cor ~ lkj(2)`;
const epilepsy = readTable(resolve(import.meta.dirname, "../../../models/epilepsy/data.csv"));
const few = 24;

describe("calibration on the layout of models/epilepsy", { timeout: 600_000 }, () => {
  it.each(engines.map(({ name }) => name))("passes: %s", async (engine) => {
    const fit = engine === "nuts" ? { chains: 2, draws: 300 } : engine === "laplace" ? { draws: 500 } : {};
    const replicates = engine === "laplace" ? few / 2 : few;
    const { ranks, quantities, failed } = await sbc(layout, await epilepsy, {
      engine,
      replicates,
      workers: 0,
      fit,
    });
    expect(failed).toEqual([]);
    expect(quantities).toHaveLength(engine === "ml" ? 7 : 10);
    expect(ranks?.passed ?? null).toBe(engine === "ml" ? null : true);
    // The quantities of a data set depend on one another, so that their mean varies by no more than one of them.
    const share = quantities.reduce((sum, { coverage }) => sum + coverage[1].share, 0) / quantities.length;
    expect(Math.abs(share - 0.8)).toBeLessThan(4 * Math.sqrt(0.16 / replicates));
  });

  it("fails for inla's draws, shrunk to a third of their spread", async () => {
    const [, , inla] = engines;
    const shrunk = defineEngine({
      name: "shrunk",
      sentence: "draws of inla that are too near to one another",
      options: {},
      async run(prepared, _options, context): Promise<Posterior> {
        const { posterior } = await inla.run(prepared, { draws: 400 }, context);
        const joint = posterior.jointDraws ?? [];
        const near = joint.map((marginal) => {
          const [chain] = marginal.chains;
          const mean = chain.reduce((a, b) => a + b, 0) / chain.length;
          return { ...marginal, chains: [chain.map((value) => mean + (value - mean) / 3)] };
        });
        const { engine, parameters, randomEffects, record } = posterior;
        return {
          engine,
          parameters: parameters.map((one, k) => ({ ...one, marginal: near[k] })),
          randomEffects: randomEffects.map((one, k) => ({ ...one, marginal: near[parameters.length + k] })),
          record,
        };
      },
    });
    const { ranks, quantities } = await sbc(layout, await epilepsy, { engine: shrunk, replicates: few / 2 });
    expect(ranks?.passed).toBe(false);
    expect(quantities.filter((one) => one.ranks?.inside === false).length).toBeGreaterThan(3);
    expect(quantities.find((one) => one.ranks?.inside === false)?.ranks?.shape).toBe("too narrow");
  });
});
