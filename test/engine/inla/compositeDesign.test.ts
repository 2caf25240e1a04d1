import { describe, expect, it } from "vitest";
import { compositeDesign, factorial } from "../../../src/engine/inla/compositeDesign.js";

describe("a central composite design", () => {
  for (const m of [2, 3, 4, 5, 7, 11])
    it(`has the moments of a standard normal in ${m} dimensions`, () => {
      const points = compositeDesign(m);
      expect(points.reduce((total, { share }) => total + share, 0)).toBeCloseTo(1, 12);
      for (let j = 0; j < m; j++) {
        expect(points.reduce((total, { z, share }) => total + share * z[j], 0)).toBeCloseTo(0, 12);
        for (let k = 0; k <= j; k++)
          expect(points.reduce((total, { z, share }) => total + share * z[j] * z[k], 0)).toBeCloseTo(
            j === k ? 1 : 0,
            12,
          );
      }
    });

  it("has a factorial of resolution V: no product of up to four columns is constant", () => {
    const m = 12;
    const runs = factorial(m);
    expect(runs.length).toBeLessThan(2 ** m);
    const sum = (...columns: number[]) =>
      runs.reduce((total, signs) => total + columns.reduce((product, column) => product * signs[column], 1), 0);
    for (let a = 0; a < m; a++)
      for (let b = a + 1; b < m; b++)
        for (let c = b + 1; c < m; c++) {
          expect([sum(a), sum(a, b), sum(a, b, c)]).toEqual([0, 0, 0]);
          for (let d = c + 1; d < m; d++) expect(sum(a, b, c, d)).toBe(0);
        }
  });
});
