import { describe, expect, it } from "vitest";
import { rhat } from "../../src/diagnostics/rhat.js";
import { comparableChains, splitChains } from "../../src/diagnostics/splitChains.js";

const chain = (...draws: number[]) => Float64Array.from(draws);

describe("splitChains", () => {
  it("halves every chain", () => {
    expect(splitChains([chain(1, 2, 3, 4), chain(5, 6, 7, 8)])).toEqual([
      chain(1, 2),
      chain(3, 4),
      chain(5, 6),
      chain(7, 8),
    ]);
  });

  it("leaves out the middle draw of an odd chain", () => {
    expect(splitChains([chain(1, 2, 3, 4, 5)])).toEqual([chain(1, 2), chain(4, 5)]);
  });

  it("refuses chains of different lengths, and so does every diagnostic", () => {
    const message = "chains of 3, 2 draws: cut them to one length first";
    expect(() => splitChains([chain(1, 2, 3), chain(1, 2)])).toThrow(new RangeError(message));
    expect(() => rhat([chain(1, 2, 3), chain(1, 2)])).toThrow(new RangeError(message));
  });
});

describe("comparableChains keeps the most draws", () => {
  it.each([
    { lengths: [1000, 1000], chains: [0, 1], draws: 1000 },
    { lengths: [900, 1000, 800], chains: [0, 1, 2], draws: 800 },
    { lengths: [1000, 3, 1000, 0], chains: [0, 2], draws: 1000 },
    { lengths: [5, 1000], chains: [1], draws: 1000 },
    { lengths: [0, 0], chains: [], draws: 0 },
    { lengths: [], chains: [], draws: 0 },
  ])("$lengths", ({ lengths, chains, draws }) => {
    expect(comparableChains(lengths)).toEqual({ chains, draws });
  });
});
