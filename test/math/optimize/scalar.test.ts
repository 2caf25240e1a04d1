import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findRoot, findRootOutward } from "../../../src/math/optimize/findRoot.js";
import { reals } from "../reals.js";

describe("findRoot", () => {
  it.each<[string, (x: number) => number, number, number, number, number]>([
    ["a square root", (x) => x * x - 2, 0, 2, Math.SQRT2, 12],
    ["a sine's", (x) => Math.cos(x), 0, 3, Math.PI / 2, 12],
    ["a flat one", (x) => x ** 9, -1, 1.5, 0, 45],
    ["a steep one", (x) => Math.exp(x) - 1e-8, -50, 50, Math.log(1e-8), 20],
    ["a jump", (x) => (x > 0.3 ? 1 : -1), 0, 1, 0.3, 45],
    ["one beside infinite values", (x) => (x > 0.9 ? Infinity : x - 0.2), 0, 1, 0.2, 12],
    ["one at an end", (x) => x - 1, 1, 2, 1, 2],
  ])("finds %s root", (_name, f, lower, upper, root, most) => {
    for (const [from, to] of [
      [lower, upper],
      [upper, lower],
    ]) {
      const found = findRoot(f, from, to);
      expect(found.converged).toBe(true);
      expect(Math.abs(found.position - root)).toBeLessThanOrEqual(1e-10 * (upper - lower));
      expect(found.value).toBe(f(found.position));
      expect(found.evaluations).toBeLessThanOrEqual(most);
    }
  });

  it("finds the roots of random monotone cubics in few evaluations", () => {
    const number = reals(-1, 1);
    fc.assert(
      fc.property(number, reals(0.01, 9), (root, bend) => {
        const found = findRoot((x) => (x - root) * (1 + bend * (x - root) ** 2), -1.5, 1.2, { tolerance: 1e-9 });
        expect(Math.abs(found.position - root)).toBeLessThan(1e-9);
        expect(found.evaluations).toBeLessThan(20);
      }),
      { seed: 20263, numRuns: 500 },
    );
  });

  it("says why there is none", () => {
    expect(findRoot((x) => x * x + 1, -1, 2)).toMatchObject({
      converged: false,
      reason: "the function does not change its sign between -1 and 2",
    });
    const broken = findRoot((x) => (Math.abs(x) < 0.9 ? NaN : x), -1, 1);
    expect(broken.converged).toBe(false);
    expect(broken.reason).toContain("cannot be computed at 0");
    expect(findRoot((x) => x ** 3, -1, 2, { maxEvaluations: 5 })).toMatchObject({ converged: false, evaluations: 5 });
  });
});

describe("findRootOutward", () => {
  /** A signed root of a profile deviance, with the quantile taken off: nearly linear. */
  const profile = (x: number) => x * Math.sqrt(1 + 0.1 * x) - 1.96;

  it.each([1e-4, 0.1, 1.96, 3, 50])("finds a profile's end from a step of %d", (step) => {
    const found = findRootOutward(profile, 0, step, { tolerance: 1e-6 });
    expect(found.converged).toBe(true);
    expect(Math.abs(profile(found.position))).toBeLessThan(2e-6);
    expect(found.evaluations).toBeLessThan(20);
  });

  it("needs a handful of evaluations from a step of the right size", () => {
    const found = findRootOutward(profile, 0, 1.96, { valueTolerance: 1e-4 });
    expect(found.converged).toBe(true);
    expect(found.evaluations).toBeLessThan(7);
  });

  it("goes down as well as up", () => {
    expect(findRootOutward((x) => -x - 1.96, 0, -0.5).position).toBeCloseTo(-1.96, 9);
  });

  it("backs off from where the function cannot be computed", () => {
    const found = findRootOutward((x) => (x < 2 ? x - 1.96 : NaN), 0, 10);
    expect(found.converged).toBe(true);
    expect(found.position).toBeCloseTo(1.96, 9);
  });

  it("takes an infinite value for a change of sign", () => {
    expect(findRootOutward((x) => (x < 2 ? x - 1.96 : Infinity), 0, 10).position).toBeCloseTo(1.96, 8);
  });

  it("says how far it came where there is no root", () => {
    const limited = findRootOutward((x) => x - 5, 0, 1, { limit: 4 });
    expect(limited).toMatchObject({ converged: false, position: 4, value: -1 });
    expect(limited.reason).toContain("does not change its sign up to 4");
    const walled = findRootOutward((x) => (x < 1 ? x - 5 : NaN), 0, 3);
    expect(walled.converged).toBe(false);
    expect(walled.position).toBeGreaterThan(0.99);
    expect(walled.reason).toContain("cannot be computed beyond");
    const endless = findRootOutward((x) => Math.atan(x) - 2, 0, 1);
    expect(endless.converged).toBe(false);
    expect(findRootOutward(() => NaN, 0, 1).reason).toContain("cannot be computed at the start");
  });
});
