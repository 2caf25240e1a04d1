import { describe, expect, it } from "vitest";
import { entropyTilting } from "../../../src/engine/inla/entropyTilting.js";

const even = new Float64Array(101).fill(1 / 101);
const z = Array.from(even, (_, i) => (i - 50) / 25);

function meanUnder(weights: Float64Array | undefined, of: (z: number) => number): number {
  return z.reduce((sum, value, i) => sum + (weights?.[i] ?? NaN) * of(value), 0);
}

describe("tilted weights", () => {
  it("give functions means of zero", () => {
    const tilting = entropyTilting(
      even,
      z.map((value) => Float64Array.of(value - 0.3, value * value - 0.8)),
    );
    expect(meanUnder(tilting?.weights, () => 1)).toBeCloseTo(1, 10);
    expect(meanUnder(tilting?.weights, (value) => value)).toBeCloseTo(0.3, 5);
    expect(meanUnder(tilting?.weights, (value) => value * value)).toBeCloseTo(0.8, 5);
  });

  it("leave slack times the multiplier of a demand, and meet contradictory ones half-way", () => {
    const one = z.map((value) => Float64Array.of(value - 0.3));
    const alone = entropyTilting(even, one, 0.01);
    const left = meanUnder(alone?.weights, (value) => value - 0.3);
    expect(left).toBeCloseTo(-0.01 * (alone?.multipliers[0] ?? NaN), 6);
    expect(Math.abs(left)).toBeLessThan(0.01);
    const both = z.map((value) => Float64Array.of(value - 0.3, value - 0.1));
    expect(meanUnder(entropyTilting(even, both, 0.01)?.weights, (value) => value)).toBeCloseTo(0.2, 2);
  });

  it("are as given where nothing is asked", () => {
    const nothing = z.map(() => new Float64Array(0));
    expect(entropyTilting(even, nothing, 0.01)?.weights.every((weight) => Math.abs(101 * weight - 1) < 1e-12)).toBe(
      true,
    );
  });
});
