import { describe, expect, it } from "vitest";
import { type Peak, profileEnd } from "../../../../src/engine/ml/profile/profileEnd.js";
import type { Quantity } from "../../../../src/engine/ml/profile/quantity.js";
import { runSync } from "../../../../src/math/steps.js";

const half = 1.959963984540054;

/** The first coordinate of two, on which the likelihood's negative depends by f; the second follows it. */
function peakOf(f: (x: number) => number, curvature: number): { peak: Peak; first: Quantity } {
  const slope = (x: number) => (f(x + 1e-6) - f(x - 1e-6)) / 2e-6;
  const peak: Peak = {
    coordinates: [],
    objective: ([x, y], gradient) => {
      gradient[0] = slope(x) - (y - x);
      gradient[1] = y - x;
      return f(x) + 0.5 * (y - x) ** 2;
    },
    position: new Float64Array(2),
    value: f(0),
    hessian: Float64Array.of(curvature + 1, -1, -1, 1),
    lower: new Float64Array(2).fill(-Infinity),
    upper: new Float64Array(2).fill(Infinity),
    half,
  };
  const first: Quantity = {
    at: ([x]) => x,
    slopes: () => Float64Array.of(1, 0),
    parameter: (value) => value,
    endOf: (value) => (value >= 4 ? 4 : null),
  };
  return { peak, first };
}

describe("the end of a profile", () => {
  it("of a parabola is as many standard errors away as the normal distribution says", () => {
    const { peak, first } = peakOf((x) => 2 * x * x, 4);
    for (const side of [-1, 1] as const) {
      const end = runSync(profileEnd(peak, first, side));
      expect("at" in end ? end.at : NaN).toBeCloseTo((side * half) / 2, 4);
    }
  });

  it("is found where the profile is concave before it, and where the curvature of the peak misleads", () => {
    const { peak, first } = peakOf((x) => 3 * Math.log(1 + x * x), 6);
    const end = runSync(profileEnd(peak, first, -1));
    expect("at" in end ? end.at : NaN).toBeCloseTo(-Math.sqrt(Math.exp((half * half) / 6) - 1), 4);
  });

  it("is the end of the range where the profile does not fall so far", () => {
    const { peak, first } = peakOf((x) => 0.05 * x * x, 0.1);
    expect(runSync(profileEnd(peak, first, 1))).toEqual({ at: 4 });
    expect("at" in runSync(profileEnd(peak, first, -1))).toBe(true);
  });

  it("is not to be had where the likelihood levels off", () => {
    const { peak, first } = peakOf((x) => 1 - Math.exp(-x * x), 2);
    const end = runSync(profileEnd(peak, { ...first, endOf: () => null }, 1));
    expect("trouble" in end ? end.trouble : "").toMatch(/does not fall far enough/);
  });

  it("is not to be had where another maximum is higher", () => {
    const { peak, first } = peakOf((x) => 0.5 * x * x - 2.4 * Math.exp(-((x - 1.5) ** 2) / 0.08), 1);
    const end = runSync(profileEnd(peak, first, 1));
    expect("trouble" in end ? end.trouble : "").toMatch(
      /rises above its maximum, by .*: there is another one|not monotone/,
    );
  });
});
