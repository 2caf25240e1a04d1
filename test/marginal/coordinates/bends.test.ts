import fc from "fast-check";
import { expect, test } from "vitest";
import { fitBend } from "../../../src/marginal/coordinates/bends.js";
import { bendAt } from "../../../src/math/special/bend.js";
import { pausing, runSync } from "../../../src/math/steps.js";

const bends = fc.double({ min: 0, max: 3, noNaN: true });
const points = fc.double({ min: -10, max: 10, noNaN: true });
const STEP = 1e-5;

const bendOf = (logDensity: (w: number) => number, scale: number) => runSync(fitBend(pausing(logDensity), scale));

test("a bend rises everywhere, with the slope and curvature it tells", () => {
  fc.assert(
    fc.property(points, bends, (w, c) => {
      const [below, at, above] = [bendAt(w - STEP, c), bendAt(w, c), bendAt(w + STEP, c)];
      expect(at.slope).toBeGreaterThanOrEqual(1);
      expect(Math.abs((above.value - below.value) / (2 * STEP) - at.slope)).toBeLessThan(1e-6 * at.slope);
      expect(Math.abs((above.slope - below.slope) / (2 * STEP) - at.curvature)).toBeLessThan(1e-6 * at.slope);
    }),
  );
});

test("a bend leaves zero where it is and is straight far above", () => {
  expect(bendAt(0, 1.5).value).toBe(0);
  expect(bendAt(20, 1.5).slope).toBeCloseTo(1, 10);
  expect(bendAt(-3, 0)).toEqual({ value: -3, slope: 1, curvature: -0 });
});

test("a normal density is not bent", () => {
  expect(bendOf((w) => (-w * w) / 2, 1)).toBe(0);
});

test("an exponential tail is bent to fall as a normal density from 0 to -3", () => {
  const tail = (w: number) => (w > -1 ? (-w * w) / 2 : 0.5 + w);
  const c = bendOf(tail, 0.01);
  const far = bendAt(-3, c);
  expect(c).toBeGreaterThan(0);
  expect(tail(far.value) + Math.log(far.slope / bendAt(0, c).slope)).toBeCloseTo(-4.5, 0);
});

test("a bend is limited by the scale, which tells how steep the tail may become", () => {
  expect(bendOf((w) => 0.3 * w, 0.3)).toBeCloseTo(1, 1);
});
