import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { skewedFromNormal, skewedNormal } from "../../../src/math/special/skewed.js";

/** Moments over a fine grid of z, the trapezoidal rule being exact to rounding for what falls off like a normal. */
function moments(skewness: number): [mass: number, mean: number, variance: number, third: number] {
  const { fromNormal } = skewedNormal(skewness);
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  for (let z = -12; z <= 12; z += 0.02) {
    const weight = (0.02 * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
    const x = fromNormal(z);
    for (let power = 0; power < 4; power++) sums[power] += weight * x ** power;
  }
  return sums;
}

const skew = fc.double({ min: -2, max: 2, noNaN: true });

describe("a skewed standard normal", () => {
  it("has mean 0, variance 1 and the skewness asked for", () => {
    fc.assert(
      fc.property(skew, (skewness) => {
        const [mass, mean, variance, third] = moments(skewness);
        expect(mass).toBeCloseTo(1, 12);
        expect(mean).toBeCloseTo(0, 10);
        expect(variance).toBeCloseTo(1, 9);
        expect(third).toBeCloseTo(skewness, 7);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("leads back to the normal, and from beyond its end to an infinity", () => {
    fc.assert(
      fc.property(skew, fc.double({ min: -3, max: 3, noNaN: true }), (skewness, z) => {
        const { fromNormal, toNormal } = skewedNormal(skewness);
        expect(toNormal(fromNormal(z))).toBeCloseTo(z, 9);
      }),
      { seed: 1, numRuns: 100 },
    );
    expect(skewedNormal(1).toNormal(-10)).toBe(Number.NEGATIVE_INFINITY);
    expect(skewedNormal(-1).toNormal(10)).toBe(Number.POSITIVE_INFINITY);
  });

  it("has the same quantiles where there are many of them", () => {
    const skewness = fc.array(fc.oneof(skew, fc.constantFrom(0, -0, 1e-13, -1e-13, 1e-6)), { minLength: 1 });
    fc.assert(
      fc.property(skewness, fc.double({ min: -4, max: 4, noNaN: true }), (all, z) => {
        const fromNormal = skewedFromNormal(Float64Array.from(all));
        // A difference of zeros is no difference.
        all.forEach((one, k) => {
          expect(fromNormal(k, z) + 0).toBe(skewedNormal(one).fromNormal(z) + 0);
        });
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it("has the density that its quantiles have: dP = density(x) dx", () => {
    fc.assert(
      fc.property(skew, fc.double({ min: -3, max: 3, noNaN: true }), (skewness, z) => {
        const { fromNormal, density } = skewedNormal(skewness);
        const slope = (fromNormal(z + 1e-5) - fromNormal(z - 1e-5)) / 2e-5;
        const normal = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
        expect(density(fromNormal(z)) * slope).toBeCloseTo(normal, 6);
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it("is the normal without skewness, and near it with little", () => {
    expect(skewedNormal(0).fromNormal(1.5)).toBe(1.5);
    // To the first order x = z + skewness (z^2 - 1) / 6.
    const little = 1e-6;
    expect((skewedNormal(little).fromNormal(2) - 2) / little).toBeCloseTo(0.5, 4);
  });

  it("has no mass beyond its end", () => {
    expect(skewedNormal(1).density(-20)).toBe(0);
    expect(skewedNormal(-1).density(20)).toBe(0);
  });
});
