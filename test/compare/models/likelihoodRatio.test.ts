import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { likelihoodRatioTest } from "../../../src/compare/models/likelihoodRatio.js";
import type { Restriction } from "../../../src/compare/models/Restriction.js";
import { chiSquareMixtureTail } from "../../../src/math/special/chiSquareMixture.js";

/** Of tail probabilities, relative. */
const tolerance = 1e-12;

const restriction = (freeDimensions: number, boundaryDimensions: number): Restriction => ({
  what: "something",
  freeDimensions,
  boundaryDimensions,
});
const statistic = fc.double({ min: 0.01, max: 60, noNaN: true });

describe("likelihoodRatioTest", () => {
  it("refers to chi-square inside, and to half of it with one more degree of freedom at the end of one variance", () => {
    const inside = likelihoodRatioTest(4, [restriction(2, 0), restriction(1, 0)]);
    expect(inside).toMatchObject({ degreesOfFreedom: 3, anticonservative: null });
    expect(inside.reference).toEqual([{ degreesOfFreedom: 3, weight: 1 }]);
    const slope = likelihoodRatioTest(4, [restriction(1, 1)]);
    expect(slope).toMatchObject({ degreesOfFreedom: 2, anticonservative: null });
    expect(slope.reference).toEqual([
      { degreesOfFreedom: 1, weight: 0.5 },
      { degreesOfFreedom: 2, weight: 0.5 },
    ]);
  });

  it("has R's p values", () => {
    const { tests } = JSON.parse(readFileSync("validation/fixtures/compare/lme4Anova.fixture.json", "utf8"));
    const slopes = tests["sleepstudy: correlated slopes against intercepts"];
    const independent = tests["sleepstudy: independent slopes against intercepts"];
    const period = tests["cbpp: period, Laplace"];
    const cases: [{ statistic: number; p: number }, Restriction][] = [
      [slopes, restriction(1, 1)],
      [independent, restriction(0, 1)],
      [period, restriction(3, 0)],
    ];
    for (const [{ statistic: x, p }, held] of cases)
      expect(Math.abs(likelihoodRatioTest(x, [held]).pValue / p - 1)).toBeLessThan(tolerance);
  });

  it("leaves all of a point mass at zero to a statistic that is zero but for rounding", () => {
    for (const x of [-1e-9, 0, 1e-9]) expect(likelihoodRatioTest(x, [restriction(0, 1)]).pValue).toBe(1);
  });

  it("bounds two variances, whose weights depend on the angle of their cone (Self & Liang, 1987, case 7)", () => {
    fc.assert(
      fc.property(statistic, fc.double({ min: 0, max: Math.PI, noNaN: true }), (x, angle) => {
        const share = angle / (2 * Math.PI);
        const truth = chiSquareMixtureTail(x, [
          { degreesOfFreedom: 0, weight: 0.5 - share },
          { degreesOfFreedom: 1, weight: 0.5 },
          { degreesOfFreedom: 2, weight: share },
        ]);
        const { pValue, anticonservative } = likelihoodRatioTest(x, [restriction(0, 1), restriction(0, 1)]);
        expect(pValue).toBeGreaterThanOrEqual(truth * (1 - tolerance));
        expect(anticonservative?.pValue).toBeLessThanOrEqual(truth * (1 + tolerance));
      }),
    );
  });

  it("bounds a 2 x 2 covariance matrix, whose cone is circular (weights by its solid angle)", () => {
    // [[a, b], [b, c]] is a cone about (1, 0, 1) / sqrt 2 of half-angle pi / 4 in the metric a^2 + 2 b^2 + c^2.
    const cap = Math.SQRT1_2;
    const weights = [(1 - cap) / 2, cap / 2, cap / 2, (1 - cap) / 2];
    const cone = weights.map((weight, degreesOfFreedom) => ({ degreesOfFreedom, weight }));
    fc.assert(
      fc.property(statistic, (x) => {
        const truth = chiSquareMixtureTail(x, cone);
        const { pValue, anticonservative } = likelihoodRatioTest(x, [restriction(0, 3)]);
        expect(pValue).toBeGreaterThan(truth);
        expect(anticonservative?.pValue).toBeLessThan(truth);
      }),
    );
  });
});
