import { describe, expect, it } from "vitest";
import { smoothedShape } from "../../../src/engine/inla/smoothedShape.js";
import { workingScale } from "../../../src/marginal/exploration/workingScale.js";
import { normalQuantile } from "../../../src/math/special/normalDistribution.js";
import { probabilityBelow, tabulatedDensity } from "../../../src/math/tabulatedDensity.js";

/** Equally probable values of a function of a standard normal. */
const valuesOf = (count: number, at: (x: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => at(normalQuantile((i + 0.5) / count)));

describe("the shape of equally weighted values", () => {
  it.each([
    ["normal", (x: number) => 3 + 0.2 * x],
    ["skewed", (x: number) => Math.exp(0.3 * x)],
    ["of two bumps", (x: number) => x + 1.5 * Math.sign(x)],
  ])("has their mean, sd and quantiles, %s", (_, at) => {
    const values = valuesOf(2048, at);
    const { values: places, logDensities } = smoothedShape(workingScale("correlation"), values);
    const { mean, sd, knots } = tabulatedDensity(places, logDensities);
    const wanted = values.reduce((total, value) => total + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((total, value) => total + (value - wanted) ** 2, 0) / values.length);
    expect(Math.abs(mean - wanted)).toBeLessThan(0.001 * spread);
    expect(sd / spread).toBeCloseTo(1, 2);
    for (const p of [0.05, 0.25, 0.75, 0.95])
      expect(Math.abs(probabilityBelow(knots, values[Math.floor(2048 * p)]) - p)).toBeLessThan(0.01);
  });

  it("leaves out what is beyond numbers", () => {
    const shape = smoothedShape(
      workingScale("correlation"),
      Float64Array.of(...valuesOf(500, (x) => x), Infinity, Number.NaN),
    );
    expect(shape.values.every(Number.isFinite)).toBe(true);
    expect(shape.logDensities.every(Number.isFinite)).toBe(true);
  });
});
