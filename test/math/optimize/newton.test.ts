import { describe, expect, it } from "vitest";
import { newton } from "../../../src/math/optimize/newton.js";
import type { Objective } from "../../../src/math/optimize/Objective.js";
import { runSync } from "../../../src/math/steps.js";
import { logisticFits, logisticHessian, logisticObjective, rosenbrock } from "./problems.js";

const VALUE = 1e-9;

describe("newton", () => {
  it.each(logisticFits)("needs few evaluations on a logistic regression: %s", (_name, fit) => {
    const start = fit.coefficients.map(() => 0);
    const found = runSync(newton(logisticObjective(fit), logisticHessian(fit), start));
    expect(found.outcome).toBe("converged");
    expect(Math.abs(-found.value - fit.logLikelihood)).toBeLessThan(VALUE);
    expect(found.evaluations).toBeLessThan(15);
  });

  it.each(logisticFits)("arrives from where all probabilities are 0 or 1: %s", (_name, fit) => {
    const start = fit.coefficients.map(() => 5);
    const found = runSync(newton(logisticObjective(fit), logisticHessian(fit), start));
    expect(found.outcome).toBe("converged");
    expect(Math.abs(-found.value - fit.logLikelihood)).toBeLessThan(VALUE);
    expect(found.evaluations).toBeLessThan(50);
  });

  it("descends where the Hessian is indefinite", () => {
    const hessianAt = ([x, y]: Float64Array) => Float64Array.of(2 - 400 * (y - 3 * x * x), -400 * x, -400 * x, 200);
    const found = runSync(newton(rosenbrock, hessianAt, [0, 1]));
    expect(found.converged).toBe(true);
    expect(found.value).toBeLessThan(VALUE);
    expect(found.evaluations).toBeLessThan(40);
  });

  it("keeps to the bounds, and leaves a maximum at one", () => {
    const even: Objective = (x, gradient) => {
      gradient[0] = 4 * x[0] ** 3 - x[0];
      return x[0] ** 4 - 0.5 * x[0] ** 2;
    };
    const found = runSync(newton(even, ([x]) => Float64Array.of(12 * x * x - 1), [0], { lower: [0] }));
    expect(found.position[0]).toBeCloseTo(0.5, 8);
    const held = runSync(newton(even, ([x]) => Float64Array.of(12 * x * x - 1), [2], { lower: [0.7] }));
    expect([...held.position]).toEqual([0.7]);
    expect(held.activeBounds).toEqual([{ coordinate: 0, bound: "lower" }]);
  });
});
