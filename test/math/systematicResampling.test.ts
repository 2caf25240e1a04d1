import fc from "fast-check";
import { expect, it } from "vitest";
import { systematicResampling } from "../../src/math/systematicResampling.js";

it("takes each place as often as its share of the weights says, to less than one, in order", () => {
  const weights = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 200 }), (given, count) => {
      const total = given.reduce((sum, weight) => sum + weight, 0);
      fc.pre(total > 1e-3);
      const places = systematicResampling(
        Float64Array.from(given, (weight) => weight / total),
        count,
      );
      expect(places.length).toBe(count);
      expect(places.every((place, k) => k === 0 || place >= places[k - 1])).toBe(true);
      given.forEach((weight, i) => {
        const times = places.reduce((sum, place) => sum + Number(place === i), 0);
        expect(Math.abs(times - (count * weight) / total)).toBeLessThan(1 + 1e-9);
      });
    }),
  );
});
