import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { covariatePatterns } from "../../src/kernel/covariatePatterns.js";

const factors = fc
  .record({ levels: fc.integer({ min: 1, max: 5 }), effects: fc.integer({ min: 1, max: 3 }), rows: fc.nat(40) })
  .chain(({ levels, effects, rows }) =>
    fc.record({
      levels: fc.constant(levels),
      effects: fc.constant(effects),
      levelIndex: fc
        .array(fc.nat(levels - 1), { minLength: rows + 1, maxLength: rows + 1 })
        .map((all) => Int32Array.from(all)),
      Z: fc
        .array(fc.constantFrom(-0.5, 0, 1), { minLength: (rows + 1) * effects, maxLength: (rows + 1) * effects })
        .map((all) => Float64Array.from(all)),
    }),
  );

describe("covariate patterns", () => {
  it("hold every row once, those of one level with the same covariates in one pattern of an even number of places", () => {
    fc.assert(
      fc.property(factors, (factor) => {
        const { levels, effects, levelIndex, Z } = factor;
        const n = levelIndex.length;
        const { rows, starts, levelStarts, mostPatterns } = covariatePatterns(factor);
        expect([...rows].filter((row) => row >= 0).sort((a, b) => a - b)).toEqual(
          Array.from({ length: n }, (_, i) => i),
        );
        expect(levelStarts[levels]).toBe(starts.length - 1);
        const seen = new Set<string>();
        for (let j = 0; j < levels; j++) {
          expect(levelStarts[j + 1] - levelStarts[j]).toBeLessThanOrEqual(mostPatterns);
          for (let k = levelStarts[j]; k < levelStarts[j + 1]; k++) {
            const places = rows.subarray(starts[k], starts[k + 1]);
            expect(places.length % 2).toBe(0);
            expect(places[0]).toBeGreaterThanOrEqual(0);
            const own = [...places].filter((row) => row >= 0);
            const names = own.map(
              (row) => `${levelIndex[row]}: ${Array.from({ length: effects }, (_, e) => Z[e * n + row])}`,
            );
            expect(new Set(names).size).toBe(1);
            expect(names[0].startsWith(`${j}:`)).toBe(true);
            expect(seen.has(names[0])).toBe(false);
            seen.add(names[0]);
          }
        }
      }),
    );
  });

  it("are the levels where every covariate is 1", () => {
    const { rows, starts, levelStarts } = covariatePatterns({
      levels: 3,
      effects: 1,
      levelIndex: Int32Array.of(2, 0, 2, 2),
      Z: null,
    });
    expect([...rows]).toEqual([1, -1, 0, 2, 3, -1]);
    expect([...starts]).toEqual([0, 2, 6]);
    expect([...levelStarts]).toEqual([0, 1, 1, 2]);
  });
});
