import { describe, expect, it } from "vitest";
import { ratioErrors, sdErrors, withErrors } from "../../../src/engine/laplace/monteCarloErrors.js";
import { createStream } from "../../../src/math/random/createStream.js";
import type { Guard } from "../../../src/posterior/Posterior.js";

const guard: Guard = {
  paretoK: 0.2,
  effectiveSampleSize: 211.4,
  draws: 384,
  isTrusted: true,
  verdict: "good",
  advice: "",
};

describe("Monte Carlo errors of sds", () => {
  it("are the spread of sds over samples, with even weights and with uneven ones", () => {
    const stream = createStream(1, 1);
    for (const isEven of [true, false]) {
      const [sds, errors]: [number[], number[]] = [[], []];
      for (let sample = 0; sample < 400; sample++) {
        const values = Array.from({ length: 300 }, () => Float64Array.of(stream.normal(), 1));
        const raw = Float64Array.from(values, () => (isEven ? 1 : Math.exp(stream.normal())));
        const total = raw.reduce((a, b) => a + b);
        const weights = raw.map((weight) => weight / total);
        const mean = values.reduce((sum, [x], i) => sum + weights[i] * x, 0);
        sds.push(Math.sqrt(values.reduce((sum, [x], i) => sum + weights[i] * (x - mean) ** 2, 0)));
        const [error, ofConstant] = sdErrors(values, weights);
        errors.push(error);
        expect(ofConstant).toBeLessThan(1e-12);
      }
      const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
      const spread = Math.sqrt(mean(sds.map((sd) => (sd - mean(sds)) ** 2)));
      expect(mean(errors) / spread).toBeGreaterThan(0.85);
      expect(mean(errors) / spread).toBeLessThan(1.15);
    }
  });

  it("of ratios of sds by two sets of weights are the spread of these ratios, small where the weights are alike", () => {
    const stream = createStream(2, 1);
    for (const unlike of [0.1, 0.7]) {
      const [logRatios, errors]: [number[], number[]] = [[], []];
      for (let sample = 0; sample < 400; sample++) {
        const values = Array.from({ length: 300 }, () => Float64Array.of(stream.normal()));
        const normalised = (raw: readonly number[]) => {
          const total = raw.reduce((a, b) => a + b);
          return Float64Array.from(raw, (weight) => weight / total);
        };
        const raw = values.map(() => Math.exp(0.5 * stream.normal()));
        const [one, other] = [normalised(raw), normalised(raw.map((w) => w * Math.exp(unlike * stream.normal())))];
        const sdBy = (weights: Float64Array) => {
          const mean = values.reduce((sum, [x], i) => sum + weights[i] * x, 0);
          return Math.sqrt(values.reduce((sum, [x], i) => sum + weights[i] * (x - mean) ** 2, 0));
        };
        logRatios.push(Math.log(sdBy(one) / sdBy(other)));
        errors.push(ratioErrors(values, one, other)[0]);
      }
      const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;
      const spread = Math.sqrt(mean(logRatios.map((value) => (value - mean(logRatios)) ** 2)));
      expect(mean(errors) / spread).toBeGreaterThan(0.85);
      expect(mean(errors) / spread).toBeLessThan(1.15);
    }
  });

  it("beyond 4% are not trusted, and said of which parameter", () => {
    const names = ["sigma", "sd[g, x]", "cor[g, x, z]"];
    expect(withErrors(guard, names, Float64Array.of(0.01, 0.039, 0.02))).toBe(guard);
    expect(withErrors(guard, names, Float64Array.of(0.01, 0.071, 0.05))).toEqual({
      ...guard,
      isTrusted: false,
      verdict:
        "do not trust: 384 weighted positions, as even as 211 unweighted ones, leave a Monte Carlo error of 7% in the sd of sd[g, x]",
      advice: "take more positions (--draws), or sample with the engine nuts",
    });
    const untrusted = { ...guard, isTrusted: false };
    expect(withErrors(untrusted, names, Float64Array.of(1, 1, 1))).toBe(untrusted);
  });
});
