import { describe, expect, it } from "vitest";
import { createStream } from "../../src/math/random/createStream.js";
import { bandEdge, extremity, parts } from "../../validation/sbc/bands.js";

const total = 200;

/** Counts of so many values in equal parts of the unit interval. */
function countsOf(values: readonly number[]): number[] {
  const counts = new Array<number>(parts).fill(0);
  for (const value of values) counts[Math.floor(parts * value)]++;
  return counts;
}

describe("the simultaneous band of a rank histogram", () => {
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
