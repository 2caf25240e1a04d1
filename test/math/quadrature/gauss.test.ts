import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaussHermite } from "../../../src/math/quadrature/gaussHermite.js";
import { gaussLegendre } from "../../../src/math/quadrature/gaussLegendre.js";
import { applyRule, integrate } from "../../../src/math/quadrature/integrate.js";
import type { PositiveRule } from "../../../src/math/quadrature/QuadratureRule.js";
import { tridiagonalEigenvalues } from "../../../src/math/quadrature/tridiagonalEigenvalues.js";
import { reals } from "../reals.js";
import { integralOf, polynomialAt, polynomials } from "./polynomials.js";

interface HalfRule {
  readonly points: number;
  readonly nodes: readonly number[];
  readonly logWeights: readonly number[];
}

const path = "../../../validation/fixtures/quadrature/gauss.fixture.json";
const fixture: { hermite: readonly HalfRule[]; legendre: readonly HalfRule[] } = JSON.parse(
  readFileSync(new URL(path, import.meta.url), "utf8"),
);

/** Relative for nodes; absolute for log weights, relative to their size beyond 1; relative for sums. */
const NODE = 2e-15;
const LOG_WEIGHT = 1e-14;
const SUM = 1e-13;

function worstErrors(rule: PositiveRule, expected: HalfRule): { node: number; logWeight: number } {
  const half = rule.nodes.length - expected.nodes.length;
  const nodes = expected.nodes.map((node, i) => Math.abs(rule.nodes[half + i] - node) / Math.max(node, 1e-300));
  const weights = expected.logWeights.map(
    (weight, i) => Math.abs(rule.logWeights[half + i] - weight) / Math.max(1, Math.abs(weight)),
  );
  return { node: Math.max(...nodes), logWeight: Math.max(...weights) };
}

/** (degree - 1)!!, the even moments of the standard normal. */
function normalMoment(degree: number): number {
  if (degree % 2 === 1) return 0;
  let moment = 1;
  for (let k = degree - 1; k > 1; k -= 2) moment *= k;
  return moment;
}

describe("gaussHermite", () => {
  it.each(fixture.hermite.map((rule) => [rule.points, rule] as const))(
    "agrees with high precision at %d points",
    (points, rule) => {
      const errors = worstErrors(gaussHermite(points), rule);
      expect(errors.node).toBeLessThanOrEqual(NODE);
      expect(errors.logWeight).toBeLessThanOrEqual(LOG_WEIGHT);
    },
  );

  it("integrates moments of the normal up to degree 2 points - 1, and no further", () => {
    for (const points of [1, 2, 3, 5, 11, 25]) {
      const rule = gaussHermite(points);
      for (let degree = 0; degree <= 2 * points - 1; degree++) {
        const found = applyRule((x) => x ** degree, rule).value;
        expect(Math.abs(found - normalMoment(degree))).toBeLessThan(SUM * normalMoment(2 * Math.ceil(degree / 2)));
      }
      expect(Math.abs(applyRule((x) => x ** (2 * points), rule).value / normalMoment(2 * points) - 1)).toBeGreaterThan(
        1e-9,
      );
    }
  });

  it("is symmetric, ascending, and sums to one for every number of points to 200, and for 1000", () => {
    for (const points of [...Array.from({ length: 200 }, (_, i) => i + 1), 1000]) {
      const { nodes, weights, logWeights } = gaussHermite(points);
      expect(nodes).toEqual(nodes.map((_, i) => 0 - nodes[points - 1 - i]));
      expect(logWeights).toEqual(logWeights.slice().reverse());
      expect(nodes.every((node, i) => i === 0 || node > nodes[i - 1])).toBe(true);
      expect(logWeights.every(Number.isFinite)).toBe(true);
      expect(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1)).toBeLessThan(SUM);
    }
  });

  it("keeps log weights where the weights underflow", () => {
    const rule = gaussHermite(600);
    expect(rule.weights[0]).toBe(0);
    expect(rule.logWeights[0]).toBeLessThan(-1000);
  });

  it("has the physicists' scaling", () => {
    const [normal, physicist] = [gaussHermite(31), gaussHermite(31, "physicist")];
    normal.nodes.forEach((node, i) => {
      expect(physicist.nodes[i]).toBeCloseTo(node / Math.SQRT2, 13);
      expect(physicist.logWeights[i]).toBeCloseTo(normal.logWeights[i] + 0.5 * Math.log(Math.PI), 12);
    });
    expect(applyRule((x) => x * x, physicist).value).toBeCloseTo(Math.sqrt(Math.PI) / 2, 12);
  });

  it("gives a known expectation: cos of a normal", () => {
    expect(applyRule(Math.cos, gaussHermite(25)).value).toBeCloseTo(Math.exp(-0.5), 14);
  });

  it.each([0, -1, 2.5, NaN])("refuses %d points", (points) => {
    expect(() => gaussHermite(points)).toThrow(
      new RangeError(`the number of quadrature points must be a whole number of at least 1, not ${points}`),
    );
  });
});

describe("gaussLegendre", () => {
  it.each(fixture.legendre.map((rule) => [rule.points, rule] as const))(
    "agrees with high precision at %d points",
    (points, rule) => {
      const errors = worstErrors(gaussLegendre(points), rule);
      expect(errors.node).toBeLessThanOrEqual(NODE);
      expect(errors.logWeight).toBeLessThanOrEqual(1e-12);
    },
  );

  it("integrates random polynomials up to degree 2 points - 1 over random intervals", () => {
    const points = fc.integer({ min: 1, max: 12 });
    const ends = reals(-2, 2);
    fc.assert(
      fc.property(
        points.chain((n) => fc.tuple(fc.constant(n), polynomials(2 * n - 1))),
        ends,
        ends,
        ([n, c], from, to) => {
          const found = integrate((x) => polynomialAt(c, x), from, to, gaussLegendre(n)).value;
          const { value, size } = integralOf(c, from, to);
          expect(Math.abs(found - value)).toBeLessThanOrEqual(SUM * size);
        },
      ),
      { seed: 20264, numRuns: 300 },
    );
  });

  it("is not exact one degree further", () => {
    for (const n of [1, 3, 8]) {
      expect(Math.abs(integrate((x) => x ** (2 * n), -1, 1, gaussLegendre(n)).value - 2 / (2 * n + 1))).toBeGreaterThan(
        1e-6,
      );
    }
  });

  it("gives known integrals", () => {
    expect(integrate(Math.exp, 0, 1, gaussLegendre(12)).value).toBeCloseTo(Math.E - 1, 14);
    expect(integrate((x) => 1 / (1 + x * x), 0, 1, gaussLegendre(20)).value).toBeCloseTo(Math.PI / 4, 14);
  });
});

describe("tridiagonalEigenvalues", () => {
  it("gives the eigenvalues of the second difference, 2 - 2 cos(k pi / (n + 1))", () => {
    for (const n of [1, 2, 3, 10, 101]) {
      const found = tridiagonalEigenvalues(new Float64Array(n).fill(2), new Float64Array(n - 1).fill(-1));
      const errors = found.map((value, k) => Math.abs(value - (2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)))));
      expect(Math.max(...errors)).toBeLessThan(2e-14);
    }
  });

  it("takes matrices that fall into blocks", () => {
    const found = tridiagonalEigenvalues(Float64Array.of(3, 1, 2, 0), Float64Array.of(0, 1e-200, 1));
    const expected = [1 - Math.SQRT2, 1, 1 + Math.SQRT2, 3];
    expect(Math.max(...found.map((value, k) => Math.abs(value - expected[k])))).toBeLessThan(1e-15 * 4);
  });

  it("refuses numbers that are not finite", () => {
    expect(() => tridiagonalEigenvalues(Float64Array.of(1, 1), Float64Array.of(NaN))).toThrow("not finite");
  });
});
