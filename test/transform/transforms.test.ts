import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transformFor, type Unit } from "../../src/transform/transforms.js";

const intervals: readonly [number, number, Unit?][] = [
  [-Infinity, Infinity],
  [-Infinity, Infinity, { location: 300, scale: 56 }],
  [0, Infinity],
  [0, Infinity, { location: 3, scale: 0.02 }],
  [-2.5, Infinity],
  [-Infinity, 0],
  [-Infinity, 7],
  [0, 1],
  [-3, 12],
  [5, 5.001],
];
/** |u| up to which the distance to a bound keeps nine digits beside the bound itself. */
const REACH = 8;
const runs = { seed: 11, numRuns: 200 };
const unconstrained = fc.double({ min: -REACH, max: REACH, noNaN: true });

function numericalDerivative(f: (u: number) => number, u: number): number {
  const h = 1e-3;
  const slope = (step: number) => (f(u + step) - f(u - step)) / (2 * step);
  return (4 * slope(h / 2) - slope(h)) / 3;
}

describe("the choice of a transform", () => {
  it("follows the interval", () => {
    const names = intervals.map(([lower, upper]) => transformFor(lower, upper).name);
    expect(names).toEqual([
      "affine",
      "affine",
      "log",
      "log",
      "log",
      "upper",
      "upper",
      "interval",
      "interval",
      "interval",
    ]);
  });

  it("refuses an empty interval and one of infinite width between finite ends", () => {
    for (const [lower, upper] of [
      [1, 1],
      [2, 1],
      [NaN, 1],
      [Infinity, Infinity],
      [-1e308, 1e308],
    ])
      expect(() => transformFor(lower, upper)).toThrow(RangeError);
  });
});

describe.each(intervals)("the transform onto (%d, %d)", (lower, upper, unit) => {
  const transform = transformFor(lower, upper, unit);

  it("is a bijection", () => {
    fc.assert(
      fc.property(unconstrained, (u) => {
        const x = transform.constrain(u);
        expect(x > lower && x < upper).toBe(true);
        expect(Math.abs(transform.unconstrain(x) - u)).toBeLessThan(1e-7);
        expect(Math.abs(transform.constrain(transform.unconstrain(x)) - x)).toBeLessThan(1e-13 * (1 + Math.abs(x)));
      }),
      runs,
    );
  });

  it("has the derivatives and the Jacobian of finite differences", () => {
    fc.assert(
      fc.property(unconstrained, (u) => {
        const scale = Math.abs(transform.derivative(u));
        const rounding = 1e-12 * Math.abs(transform.constrain(u));
        const error = transform.derivative(u) - numericalDerivative(transform.constrain, u);
        expect(Math.abs(error)).toBeLessThan(1e-9 * scale + rounding);
        expect(Math.abs(transform.logAbsDetJacobian(u) - Math.log(scale))).toBeLessThan(1e-12);
        const numerical = numericalDerivative(transform.logAbsDetJacobian, u);
        expect(Math.abs(transform.logAbsDetJacobianDerivative(u) - numerical)).toBeLessThan(1e-9);
      }),
      runs,
    );
  });

  it("stays inside the open interval at the edges, with a finite Jacobian", () => {
    for (const u of [-1000, -700, -40, 40, 700]) {
      const x = transform.constrain(u);
      expect(x > lower && x < upper, `${x} at ${u}`).toBe(true);
      expect(Number.isFinite(transform.logAbsDetJacobian(u))).toBe(true);
      expect(Number.isFinite(transform.logAbsDetJacobianDerivative(u))).toBe(true);
    }
  });
});

describe("the interval transform", () => {
  it("keeps its digits near both ends of (-1, 0) and (0, 1)", () => {
    for (const u of [20, 100, 600]) {
      const distance = 1 / (1 + Math.exp(u));
      expect(transformFor(0, 1).constrain(-u) / distance).toBeCloseTo(1, 13);
      expect(transformFor(-1, 0).constrain(u) / distance).toBeCloseTo(-1, 13);
      expect(transformFor(0, 1).derivative(-u) / distance).toBeCloseTo(1, 8);
    }
  });
});
