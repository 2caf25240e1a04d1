import { describe, expect, it } from "vitest";
import { explore } from "../../../src/engine/inla/explore.js";
import { splitNormal } from "../../../src/marginal/exploration/axisShape.js";
import type { Spread } from "../../../src/marginal/exploration/spreads.js";
import type { Standardised } from "../../../src/marginal/exploration/standardised.js";
import { pausing, runSync } from "../../../src/math/steps.js";

/** z themselves as positions, with m of them. */
function plain(m: number): Standardised {
  return {
    mode: new Float64Array(m),
    order: Array.from({ length: m }, (_, k) => k),
    directions: Array.from({ length: m }, (_, k) => Float64Array.from({ length: m }, (__, i) => (i === k ? 1 : 0))),
    bends: new Array<number>(m).fill(0),
    flat: 0,
    logDeterminant: 0,
    logDeterminantOfHyperparameters: 0,
    hyperparameters: m,
  };
}

const spread = (below: number, above: number): Spread => ({
  shape: splitNormal(below, above),
  given: () => ({ centre: 0, logScale: 0, slopes: new Float64Array(3) }),
});
const even = (m: number) => Array.from({ length: m }, () => spread(1, 1));
const normal = (position: Float64Array) => ({
  position,
  covariance: new Float64Array(0),
  logDensity: position.reduce((total, z) => total - 0.5 * z * z - 0.5 * Math.log(2 * Math.PI), 0),
});

const grid = (spacing: number) => ({ kind: "grid", spacing }) as const;
const ccd = { kind: "ccd" } as const;

describe("the exploration of hyperparameters", () => {
  it("integrates a normal on a grid, whatever its spacing", () => {
    for (const m of [1, 2])
      for (const spacing of [1, 0.7, 0.4]) {
        const found = runSync(explore(plain(m), even(m), grid(spacing), pausing(normal)));
        expect(Math.abs(found.logIntegral)).toBeLessThan(3e-3);
        const variance = found.points.reduce((sum, { position }, k) => sum + found.weights[k] * position[0] ** 2, 0);
        expect(variance).toBeCloseTo(1, 1);
      }
  });

  it("integrates a normal exactly by a design, and one stretched along its half axes", () => {
    for (const m of [3, 5])
      expect(runSync(explore(plain(m), even(m), ccd, pausing(normal))).logIntegral).toBeCloseTo(0, 10);
    const spreads = [spread(0.7, 1.6), ...even(2)];
    const split = (position: Float64Array) => normal(position.map((z, k) => (k > 0 ? z : z / (z < 0 ? 0.7 : 1.6))));
    const found = runSync(
      explore(
        plain(3),
        spreads,
        ccd,
        pausing((position) => ({ ...split(position), position })),
      ),
    );
    expect(found.logIntegral).toBeCloseTo(Math.log((0.7 + 1.6) / 2), 1);
  });

  it("has by a product of rules the moments of a density that differs from the spreads' by a polynomial", () => {
    // N(0, I) times 1 + x / 8 + x y / 10.
    const off = ([x, y]: Float64Array) => Math.log(1 + x / 8 + (x * y) / 10);
    const found = runSync(
      explore(
        plain(3),
        even(3),
        { kind: "product", points: 3 },
        pausing((position) => ({
          ...normal(position),
          logDensity: normal(position).logDensity + off(position),
        })),
      ),
    );
    const mean = (of: (position: Float64Array) => number) =>
      found.points.reduce((total, { position }, k) => total + found.weights[k] * of(position), 0);
    expect(found.points.length).toBe(27);
    expect(found.logIntegral).toBeCloseTo(0, 10);
    expect(mean(([x]) => x)).toBeCloseTo(1 / 8, 10);
    expect(mean(([x, y]) => x * y)).toBeCloseTo(1 / 10, 10);
    expect(mean(([, , z]) => z * z)).toBeCloseTo(1, 10);
  });

  it("goes where the mass is, if it is not where the search starts", () => {
    const found = runSync(
      explore(
        plain(1),
        even(1),
        grid(0.5),
        pausing((position) => ({
          ...normal(position.map((z) => z - 3)),
          position,
        })),
      ),
    );
    expect(found.logIntegral).toBeCloseTo(0, 2);
  });

  it("leaves out what cannot be computed", () => {
    const found = runSync(
      explore(
        plain(1),
        even(1),
        grid(1),
        pausing((position) =>
          position[0] < -0.5 ? { ...normal(position), logDensity: Number.NEGATIVE_INFINITY } : normal(position),
        ),
      ),
    );
    expect(found.points.every(({ position }) => position[0] > -0.5)).toBe(true);
  });
});
