import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parameterMarginal, unfitted } from "../../../src/engine/inla/parameterMarginal.js";
import { workingScale } from "../../../src/marginal/exploration/workingScale.js";
import { evaluateMarginal } from "../../../src/posterior/densityMarginals.js";

const one = (value: number) => Float64Array.of(value);

describe("a marginal made of a shape and moments", () => {
  const values = Float64Array.from({ length: 400 }, (_, k) => -15 + 0.05 * k);
  /** Of a log sd, falling by `fall` a unit where it is large. */
  const shapeOf = (fall: number) => ({
    scale: workingScale("sd"),
    values,
    logDensities: values.map((x) => x - (1 + fall) * Math.log1p(Math.exp(x))),
  });

  it("has the moments, be the tails as heavy as those of sds of three levels", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 4, max: 12, noNaN: true }),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.double({ min: 0.8, max: 1.2, noNaN: true }),
        (fall, mean, sd) => {
          const shape = shapeOf(fall);
          const asFound = parameterMarginal(shape, null, 0);
          const wanted = { mean: mean * asFound.mean, sd: sd * mean * asFound.sd };
          const found = parameterMarginal(shape, { means: one(wanted.mean), sds: one(wanted.sd) }, 0);
          expect(Math.abs(found.mean - wanted.mean) / wanted.sd).toBeLessThan(1e-5);
          expect(Math.abs(found.sd / wanted.sd - 1)).toBeLessThan(1e-5);
        },
      ),
    );
  });

  it("of a correlation goes as far as there are numbers below 1", () => {
    const z = Float64Array.from({ length: 801 }, (_, k) => -20 + 0.05 * k);
    const shape = { scale: workingScale("correlation"), values: z, logDensities: z.map((x) => -1.2 * Math.abs(x)) };
    const found = parameterMarginal(shape, { means: one(0.1), sds: one(0.5) }, 0);
    expect(found.mean).toBeCloseTo(0.1, 6);
    expect(found.sd).toBeCloseTo(0.5, 6);
    expect(evaluateMarginal(found, "quantile", 0.999)).toBeLessThan(1);
  });

  it("is not carried off by a tail that was prolonged", () => {
    // As good as flat beyond a log of 6: the mean without moments is of the order of e^10.
    const z = Float64Array.from({ length: 601 }, (_, k) => -10 + 0.1 * k);
    const shape = {
      scale: workingScale("sd"),
      values: z,
      logDensities: z.map((x) => -0.5 * Math.min(x * x, 36) - 0.1 * Math.max(0, x - 6)),
    };
    const found = parameterMarginal(shape, { means: one(1.6), sds: one(2) }, 0);
    expect(found.mean).toBeCloseTo(1.6, 3);
    expect(found.sd).toBeCloseTo(2, 2);
  });

  it("loses the end of a tail that is too heavy for its sd, and keeps its middle", () => {
    const exact = parameterMarginal(shapeOf(6), null, 0);
    // The same, but for a tail beyond five times the mean that falls half as fast.
    const far = Math.log(5 * exact.mean);
    const { logDensities, ...rest } = shapeOf(6);
    const heavier = { ...rest, logDensities: logDensities.map((at, i) => at + 3 * Math.max(0, values[i] - far)) };
    const found = parameterMarginal(heavier, { means: one(exact.mean), sds: one(exact.sd) }, 0);
    expect(parameterMarginal(heavier, null, 0).sd).toBeGreaterThan(1.15 * exact.sd);
    expect(found.sd / exact.sd).toBeCloseTo(1, 5);
    for (const p of [0.05, 0.5, 0.95]) {
      const [own, other] = [found, exact].map((marginal) => evaluateMarginal(marginal, "quantile", p));
      expect(Math.abs(own - other) / exact.sd, String(p)).toBeLessThan(0.06);
    }
  });

  it("is named where it has not the moments", () => {
    const marginals = [1, 2].map((sd) => parameterMarginal(shapeOf(8), { means: one(1), sds: one(sd) }, 0));
    expect(unfitted(["a", "b"], marginals, { means: Float64Array.of(1, 1), sds: Float64Array.of(1, 1) })).toEqual([
      "b",
    ]);
  });
});
