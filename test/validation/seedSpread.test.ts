import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { NUMBERS, type NumberName, seedCases, seedSpread, typicalRatio } from "../../validation/seedSpread.js";

const data = resolve(import.meta.dirname, "../../validation/data");

describe("the standard errors that laplace reports are the spread of its numbers over seeds", () => {
  // The ratio of one quantity is known to within 20% from 12 seeds; the mean over some twenty quantities is within 40% always.
  for (const name of ["cbpp", "multicenter", "separation"])
    it(`for parameters and random effects: ${name}`, { timeout: 60_000 }, async () => {
      const [found] = seedCases.filter((one) => one.name === name);
      // Three parameters make a mean of few ratios.
      const seeds = name === "separation" ? 30 : 12;
      const { spreads, trusted } = await seedSpread(found, data, "laplace", seeds);
      expect(trusted).toBe(seeds);
      for (const number of Object.keys(NUMBERS) as NumberName[])
        for (const isEffect of [false, true]) {
          const chosen = spreads.filter((one) => one.number === number && one.isEffect === isEffect);
          const ratio = typicalRatio(chosen);
          expect(ratio, `${number}, ${isEffect ? "effects" : "parameters"}`).toBeGreaterThan(0.6);
          expect(ratio, `${number}, ${isEffect ? "effects" : "parameters"}`).toBeLessThan(1.6);
        }
    });
});
