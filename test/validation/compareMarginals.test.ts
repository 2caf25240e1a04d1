import { describe, expect, it } from "vitest";
import {
  compareMarginal,
  compareMarginals,
  type DrawnNumbers,
  furthest,
  marginalBounds,
  measures,
} from "../../validation/compareMarginals.js";

const drawn = (name: string): DrawnNumbers => ({
  name,
  mean: 1,
  sd: 0.5,
  q5: 0.2,
  median: 1,
  q95: 1.8,
  essBulk: 1e4,
  essTail: 1e4,
});
const reference = { parameters: [drawn("beta[x]")], randomEffects: [drawn("b[g, 1, Intercept]")] };

describe("marginals compared with draws", () => {
  it("differ in posterior sds, sds in their log ratio", () => {
    const { differences, errors } = compareMarginal(
      { name: "beta[x]", mean: 1.05, sd: 0.55, q5: 0.1, median: 0.95, q95: 1.85 },
      drawn("beta[x]"),
    );
    expect(differences.mean).toBeCloseTo(0.1, 12);
    expect(differences.sd).toBeCloseTo(Math.log(1.1), 12);
    expect([differences.q5, differences.median, differences.q95].map((x) => x.toFixed(6))).toEqual([
      "-0.200000",
      "-0.100000",
      "0.100000",
    ]);
    expect(errors.mean).toBeCloseTo(0.01, 12);
    // sqrt(0.05 * 0.95) / dnorm(qnorm(0.05)) in R is 2.113246.
    expect(errors.q5).toBeCloseTo(0.021132, 5);
  });

  for (const measure of measures)
    it(`fail where a ${measure} lies beyond its bound and four errors, and not before`, () => {
      const { errors } = compareMarginal(drawn("beta[x]"), drawn("beta[x]"));
      const allowed = marginalBounds[measure] + marginalBounds.errors * errors[measure];
      const shifted = (share: number) => {
        const { sd, ...rest } = drawn("beta[x]");
        const by = share * allowed;
        const value = measure === "sd" ? sd * Math.exp(by) : { ...rest, sd }[measure] + by * sd;
        return compareMarginals({ ...reference, parameters: [{ ...rest, sd, [measure]: value }] }, reference);
      };
      expect(shifted(0.99).failures).toEqual([]);
      expect(shifted(1.01).failures).toHaveLength(1);
      expect(shifted(1.01).failures[0]).toContain(`beta[x]: ${measure} is off by`);
      expect(furthest(shifted(1.01).parameters, measure)?.name).toBe("beta[x]");
    });

  it("fail where names do not agree, and where a number is none", () => {
    expect(compareMarginals({ ...reference, randomEffects: [] }, reference).failures).toEqual([
      "b[g, 1, Intercept]: in the reference, not in the fit",
    ]);
    expect(compareMarginals(reference, { ...reference, parameters: [] }).failures).toEqual([
      "beta[x]: not in the reference",
    ]);
    const broken = { ...reference, parameters: [{ ...drawn("beta[x]"), q5: Number.NaN }] };
    expect(compareMarginals(broken, reference).failures).toHaveLength(1);
  });
});
