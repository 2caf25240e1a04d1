import { describe, expect, it } from "vitest";
import { type DifferenceOptions, hessianByDifferences } from "../../../src/math/optimize/hessianByDifferences.js";
import { runSync } from "../../../src/math/steps.js";
import { logisticFits, logisticHessian, logisticObjective, rosenbrock, solve } from "./problems.js";

/** Errors relative to the diagonal, by the order of the formula. */
const TOLERANCE = { 1: 1e-3, 2: 1e-5, 4: 5e-7 };
const STANDARD_ERROR = 1e-5;

function worstError(found: Float64Array, exact: Float64Array): number {
  const n = Math.sqrt(exact.length);
  const errors = exact.map((value, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return Math.abs(found[at] - value) / Math.sqrt(exact[i * n + i] * exact[j * n + j]);
  });
  return Math.max(...errors);
}

describe("hessianByDifferences", () => {
  for (const order of [1, 2, 4] as const) {
    it.each(logisticFits)(`agrees with the analytic Hessian at order ${order}: %s`, (_name, fit) => {
      const at = Float64Array.from(fit.coefficients);
      const found = runSync(hessianByDifferences(logisticObjective(fit), at, { order }));
      expect(found.failed).toEqual([]);
      expect(worstError(found.hessian, logisticHessian(fit)(at))).toBeLessThan(TOLERANCE[order]);
    });
  }

  it.each(logisticFits)("gives the standard errors of glm: %s", (_name, fit) => {
    const { hessian } = runSync(hessianByDifferences(logisticObjective(fit), Float64Array.from(fit.coefficients)));
    const rows = fit.names.map((_, i) => [...hessian.slice(i * fit.names.length, (i + 1) * fit.names.length)]);
    fit.standardErrors.forEach((expected, i) => {
      const column = solve(
        rows,
        fit.names.map((_, j) => (i === j ? 1 : 0)),
      );
      expect(Math.abs(Math.sqrt(column?.[i] ?? NaN) / expected - 1)).toBeLessThan(STANDARD_ERROR);
    });
  });

  it("is exact on a quadratic gradient but for rounding, and symmetric", () => {
    const cubic = (x: Float64Array, gradient: Float64Array) => gradient.set([3 * x[0] ** 2 + x[1], x[0] + x[1]]);
    const { hessian } = runSync(hessianByDifferences(cubic, Float64Array.of(2, 1)));
    expect(worstError(hessian, Float64Array.of(12, 1, 1, 1))).toBeLessThan(1e-11);
    expect(hessian[1]).toBe(hessian[2]);
  });

  it("uses one, two or four gradients a coordinate where the scale is right", () => {
    const fit = logisticFits[0][1];
    const at = Float64Array.from(fit.coefficients);
    const gradient = new Float64Array(at.length);
    logisticObjective(fit)(at, gradient);
    const exact = logisticHessian(fit)(at);
    const scale = at.map((_, i) => 1 / Math.sqrt(exact[i * at.length + i]));
    const counts = ([1, 2, 4] as const).map((order) => {
      const options = { order, scale, gradient };
      return runSync(hessianByDifferences(logisticObjective(fit), at, options)).evaluations;
    });
    expect(counts).toEqual([at.length, 2 * at.length, 4 * at.length]);
  });

  it.each<[string, Partial<DifferenceOptions>]>([
    ["above a lower bound", { lower: [1, -9] }],
    ["below an upper bound", { upper: [1, 9] }],
    ["near a lower bound", { lower: [1 - 1e-7, -9] }],
    ["between bounds that are close together", { lower: [1 - 1e-4, 0], upper: [1 + 1e-4, 2] }],
  ])("keeps %s", (_name, options) => {
    const seen: number[] = [];
    const watched = (x: Float64Array, gradient: Float64Array) => {
      seen.push(x[0]);
      rosenbrock(x, gradient);
    };
    const exact = Float64Array.of(802, -400, -400, 200);
    const { hessian } = runSync(hessianByDifferences(watched, Float64Array.of(1, 1), options));
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(options.lower?.[0] ?? -Infinity);
    expect(Math.max(...seen)).toBeLessThanOrEqual(options.upper?.[0] ?? Infinity);
    expect(worstError(hessian, exact)).toBeLessThan(1e-6);
  });

  it("takes the side on which the gradient can be computed", () => {
    const oneSided = (x: Float64Array, gradient: Float64Array) => {
      gradient[0] = x[0] < 1 ? NaN : Math.exp(x[0]);
    };
    const { hessian } = runSync(hessianByDifferences(oneSided, Float64Array.of(1)));
    expect(Math.abs(hessian[0] / Math.E - 1)).toBeLessThan(1e-6);
  });

  it("names the coordinates that it cannot move", () => {
    const stuck = (x: Float64Array, gradient: Float64Array) => gradient.set([x[1] === 2 ? 3 * x[0] : NaN, NaN, x[2]]);
    const at = Float64Array.of(1, 2, 3);
    const { hessian, failed } = runSync(
      hessianByDifferences(
        (x, gradient) => {
          stuck(x, gradient);
          gradient[1] = x[1] === 2 ? 0 : NaN;
        },
        at,
        { lower: [-1, -1, 3], upper: [9, 9, 3] },
      ),
    );
    expect(failed).toEqual([1, 2]);
    expect(hessian[0]).toBeCloseTo(3, 9);
    expect([1, 2, 3, 4, 5, 6, 7, 8].map((k) => Number.isNaN(hessian[k]))).toEqual(new Array(8).fill(true));
  });

  it("finds a step that suits the curvature from a scale that is wrong by six decades", () => {
    for (const scale of [1e-6, 1e6]) {
      const { hessian } = runSync(
        hessianByDifferences((x, gradient) => gradient.set([Math.exp(x[0])]), Float64Array.of(0.5), {
          scale: [scale],
        }),
      );
      expect(Math.abs(hessian[0] / Math.exp(0.5) - 1)).toBeLessThan(TOLERANCE[4]);
    }
  });
});
