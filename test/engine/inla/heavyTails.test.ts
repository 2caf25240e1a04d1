import { describe, expect, it } from "vitest";
import { heavyTailErrors, withTails } from "../../../src/engine/inla/heavyTails.js";
import { normalQuantile } from "../../../src/math/special/normalDistribution.js";

const count = 400;
const probabilities = Array.from({ length: count }, (_, i) => (i + 0.5) / count);
const kinds = ["coefficient", "sd", "dispersion"] as const;
/** A coefficient and a dispersion that are log-normal, and an sd that is normal. */
const values = probabilities.map((p) => {
  const z = normalQuantile(p);
  return Float64Array.of(Math.exp(1.2 * z), z, Math.exp(1.2 * z));
});
const weights = {
  weights: new Float64Array(count).fill(1 / count),
  effectiveSampleSize: count,
  paretoK: 0,
  logMean: 0,
};

describe("heavy tails of hyperparameters", () => {
  it("are told by the kurtosis, with the error that they leave in the sd; coefficients are left out", () => {
    const errors = heavyTailErrors({ kinds }, values, weights);
    expect([errors[0], errors[1]]).toEqual([0, 0]);
    const [, , z] = [0, 1, 2].map((k) => values.map((at) => at[k]));
    const mean = z.reduce((a, b) => a + b) / count;
    const moment = (power: number) => z.reduce((total, x) => total + (x - mean) ** power, 0) / count;
    const kurtosis = moment(4) / moment(2) ** 2;
    expect(kurtosis).toBeGreaterThan(6);
    expect(errors[2]).toBeCloseTo(Math.sqrt((kurtosis - 1) / (4 * count)), 10);
  });

  it("have the moments of the weighted positions", () => {
    const moments = (by: number) => ({ means: Float64Array.of(by, by), sds: Float64Array.of(10 * by, 10 * by) });
    const found = withTails(moments(1), moments(2), Float64Array.of(0, 0.05));
    expect(found).toEqual({ means: Float64Array.of(1, 2), sds: Float64Array.of(10, 20) });
  });
});
