import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitGeneralizedPareto, generalizedParetoQuantile } from "../../src/math/generalizedPareto.js";
import { largestReliableK, psis } from "../../src/math/psis.js";
import { createStream } from "../../src/math/random/createStream.js";
import { reals } from "./reals.js";

type FixtureNumber = number | "Inf";
interface Case {
  readonly name: string;
  readonly relativeEfficiency: number;
  readonly given: readonly number[];
  readonly logWeights: readonly number[];
  readonly paretoK: FixtureNumber;
  readonly effectiveSampleSize: number;
}

const path = new URL("../../validation/fixtures/psis/psis.fixture.json", import.meta.url);
const { cases }: { cases: readonly Case[] } = JSON.parse(readFileSync(path, "utf8"));
const AGREEMENT = 1e-10;
/** What a shift of log weights by up to 1e3 leaves of their digits, enlarged by the fit. */
const SHIFTED = 1e-8;

const number = (value: FixtureNumber) => (value === "Inf" ? Number.POSITIVE_INFINITY : value);
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i])));
/** The quantiles of a generalised Pareto distribution at n probabilities spread evenly. */
const paretoSample = (k: number, sigma: number, n: number) =>
  Float64Array.from({ length: n }, (_, i) => generalizedParetoQuantile((i + 0.5) / n, { k, sigma }));
const heavyWeights = fc
  .tuple(fc.integer(), fc.integer({ min: 21, max: 400 }), reals(0.1, 1.5))
  .map(([seed, n, scale]) => {
    const stream = createStream(seed, 0);
    return Array.from({ length: n }, () => scale * stream.normal());
  });

describe("Pareto-smoothed importance sampling", () => {
  it.each(cases)(
    "agrees with loo: $name",
    ({ given, relativeEfficiency, logWeights, paretoK, effectiveSampleSize }) => {
      const smoothed = psis(given, { relativeEfficiency });
      expect(furthest(smoothed.logWeights, logWeights)).toBeLessThan(AGREEMENT);
      const k = number(paretoK);
      if (Number.isFinite(k)) expect(Math.abs(smoothed.paretoK - k)).toBeLessThan(AGREEMENT);
      else expect(smoothed.paretoK).toBe(k);
      expect(smoothed.effectiveSampleSize / effectiveSampleSize).toBeCloseTo(1, 10);
    },
  );

  it("does not depend on the scale of the weights", () => {
    const property = fc.property(heavyWeights, reals(-1000, 1000), (given, shift) => {
      const plain = psis(given);
      const shifted = psis(given.map((value) => value + shift));
      expect(Math.abs(shifted.paretoK - plain.paretoK)).toBeLessThan(SHIFTED);
      const back = shifted.logWeights.map((value) => value - shift);
      expect(furthest(back, plain.logWeights)).toBeLessThan(SHIFTED);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it("does not depend on the order of the weights, keeps it, and raises none above the largest", () => {
    const property = fc.property(heavyWeights, (given) => {
      const order = given.map((_, i) => i).sort((i, j) => given[i] - given[j]);
      const smoothed = psis(given).logWeights;
      const sorted = order.map((i) => smoothed[i]);
      expect(sorted).toEqual(Array.from(psis(order.map((i) => given[i])).logWeights));
      for (let i = 1; i < sorted.length; i++) expect(sorted[i]).toBeGreaterThanOrEqual(sorted[i - 1]);
      expect(sorted[sorted.length - 1]).toBeLessThanOrEqual(given[order[order.length - 1]]);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it("counts weights of zero as weights", () => {
    const given = Array.from({ length: 100 }, (_, i) => (i < 90 ? -i / 100 : Number.NEGATIVE_INFINITY));
    const nearly = given.map((value) => Math.max(value, -600));
    const { paretoK, logWeights } = psis(given);
    expect(paretoK).toBe(psis(nearly).paretoK);
    expect(logWeights.subarray(90).every((value) => value === Number.NEGATIVE_INFINITY)).toBe(true);
    const none = psis(given.map(() => Number.NEGATIVE_INFINITY));
    expect([none.paretoK, none.effectiveSampleSize]).toEqual([Number.POSITIVE_INFINITY, 0]);
  });

  it("finds no tail in weights that are the same within rounding", () => {
    const given = Array.from({ length: 200 }, (_, i) => -4000 + (i % 3) * 1e-12);
    const { paretoK, effectiveSampleSize } = psis(given);
    expect(paretoK).toBe(0);
    expect(effectiveSampleSize).toBeCloseTo(200, 8);
  });

  it("asks for a lighter tail of few weights", () => {
    expect([100, 1000, 10_000].map(largestReliableK)).toEqual([0.5, expect.closeTo(2 / 3, 12), 0.7]);
  });

  it("refuses weights that are infinite, missing or none", () => {
    for (const given of [[0, Number.POSITIVE_INFINITY], [0, Number.NaN], []])
      expect(() => psis(given)).toThrow(RangeError);
  });
});

describe("the fit of a generalised Pareto distribution", () => {
  it("finds the shape and the scale of its own quantiles", () => {
    const property = fc.property(reals(-0.4, 1.2), reals(0.1, 10), (k, sigma) => {
      const fit = fitGeneralizedPareto(paretoSample(k, sigma, 2000));
      expect(Math.abs(fit.k - k)).toBeLessThan(0.02);
      expect(Math.abs(fit.sigma / sigma - 1)).toBeLessThan(0.02);
    });
    fc.assert(property, { numRuns: 30 });
  });

  it("scales with the excesses", () => {
    const property = fc.property(reals(-0.4, 1.2), reals(0.1, 10), (k, factor) => {
      const excesses = paretoSample(k, 1, 60);
      const [fit, scaled] = [excesses, excesses.map((x) => factor * x)].map(fitGeneralizedPareto);
      expect(scaled.k).toBeCloseTo(fit.k, 10);
      expect(scaled.sigma / fit.sigma).toBeCloseTo(factor, 8);
    });
    fc.assert(property, { numRuns: 30 });
  });
});
