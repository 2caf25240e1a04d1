import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adaptive } from "../../../src/math/quadrature/adaptive.js";
import { composite, simpson, trapezoidal } from "../../../src/math/quadrature/composite.js";
import { gaussHermite } from "../../../src/math/quadrature/gaussHermite.js";
import { gaussLegendre } from "../../../src/math/quadrature/gaussLegendre.js";
import { integrate } from "../../../src/math/quadrature/integrate.js";
import { newtonCotes } from "../../../src/math/quadrature/newtonCotes.js";
import { productRule } from "../../../src/math/quadrature/productRule.js";
import type { QuadratureRule } from "../../../src/math/quadrature/QuadratureRule.js";
import { reals } from "../reals.js";
import { integralOf, polynomialAt, polynomials } from "./polynomials.js";

const SUM = 1e-13;
const total = (numbers: Float64Array) => numbers.reduce((sum, x) => sum + x, 0);

/** Random polynomials of the degree that the rule should integrate exactly, over random intervals. */
function expectExact(rules: fc.Arbitrary<readonly [QuadratureRule, number]>, seed: number): void {
  const ends = reals(-1.5, 1.5);
  const cases = rules.chain(([rule, degree]) => fc.tuple(fc.constant(rule), polynomials(degree)));
  fc.assert(
    fc.property(cases, ends, ends, ([rule, coefficients], from, to) => {
      const found = integrate((x) => polynomialAt(coefficients, x), from, to, rule).value;
      const { value, size } = integralOf(coefficients, from, to);
      const loss = rule.weights.reduce((sum, weight) => sum + Math.abs(weight), 0);
      expect(Math.abs(found - value)).toBeLessThanOrEqual(SUM * size * loss);
    }),
    { seed, numRuns: 200 },
  );
}

describe("newtonCotes", () => {
  it("has the weights of the textbooks", () => {
    const times = (rule: QuadratureRule, factor: number) => [...rule.weights].map((weight) => weight * factor);
    expect(times(newtonCotes(2), 1)).toEqual([1, 1]);
    expect(times(newtonCotes(3), 3)).toEqual([1, 4, 1]);
    expect(times(newtonCotes(4), 4)).toEqual([1, 3, 3, 1]);
    expect(times(newtonCotes(5), 45)).toEqual([7, 32, 12, 32, 7]);
    expect(times(newtonCotes(1, "open"), 1)).toEqual([2]);
    expect(times(newtonCotes(3, "open"), 3)).toEqual([4, -2, 4]);
    expect([...newtonCotes(4).nodes]).toEqual([-1, -1 / 3, 1 / 3, 1]);
    expect([...newtonCotes(3, "open").nodes]).toEqual([-0.5, 0, 0.5]);
  });

  it("is exact up to degree points - 1, and one more where points is odd", () => {
    const degree = (points: number) => points - 1 + (points % 2);
    const closed = fc.integer({ min: 2, max: 21 }).map((n) => [newtonCotes(n), degree(n)] as const);
    const open = fc.integer({ min: 1, max: 15 }).map((n) => [newtonCotes(n, "open"), degree(n)] as const);
    expectExact(fc.oneof(closed, open), 20265);
    expect(Math.abs(integrate((x) => x ** 4, -1, 1, newtonCotes(3)).value - 2 / 5)).toBeGreaterThan(0.1);
  });

  it("has negative weights where its docstring says", () => {
    const negative = (ends: "closed" | "open", least: number) =>
      Array.from({ length: 20 }, (_, i) => i + least).filter((n) => newtonCotes(n, ends).weights.some((w) => w < 0));
    expect(negative("closed", 2).slice(0, 3)).toEqual([9, 11, 12]);
    expect(negative("open", 1).slice(0, 3)).toEqual([3, 5, 6]);
  });

  it("diverges on Runge's function where Gauss-Legendre converges", () => {
    const runge = (x: number) => 1 / (1 + 25 * x * x);
    const exact = (2 / 5) * Math.atan(5);
    const error = (rule: QuadratureRule) => Math.abs(integrate(runge, -1, 1, rule).value - exact);
    expect(error(newtonCotes(31))).toBeGreaterThan(10 * error(newtonCotes(11)));
    expect(error(gaussLegendre(31))).toBeLessThan(0.01 * error(gaussLegendre(11)));
  });

  it.each([
    [1, "closed", "the number of quadrature points must be a whole number of at least 2, not 1"],
    [0, "open", "the number of quadrature points must be a whole number of at least 1, not 0"],
    [51, "closed", "Newton-Cotes rules have at most 50 points, not 51"],
  ] as const)("refuses %d points, %s", (points, ends, message) => {
    expect(() => newtonCotes(points, ends)).toThrow(new RangeError(message));
  });
});

describe("composite rules", () => {
  it("are exact for what one panel is exact for", () => {
    const panels = fc.integer({ min: 1, max: 9 });
    expectExact(
      fc.oneof(
        panels.map((n) => [simpson(n), 3] as const),
        panels.map((n) => [trapezoidal(n + 1), 1] as const),
        panels.map((n) => [composite(gaussLegendre(3), n), 5] as const),
        panels.map((n) => [composite(newtonCotes(2, "open"), n), 1] as const),
      ),
      20266,
    );
  });

  it("share the ends of their panels", () => {
    expect([...simpson(2).nodes]).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect([...simpson(2).weights].map((weight) => 6 * weight)).toEqual([1, 4, 2, 4, 1]);
    expect([...trapezoidal(4).nodes]).toEqual([-1, -1 / 3, 1 / 3, 1]);
    expect(composite(gaussLegendre(3), 4).nodes.length).toBe(12);
  });

  it.each<[string, (panels: number) => QuadratureRule, number]>([
    ["trapezoidal", (panels) => trapezoidal(panels + 1), 2],
    ["simpson", simpson, 4],
    ["two Gauss points", (panels) => composite(gaussLegendre(2), panels), 4],
  ])("%s converges at its order", (_name, rule, order) => {
    const error = (panels: number) => Math.abs(integrate(Math.exp, 0, 1, rule(panels)).value - (Math.E - 1));
    expect(Math.log2(error(8) / error(16))).toBeCloseTo(order, 1);
  });

  it("the trapezoidal rule is exact on trigonometric polynomials over a period", () => {
    expect(integrate((x) => Math.cos(3 * x) ** 2, 0, 2 * Math.PI, trapezoidal(9)).value).toBeCloseTo(Math.PI, 13);
  });

  it("refuses what cannot be repeated", () => {
    expect(() => composite(gaussHermite(3), 2)).toThrow("a rule on an infinite interval cannot be repeated on panels");
    expect(() => trapezoidal(1)).toThrow("at least 2, not 1");
    expect(() => simpson(0)).toThrow("the number of panels must be a whole number of at least 1, not 0");
  });
});

describe("integrate", () => {
  it("changes the sign with the direction", () => {
    for (const rule of [gaussLegendre(9), simpson(50), adaptive()]) {
      expect(integrate(Math.exp, 1, 0, rule).value).toBeCloseTo(1 - Math.E, 8);
      expect(integrate(Math.exp, 2, 2, rule).value).toBe(0);
    }
  });

  it("names a place where the integrand is not finite", () => {
    const found = integrate((x) => 1 / x, 0, 1, trapezoidal(3));
    expect(found).toMatchObject({ converged: false, error: null, reason: "the integrand is not finite at 0" });
  });

  it("refuses limits that the rule cannot reach", () => {
    expect(() => integrate(Math.exp, -Infinity, 0, gaussLegendre(5))).toThrow(RangeError);
    expect(() => integrate(Math.exp, 0, 1, gaussHermite(5))).toThrow("use applyRule for Gauss-Hermite");
    expect(() => integrate(Math.exp, NaN, 1, adaptive())).toThrow("cannot integrate from NaN to 1");
  });
});

describe("adaptive quadrature", () => {
  it.each<[string, (x: number) => number, number, number, number, number]>([
    ["exp", Math.exp, 0, 1, Math.E - 1, 15],
    ["a peak", (x) => 1 / (1e-4 + x * x), -1, 1, 200 * Math.atan(100), 600],
    ["a square root", Math.sqrt, 0, 1, 2 / 3, 700],
    ["an infinite end", (x) => 1 / Math.sqrt(x), 0, 1, 2, 2100],
    ["a kink", (x) => Math.abs(x - 0.3), 0, 1, 0.29, 1000],
    ["an oscillation", (x) => Math.cos(100 * x), 0, 1, Math.sin(100) / 100, 1000],
    ["the normal density", (x) => Math.exp(-0.5 * x * x), -Infinity, Infinity, Math.sqrt(2 * Math.PI), 400],
    ["half a line", (x) => x * Math.exp(-x), 0, Infinity, 1, 300],
    ["the other half", (x) => Math.exp(3 * x), -Infinity, 2, Math.exp(6) / 3, 300],
    ["heavy tails", (x) => 1 / (1 + x * x), -Infinity, Infinity, Math.PI, 200],
  ])("integrates %s within its error", (_name, f, lower, upper, exact, most) => {
    const found = integrate(f, lower, upper, adaptive());
    expect(found.converged).toBe(true);
    expect(Math.abs(found.value - exact)).toBeLessThanOrEqual(Math.max(found.error ?? 0, 1e-14 * Math.abs(exact)));
    expect(found.error).toBeLessThanOrEqual(1e-10 * Math.abs(found.value));
    expect(found.evaluations).toBeLessThan(most + 1);
  });

  it("has the degrees of exactness of 15 Kronrod and 7 Gauss points", () => {
    const once = adaptive({ absoluteError: 1e9 });
    const error = (degree: number) => Math.abs(integrate((x) => x ** degree, -1, 1, once).value - 2 / (degree + 1));
    for (let degree = 0; degree <= 22; degree += 2) expect(error(degree)).toBeLessThan(1e-15 * 4);
    expect(error(24)).toBeGreaterThan(1e-12);
    expect(integrate((x) => x ** 12, -1, 1, once).error).toBeLessThan(1e-13);
    expect(integrate((x) => x ** 14, -1, 1, once).error).toBeGreaterThan(1e-9);
  });

  it("has the nodes of high precision", () => {
    const url = new URL("../../../validation/fixtures/quadrature/gauss.fixture.json", import.meta.url);
    const { kronrod }: { kronrod: { nodes: number[] } } = JSON.parse(readFileSync(url, "utf8"));
    const seen = new Set<number>();
    integrate((x) => seen.add(Math.abs(x)).size, -1, 1, adaptive({ absoluteError: 1e9 }));
    expect([...seen].sort((a, b) => a - b)).toEqual(kronrod.nodes);
  });

  it("reports the limit of evaluations", () => {
    const found = integrate((x) => 1 / x, 0, 1, adaptive({ maxEvaluations: 300 }));
    expect(found.converged).toBe(false);
    expect(found.evaluations).toBe(285);
    expect(found.reason).toContain("the limit of 300 evaluations was reached");
    expect(found.error).toBeGreaterThan(1);
  });

  it("reports where rounding is in the way", () => {
    const found = integrate((x) => Math.exp(-x), 0, Infinity, adaptive({ relativeError: 1e-17 }));
    expect(found.converged).toBe(false);
    expect(found.reason).toContain("rounding keeps the error at");
    expect(found.value).toBeCloseTo(1, 14);
  });

  it("names a place where the integrand is not finite, in the integrand's own units", () => {
    const found = integrate((x) => (x > 5 ? NaN : Math.exp(-x)), 0, Infinity, adaptive());
    expect(found.converged).toBe(false);
    expect(Number(found.reason.match(/not finite at (.*)/)?.[1])).toBeGreaterThan(5);
  });

  it("refuses options that make no sense", () => {
    expect(() => adaptive({ relativeError: 0 })).toThrow("not both 0");
    expect(() => adaptive({ maxEvaluations: 10 })).toThrow("at least 15 evaluations, not 10");
  });
});

describe("productRule", () => {
  it("has every combination of nodes once, the last coordinate fastest", () => {
    const { nodes, logWeights, count } = productRule(gaussHermite(2), 3);
    expect(count).toBe(8);
    expect(nodes.length).toBe(24);
    expect([...nodes.slice(0, 6)].map(Math.sign)).toEqual([-1, -1, -1, -1, -1, 1]);
    logWeights.forEach((weight) => {
      expect(weight).toBeCloseTo(-3 * Math.LN2, 14);
    });
  });

  it("integrates products of powers under independent normals", () => {
    const moments = [1, 0, 1, 0, 3, 0, 15, 0, 105];
    const powers = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(powers, (degrees) => {
        const q = degrees.length;
        const { nodes, logWeights } = productRule(gaussHermite(5), q);
        const found = logWeights.reduce(
          (sum, weight, i) =>
            sum + Math.exp(weight) * degrees.reduce((f, power, d) => f * nodes[i * q + d] ** power, 1),
          0,
        );
        const expected = degrees.reduce((product, power) => product * moments[power], 1);
        const size = degrees.reduce((product, power) => product * moments[power + (power % 2)], 1);
        expect(Math.abs(found - expected)).toBeLessThan(SUM * size);
      }),
      { seed: 20267, numRuns: 100 },
    );
  });

  it("prunes only where asked, and only the light points", () => {
    const whole = productRule(gaussHermite(15), 2);
    const pruned = productRule(gaussHermite(15), 2, { pruneBelow: 1e-8 });
    const limit = Math.max(...whole.logWeights) + Math.log(1e-8);
    expect([...pruned.logWeights]).toEqual([...whole.logWeights].filter((weight) => weight >= limit));
    expect(pruned.nodes.length).toBe(2 * pruned.count);
    expect(pruned.count).toBeLessThan(whole.count);
    const lost = 1 - total(pruned.logWeights.map(Math.exp));
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThan(1e-6);
  });

  it("refuses what memory cannot hold", () => {
    expect(() => productRule(gaussHermite(100), 5)).toThrow(
      new RangeError(
        "100 quadrature points in 5 dimensions make 1.00e+10 nodes, more than memory holds; use fewer points",
      ),
    );
    expect(() => productRule(gaussHermite(3), 0)).toThrow("the number of dimensions");
  });
});
