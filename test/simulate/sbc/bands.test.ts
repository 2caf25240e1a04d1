import { describe, expect, it } from "vitest";
import { createStream } from "../../../src/math/random/createStream.js";
import { bandEdge, extremity, parts } from "../../../src/simulate/sbc/bands.js";
import { wilson } from "../../../src/simulate/wilson.js";

/** C(n, k) p^k (1 - p)^(n - k), summed. */
function binomialBelow(n: number, p: number, most: number): number {
  let [total, mass] = [0, (1 - p) ** n];
  for (let k = 0; k <= most; k++) {
    total += mass;
    mass *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return total;
}

describe("simultaneous bands of ranks", () => {
  it("are of the smallest two-sided probability over the ends of the parts", () => {
    const counts = Array.from({ length: parts }, (_, k) => (k < 4 ? 5 : 1));
    const n = 36;
    const below = counts.map((_, k) => counts.slice(0, k + 1).reduce((a, b) => a + b, 0));
    const brute = below.slice(0, -1).map((count, k) => {
      const p = (k + 1) / parts;
      return 2 * Math.min(binomialBelow(n, p, count), 1 - binomialBelow(n, p, count - 1));
    });
    expect(extremity(counts)).toBeCloseTo(Math.min(...brute), 12);
  });

  it("hold for many ranks, whose first probabilities are too small for a number", () => {
    const total = 1000;
    const edge = bandEdge(total, 0.05);
    expect(edge).toBeGreaterThan(1e-4);
    const uniform = new Array<number>(parts).fill(total / parts);
    expect(extremity(uniform)).toBeGreaterThan(0.5);
    const narrow = uniform.map((count, k) =>
      k === 0 || k === parts - 1 ? 3 * count : (count * (parts - 6)) / (parts - 2),
    );
    expect(extremity(narrow.map(Math.round))).toBeLessThan(edge);
  });

  it("are left by uniform ranks with their probability", () => {
    const [total, alpha, runs] = [60, 0.1, 4000];
    const edge = bandEdge(total, alpha);
    const stream = createStream("fresh", 1);
    let outside = 0;
    for (let run = 0; run < runs; run++) {
      const counts = new Array<number>(parts).fill(0);
      for (let k = 0; k < total; k++) counts[Math.floor(parts * stream.uniform())]++;
      if (extremity(counts) < edge) outside++;
    }
    // The statistic is discrete, so that fewer than alpha may lie strictly below the edge.
    expect(outside / runs).toBeLessThan(alpha + 0.02);
    expect(outside / runs).toBeGreaterThan(alpha - 0.04);
  });
});

describe("Wilson's interval", () => {
  // R 4.2: prop.test(8, 10, correct = FALSE)$conf.int and prop.test(0, 20, correct = FALSE)$conf.int
  it.each([
    [8, 10, 0.4901625, 0.9433178],
    [0, 20, 0, 0.1611252],
    [20, 20, 0.8388748, 1],
  ])("is R's: %i of %i", (count, total, low, high) => {
    const [lower, upper] = wilson(count, total);
    expect(lower).toBeCloseTo(low, 6);
    expect(upper).toBeCloseTo(high, 6);
  });

  it("is everything without trials", () => {
    expect(wilson(0, 0)).toEqual([0, 1]);
  });
});

/** Counts of so many values in equal parts of the unit interval. */
function countsOf(values: readonly number[]): number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const value of values) counts[Math.floor(parts * value)]++;
  return counts;
}

describe("the simultaneous band of a rank histogram", () => {
  const total = 200;
  const edge = bandEdge(total, 0.05);
  const stream = createStream(3, 1);
  const uniforms = () => Array.from({ length: total }, () => stream.uniform());
  const shareOutside = (of: (u: number) => number) =>
    Array.from({ length: 400 }, () => extremity(countsOf(uniforms().map(of))) < edge).filter(Boolean).length / 400;

  it("leaves out as many uniform histograms as it says", () => {
    expect(Math.abs(shareOutside((u) => u) - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 400));
  });

  it("leaves out most of a posterior that is too narrow, too wide, or off to a side", () => {
    const arcsine = (u: number) => Math.sin((Math.PI * u) / 2) ** 2;
    const central = (u: number) => 0.5 + 0.5 * Math.sign(u - 0.5) * Math.abs(2 * u - 1) ** 2;
    for (const skew of [arcsine, central, (u: number) => u ** 1.5]) expect(shareOutside(skew)).toBeGreaterThan(0.8);
  });

  it("counts the smallest of the probabilities, by hand for the median alone", () => {
    // All of ten values in the first part: 10 of 10 below 1/20 has probability 20^-10, which no other end undercuts.
    const counts = new Array<number>(parts).fill(0);
    counts[0] = 10;
    expect(extremity(counts) / (2 * 20 ** -10)).toBeCloseTo(1, 9);
  });
});
