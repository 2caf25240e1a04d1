import { describe, expect, it } from "vitest";
import {
  bounds,
  type CaseComparison,
  compareCase,
  compareEstimates,
  type Estimate,
  effectsFailures,
  worst,
} from "../../validation/compare.js";

const estimate = (name: string, changes: Partial<Estimate> = {}): Estimate => ({
  name,
  mean: 1,
  sd: 0.5,
  mcse: 0.03,
  rhat: 1.002,
  essBulk: 5000,
  ...changes,
});

const effects = (count: number, changes: Partial<Estimate> = {}) =>
  Array.from({ length: count }, (_, i) => estimate(`b[g, ${i + 1}, Intercept]`, changes));

const reference = { parameters: [estimate("beta[x]"), estimate("sd[g, Intercept]")], randomEffects: effects(3) };

const withParameter = (changes: Partial<Estimate>) =>
  compareCase({ ...reference, parameters: [estimate("beta[x]", changes), estimate("sd[g, Intercept]")] }, reference);

const withEffects = (changes: Partial<Estimate>) =>
  compareCase({ ...reference, randomEffects: [...effects(1, changes), ...effects(3).slice(1)] }, reference);

describe("compareEstimates", () => {
  it("takes both sides' Monte Carlo errors in quadrature", () => {
    const ours = estimate("beta[x]", { mean: 1.1, sd: 0.55, mcse: 0.03, essBulk: 5000 });
    const theirs = estimate("beta[x]", { mcse: 0.04, essBulk: 1250 });
    const { z, logSdRatio, logSdRatioError } = compareEstimates(ours, theirs);
    expect(z).toBeCloseTo(0.1 / 0.05, 12);
    expect(logSdRatio).toBeCloseTo(Math.log(1.1), 12);
    expect(logSdRatioError).toBeCloseTo(Math.sqrt(0.01 ** 2 + 0.02 ** 2), 12);
  });
});

describe("compareCase", () => {
  it("passes a case that agrees", () => {
    const { failures, maxRhat, minEssBulk, effectsBeyondZ } = compareCase(reference, reference);
    expect({ failures, maxRhat, minEssBulk, effectsBeyondZ }).toEqual({
      failures: [],
      maxRhat: 1.002,
      minEssBulk: 5000,
      effectsBeyondZ: 0,
    });
  });

  it("fails a population parameter by its mean", () => {
    expect(withParameter({ mean: 1 + 3.9 * Math.hypot(0.03, 0.03) }).failures).toEqual([]);
    expect(withParameter({ mean: 1 - 4.1 * Math.hypot(0.03, 0.03) }).failures).toEqual([
      "beta[x]: |z| is 4.1000, must be below 4.0000",
    ]);
  });

  it("fails a population parameter by its sd, where the difference is more than noise", () => {
    const sd = 0.5 * Math.exp(0.09);
    expect(withParameter({ sd }).failures).toEqual(["beta[x]: |log sd ratio| is 0.0900, must be below 0.0566"]);
    expect(withParameter({ sd, essBulk: 500 }).failures).toEqual([]);
    expect(withParameter({ sd: 0.5 * Math.exp(-0.049), essBulk: 1e6 }).failures).toEqual([]);
  });

  it("fails R-hat, of random effects too", () => {
    expect(withParameter({ rhat: 1.0112 }).failures).toEqual(["beta[x]: R-hat is 1.0112, must be below 1.0100"]);
    expect(withEffects({ rhat: 1.0112 }).failures).toEqual([
      "b[g, 1, Intercept]: R-hat is 1.0112, must be below 1.0100",
    ]);
  });

  it("counts random effects beyond 4 and fails those beyond 5.5", () => {
    const at = (z: number) => withEffects({ mean: 1 + z * Math.hypot(0.03, 0.03) });
    expect(at(3.9)).toMatchObject({ effectsBeyondZ: 0, failures: [] });
    expect(at(4.5)).toMatchObject({ effectsBeyondZ: 1, failures: [] });
    expect(at(5.6)).toMatchObject({
      effectsBeyondZ: 1,
      failures: ["b[g, 1, Intercept]: |z| is 5.6000, must be below 5.5000"],
    });
  });

  it("fails names that only one side has", () => {
    const ours = { ...reference, parameters: [estimate("beta[x]"), estimate("sd[h, Intercept]")] };
    expect(compareCase(ours, reference).failures).toEqual([
      "sd[h, Intercept]: not in the reference",
      "sd[g, Intercept]: in the reference, not in the fit",
    ]);
    expect(compareCase({ ...reference, randomEffects: effects(2) }, reference).failures).toEqual([
      "b[g, 3, Intercept]: in the reference, not in the fit",
    ]);
  });

  it.each(["mean", "sd", "mcse", "essBulk", "rhat"] as const)("fails a parameter whose %s is NaN", (field) => {
    expect(withParameter({ [field]: NaN }).failures.length).toBeGreaterThan(0);
  });
});

describe("effectsFailures", () => {
  const cases = (effectCount: number, effectsBeyondZ: number): CaseComparison[] => [
    { ...compareCase(reference, { parameters: reference.parameters, randomEffects: [] }), effectsBeyondZ: 0 },
    {
      ...compareCase(
        { parameters: [], randomEffects: effects(effectCount) },
        { parameters: [], randomEffects: effects(effectCount) },
      ),
      effectsBeyondZ,
    },
  ];

  it("allows one in a thousand, over all cases", () => {
    expect(effectsFailures(cases(999, 0))).toEqual([]);
    expect(effectsFailures(cases(999, 1))).toEqual(["1 of 999 random effects beyond |z| = 4; allowed: 0"]);
    expect(effectsFailures(cases(1000, 1))).toEqual([]);
    expect(effectsFailures(cases(1999, 2))).toEqual(["2 of 1999 random effects beyond |z| = 4; allowed: 1"]);
  });
});

describe("worst", () => {
  it("is the furthest from zero, NaN before all", () => {
    const at = (name: string, z: number) => ({ name, z, logSdRatio: 0, logSdRatioError: bounds.logSdRatio });
    expect(worst([at("a", 1), at("b", -3), at("c", 2)], "z")?.name).toBe("b");
    expect(worst([at("a", 1), at("b", NaN), at("c", 2)], "z")?.name).toBe("b");
    expect(worst([], "z")).toBeNull();
  });
});
