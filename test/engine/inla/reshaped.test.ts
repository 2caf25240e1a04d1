import { describe, expect, it } from "vitest";
import { entropyTilting } from "../../../src/engine/inla/entropyTilting.js";
import { reshaped } from "../../../src/engine/inla/reshaped.js";
import { workingScale } from "../../../src/marginal/exploration/workingScale.js";
import { normalQuantile } from "../../../src/math/special/normalDistribution.js";
import { quantileAt, tabulatedDensity } from "../../../src/math/tabulatedDensity.js";

const values = Float64Array.from({ length: 241 }, (_, i) => -6 + i / 20);
const normal = { scale: workingScale("coefficient"), values, logDensities: values.map((x) => -0.5 * x * x) };
const COUNT = 1000;
const SKEW = 0.12;
const scores = Float64Array.from({ length: COUNT }, (_, i) => normalQuantile((i + 0.5) / COUNT));
const even = new Float64Array(COUNT).fill(1 / COUNT);

describe("the shape of a marginal, corrected by weighted draws", () => {
  it("stays where the draws are its own", () => {
    const { logDensities } = reshaped(normal, scores, even);
    const top = Math.max(...logDensities);
    values.forEach((x, i) => {
      expect(Math.abs(logDensities[i] - top + 0.5 * x * x)).toBeLessThan(0.01);
    });
  });

  it("has the quantiles of draws from a skew density, and of weighted ones", () => {
    const skew = (z: number) => (Math.exp(SKEW * z) - 1) / SKEW;
    const density = (x: number) => -0.5 * (Math.log1p(SKEW * x) / SKEW) ** 2 - Math.log1p(SKEW * x);
    const inside = scores.filter((x) => x > -3);
    const weights = inside.map((x) => Math.exp(density(x) + 0.5 * x * x));
    const total = weights.reduce((a, b) => a + b, 0);
    for (const [draws, ofDraws] of [
      [scores.map(skew), even],
      [inside, weights.map((weight) => weight / total)],
    ]) {
      const { logDensities } = reshaped(normal, draws, ofDraws);
      const { knots } = tabulatedDensity(values, logDensities);
      for (const p of [0.05, 0.25, 0.5, 0.75, 0.95])
        expect(Math.abs(quantileAt(knots, p) - skew(normalQuantile(p))), `quantile ${p}`).toBeLessThan(0.07);
    }
  });
});

describe("tilted weights", () => {
  it("are those of the shifted normal that has the mean and variance asked for", () => {
    const [mean, sd] = [0.3, 0.9];
    const functions = Array.from(scores, (x) => {
      const off = (x - mean) / sd;
      return Float64Array.of(off, off * off - 1);
    });
    const weights = entropyTilting(even, functions)?.weights ?? even;
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    const third = weights.reduce((total, weight, i) => total + weight * ((scores[i] - mean) / sd) ** 3, 0);
    for (const k of [0, 1])
      expect(weights.reduce((total, weight, i) => total + weight * functions[i][k], 0)).toBeCloseTo(0, 5);
    expect(third).toBeCloseTo(0, 1);
  });

  it("are not to be had where no draw lies beyond the mean asked for", () => {
    const beyond = Array.from(scores, (x) => Float64Array.of(x - 5));
    expect(entropyTilting(even, beyond)).toBeNull();
  });
});
