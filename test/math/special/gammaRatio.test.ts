import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { logChoose, logGammaRatio, logGammaRatioDerivative } from "../../../src/math/special/gammaRatio.js";
import { lgamma } from "../../../src/math/special/lgamma.js";
import { logFactorial } from "../../../src/math/special/logFactorial.js";

const path = "../../../validation/fixtures/distributions/families/special.fixture.json";
const fixture: Record<string, readonly number[][]> = JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
const TOLERANCE = 1e-13;

function relativeErrors(name: string, f: (...point: number[]) => number): number[] {
  return fixture[name].map((row) => {
    const expected = row[row.length - 1];
    const error = Math.abs(f(...row.slice(0, -1)) - expected);
    return expected === 0 ? error : error / Math.abs(expected);
  });
}

describe("gamma functions and their ratios", () => {
  it.each([
    ["lgamma", lgamma],
    ["logFactorial", logFactorial],
    ["logGammaRatio", logGammaRatio],
    ["logGammaRatioDerivative", logGammaRatioDerivative],
    ["logChoose", logChoose],
  ])("%s agrees with high precision", (name, f) => {
    const errors = relativeErrors(name, f);
    expect(errors.length).toBeGreaterThan(5);
    expect(Math.max(...errors)).toBeLessThan(TOLERANCE);
  });

  it("is exactly nothing for a single event", () => {
    for (const a of [1e-8, 0.3, 7, 1e9]) expect([logGammaRatio(a, 1), logGammaRatioDerivative(a, 1)]).toEqual([0, 0]);
  });

  it("gives log choose the symmetry of its arguments", () => {
    expect(logChoose(12, 5)).toBeCloseTo(Math.log(792), 14);
    for (const k of [0, 1, 13, 50]) expect(logChoose(101, k)).toBe(logChoose(101, 101 - k));
  });
});
