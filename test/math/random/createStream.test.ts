import { describe, expect, test } from "vitest";
import { createStream } from "../../../src/math/random/createStream.js";
import { Xoshiro128 } from "../../../src/math/random/xoshiro128.js";
import { edges, heights } from "../../../src/math/random/ziggurat.js";
import { normalCdf } from "../../../src/math/special/normalDistribution.js";
import { chiSquare, kolmogorov } from "./statistics.js";

const COUNT = 200_000;
/** In standard errors. */
const MAX_Z = 4;
/** Exceeded by Kolmogorov's statistic with probability 1e-4. */
const MAX_KOLMOGOROV = 2.23;

/** Of the state 1, 2, 3, 4, computed apart from the code. */
const WORDS = [11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849];
const FIRST_VALUES = [0.622217862851672, 0.10414545216275095, 1.317943679127638, -0.5227612400889562];

const take = (count: number, next: () => number) => Float64Array.from({ length: count }, next);
const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("xoshiro128**", () => {
  test("gives the words of the published algorithm", () => {
    const generator = new Xoshiro128([1, 2, 3, 4]);
    const words = Array.from({ length: 8 }, () => generator.bits() >>> 0);
    expect(words).toEqual(WORDS);
  });

  test("refuses the state it could not leave", () => {
    expect(() => new Xoshiro128([0, 0, 0, 0])).toThrow("not all zero");
    expect(() => new Xoshiro128([1, 2, 3])).toThrow("four words");
  });
});

describe("a stream", () => {
  test("starts with the same values for ever", () => {
    const stream = createStream(1, 1);
    expect([stream.uniform(), stream.uniform(), stream.normal(), stream.normal()]).toEqual(FIRST_VALUES);
  });

  test("is fixed by seed and chain, the seed's type aside", () => {
    const first = (seed: number | string, chain: number) => take(20, createStream(seed, chain).normal);
    expect(first(7, 2)).toEqual(first("7", 2));
    expect(first(7, 2)).not.toEqual(first(7, 3));
    expect(first(7, 2)).not.toEqual(first(8, 2));
    expect(first("7:2", 2)).not.toEqual(first("7", 2));
  });

  test("is uncorrelated with the streams of other chains and with itself", () => {
    const a = take(COUNT, createStream(1, 1).normal);
    const b = take(COUNT, createStream(1, 2).normal);
    const c = take(COUNT, createStream(2, 1).normal);
    const correlation = (x: Float64Array, y: Float64Array) => mean(x.map((value, i) => value * y[i]));
    for (const r of [correlation(a, b), correlation(a, c), correlation(a.subarray(1), a)]) {
      expect(Math.abs(r) * Math.sqrt(COUNT)).toBeLessThan(MAX_Z);
    }
  });
});

describe("uniform", () => {
  test("is uniform, strictly inside (0, 1), with its low bits in use", () => {
    const values = take(COUNT, createStream("uniform", 1).uniform);
    expect(values.every((value) => value > 0 && value < 1)).toBe(true);
    expect(kolmogorov(values, (x) => x)).toBeLessThan(MAX_KOLMOGOROV);
    const lowBits = values.map((value) => (value * 2 ** 53) % 64);
    expect(chiSquare(lowBits, (bits) => bits, 64)).toBeLessThan(MAX_Z);
  });
});

describe("normal", () => {
  const values = take(COUNT, createStream("normal", 1).normal);

  test("has the moments of the standard normal", () => {
    const moments = [1, 2, 3, 4].map((power) => mean(values.map((value) => value ** power)));
    const expected = [0, 1, 0, 3];
    const variances = [1, 2, 15, 96];
    moments.forEach((moment, k) => {
      expect(Math.abs(moment - expected[k]) / Math.sqrt(variances[k] / COUNT)).toBeLessThan(MAX_Z);
    });
  });

  test("has its distribution, between the layers' edges and in the tail", () => {
    const many = take(20 * COUNT, createStream("many", 1).normal);
    expect(chiSquare(many, (x) => Math.floor(1000 * normalCdf(x)), 1000)).toBeLessThan(MAX_Z);
    const tail = many.filter((value) => Math.abs(value) > edges[1]);
    const above = normalCdf(-edges[1]);
    const expected = 2 * many.length * above;
    expect(Math.abs(tail.length - expected)).toBeLessThan(MAX_Z * Math.sqrt(expected));
    expect(kolmogorov(tail.map(Math.abs), (x) => 1 - normalCdf(-x) / above)).toBeLessThan(MAX_KOLMOGOROV);
  });

  test("comes from layers of equal area that end at the top of the curve", () => {
    const area = edges[0] * heights[1];
    for (let i = 1; i < 256; i++) expect(edges[i] * (heights[i + 1] - heights[i])).toBeCloseTo(area, 13);
  });
});
