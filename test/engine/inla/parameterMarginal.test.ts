import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parameterMarginal } from "../../../src/engine/inla/parameterMarginal.js";
import { workingScale } from "../../../src/engine/inla/workingScale.js";

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
});
