import { describe, expect, it } from "vitest";
import { inside, limitDensity } from "../../src/prior/limits.js";
import { priors } from "../../src/prior/priors.js";

function made(name: string, ...parameters: number[]) {
  const prior = priors.find((candidate) => candidate.name === name);
  if (prior === undefined) throw new Error(`no ${name}`);
  return prior.make(parameters);
}

describe("a log density at an end of its support", () => {
  it("is the limit from inside where that is finite", () => {
    expect(limitDensity(made("exponential", 2), 0)).toBeCloseTo(Math.log(2), 12);
    expect(limitDensity(made("half_normal", 3), 0)).toBeCloseTo(Math.log(2 / (3 * Math.sqrt(2 * Math.PI))), 12);
    expect(limitDensity(made("uniform", 1, 5), 5)).toBeCloseTo(-Math.log(4), 12);
    expect(limitDensity(made("uniform", 1, 5), 1 - 1e-14)).toBeCloseTo(-Math.log(4), 12);
    expect(limitDensity(made("flat"), 0)).toBe(0);
  });

  it("is infinite where that is", () => {
    expect(limitDensity(made("gamma", 2, 1), 0)).toBe(-Infinity);
    expect(limitDensity(made("lognormal", 0, 1), 0)).toBe(-Infinity);
    expect(limitDensity(made("inverse_gamma", 1, 1), 0)).toBe(-Infinity);
    expect(limitDensity(made("beta", 2, 3), 1)).toBe(-Infinity);
    expect(limitDensity(made("gamma", 0.5, 1), 0)).toBe(Infinity);
    expect(limitDensity(made("beta", 0.5, 0.5), 1)).toBe(Infinity);
  });

  it("is the density elsewhere, -Infinity outside", () => {
    const gamma = made("gamma", 2, 1);
    expect(limitDensity(gamma, 1.5)).toBe(gamma.logDensity(1.5));
    expect(limitDensity(gamma, -1)).toBe(-Infinity);
    expect(limitDensity(made("uniform", 1, 5), 5.1)).toBe(-Infinity);
    expect(inside(gamma, 1.5)).toBe(1.5);
    expect(inside(gamma, 0)).toBeGreaterThan(0);
  });
});
