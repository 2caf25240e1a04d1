import { describe, expect, it } from "vitest";
import { instantiate } from "../../src/kernel/instantiate.js";
import * as precise from "./highPrecision.js";

const { exports, buffer } = instantiate(65536 * 3);

type Apply = (address: number, bytes: number) => void;

function apply(vectorFunction: Apply, points: readonly number[]): Float64Array {
  const view = new Float64Array(buffer, 1024, points.length + (points.length % 2));
  view.set(points);
  vectorFunction(1024, view.byteLength);
  return view.slice(0, points.length);
}

/** `count` points from low to high, equally spaced. */
function grid(low: number, high: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => low + ((high - low) * (k + 0.37)) / count);
}

/** `count` points whose logs are equally spaced. */
function logGrid(low: number, high: number, count: number): number[] {
  return grid(Math.log(low), Math.log(high), count).map(Math.exp);
}

function worst(points: readonly number[], values: Float64Array, error: (x: number, value: number) => number): number {
  return points.reduce((most, x, k) => Math.max(most, error(x, values[k])), 0);
}

/** Largest relative errors over the 10,000 points of each test, in units of 1e-16. */
const allowed = { exp: 2.2, log: 2, log1p: 2, scaledNormalTail: 8 };

describe("vector functions against 256-bit arithmetic, 10,000 points each", () => {
  it("exp", () => {
    const points = [...grid(-707.7, 709.7, 5000), ...grid(-1, 1, 5000)];
    const error = worst(points, apply(exports.applyExp, points), (x, value) => {
      const reference = precise.exp(precise.fixed(x));
      return precise.relativeError(value, reference.value, -reference.exponent);
    });
    expect(error * 1e16).toBeLessThan(allowed.exp);
  });

  it("log", () => {
    const points = [...logGrid(1e-307, 1e308, 5000), ...grid(0.25, 4, 5000)];
    const error = worst(points, apply(exports.applyLog, points), (x, value) =>
      precise.relativeError(value, precise.log(x)),
    );
    expect(error * 1e16).toBeLessThan(allowed.log);
  });

  it("log1p", () => {
    const points = [...grid(-0.5, 1, 5000), ...logGrid(1e-30, 1, 2500), ...logGrid(1e-30, 0.5, 2500).map((x) => -x)];
    const error = worst(points, apply(exports.applyLog1p, points), (x, value) =>
      precise.relativeError(value, precise.log1p(x)),
    );
    expect(error * 1e16).toBeLessThan(allowed.log1p);
  });

  it("scaledNormalTail", () => {
    const points = [...grid(0, 40, 5000), ...logGrid(1e-10, 1e8, 5000)];
    const error = worst(points, apply(exports.applyScaledNormalTail, points), (x, value) =>
      precise.relativeError(value, precise.scaledNormalTail(precise.fixed(x))),
    );
    expect(error * 1e16).toBeLessThan(allowed.scaledNormalTail);
  });
});

describe("the oracle itself", () => {
  it("agrees with mpmath 1.3", () => {
    // mpmath.mp.dps = 40; exp(1.5), log(1.5), log1p(0.25), exp(z*z/2)*ncdf(-z) at z = 3 and z = 20, as integers times 1e-30
    const scaled = (x: bigint) => (x * 10n ** 30n) / precise.one;
    const { value, exponent } = precise.exp(precise.fixed(1.5));
    expect(scaled(value << BigInt(exponent))).toBe(4481689070338064822602055460119n);
    expect(scaled(precise.log(1.5))).toBe(405465108108164381978013115464n);
    expect(scaled(precise.log1p(0.25))).toBe(223143551314209755766295090309n);
    expect(scaled(precise.scaledNormalTail(precise.fixed(3)))).toBe(121513948355562167121206526063n);
    expect(scaled(precise.scaledNormalTail(precise.fixed(20)))).toBe(19897615648327031592108503935n);
  });
});

describe("vector functions at the ends of their domains", () => {
  it("exp is exactly 1 at 0, 0 far below, Infinity far above and NaN at NaN", () => {
    const values = apply(exports.applyExp, [0, -0, -709, -1e6, -Infinity, 709.79, 1e6, Infinity, Number.NaN]);
    expect([...values]).toEqual([1, 1, 0, 0, 0, Infinity, Infinity, Infinity, Number.NaN]);
  });

  it("exp reaches the largest double and the smallest normal one", () => {
    const [large, small] = apply(exports.applyExp, [709.782712893384, -707.7]);
    expect(large / Math.exp(709.782712893384)).toBeCloseTo(1, 12);
    expect(small / Math.exp(-707.7)).toBeCloseTo(1, 12);
  });

  it("log is exactly 0 at 1 and NaN for all that is no positive, normal, finite number", () => {
    const values = apply(exports.applyLog, [1, 0, -0, -1, 1e-310, Infinity, -Infinity, Number.NaN]);
    expect([...values]).toEqual([0, ...new Array(7).fill(Number.NaN)]);
  });

  it("log1p and the normal tail answer NaN to NaN", () => {
    expect([...apply(exports.applyLog1p, [0, Number.NaN])]).toEqual([0, Number.NaN]);
    expect(apply(exports.applyScaledNormalTail, [0, Number.NaN])[1]).toBeNaN();
  });
});
