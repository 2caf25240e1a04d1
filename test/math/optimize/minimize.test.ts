import { describe, expect, it } from "vitest";
import { minimize } from "../../../src/math/optimize/minimize.js";
import type { Objective } from "../../../src/math/optimize/Objective.js";
import { runSync } from "../../../src/math/steps.js";
import { bowl, logisticFits, logisticObjective, quadratic, rosenbrock } from "./problems.js";

/** In standard errors, and for values. */
const NEAR = 1e-4;
const VALUE = 1e-9;
const fill = (n: number, value: number) => new Array<number>(n).fill(value);

function distance(position: Float64Array, centre: number): number {
  return Math.max(...position.map((x) => Math.abs(x - centre)));
}

/** Counts the calls, to check the count that is reported. */
function counting(objective: Objective) {
  const calls = { count: 0 };
  const counted: Objective = (x, gradient) => {
    calls.count++;
    return objective(x, gradient);
  };
  return { calls, counted };
}

describe("minimize on smooth functions", () => {
  it.each([
    [2, [-1.2, 1], 60],
    [2, [5, -5], 120],
    [10, [-1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1, -1.2, 1], 160],
  ] as const)("finds Rosenbrock's minimum in %d dimensions from %j within %d evaluations", (_n, start, most) => {
    const { calls, counted } = counting(rosenbrock);
    const found = runSync(minimize(counted, start));
    expect(found.outcome).toBe("converged");
    expect(found.value).toBeLessThan(VALUE);
    expect(distance(found.position, 1)).toBeLessThan(NEAR);
    expect(found.evaluations).toBe(calls.count);
    expect(found.evaluations).toBeLessThan(most);
  });

  it("reports value and gradient at the position that it returns", () => {
    const found = runSync(minimize(rosenbrock, [-1.2, 1, 2]));
    const gradient = new Float64Array(3);
    expect(rosenbrock(found.position, gradient)).toBe(found.value);
    expect(gradient).toEqual(found.gradient);
  });

  it.each([
    ["the start's measured Hessian", {}, 40],
    ["scales that say nothing", { scale: fill(7, 1) }, 40],
  ])("finds the minimum of a bowl with curvatures from 1e-6 to 1e6 from %s", (_name, options, most) => {
    const curvatures = [-6, -4, -2, 0, 2, 4, 6].map((power) => 10 ** power);
    const found = runSync(minimize(bowl(curvatures, 3), [1000, -100, 50, 2, 2, 2, 2], options));
    const errors = found.position.map((x, i) => Math.abs(x - 3) * Math.sqrt(curvatures[i]));
    expect(found.converged).toBe(true);
    expect(Math.max(...errors)).toBeLessThan(NEAR);
    expect(found.evaluations).toBeLessThan(most);
  });

  it("takes 60 dimensions over twelve decades", () => {
    const curvatures = Array.from({ length: 60 }, (_, i) => 10 ** (-6 + (12 * i) / 59));
    const found = runSync(minimize(bowl(curvatures, 1), fill(60, 10)));
    expect(found.converged).toBe(true);
    expect(Math.max(...found.position.map((x, i) => Math.abs(x - 1) * Math.sqrt(curvatures[i])))).toBeLessThan(NEAR);
    expect(found.evaluations).toBeLessThan(200);
  });

  it("does not take a small gradient for a minimum where the metric knows better", () => {
    const flat = bowl([1e6, 1e-6], 0);
    const found = runSync(minimize(flat, [1e-9, 1000], { scale: [1, 1] }));
    expect(found.converged).toBe(true);
    expect(Math.abs(found.position[1]) * 1e-3).toBeLessThan(NEAR);
  });

  it("moves with a change of units", () => {
    const units = [1e-4, 1e3];
    const inUnits: Objective = (x, gradient) => {
      const value = rosenbrock(
        x.map((z, i) => z * units[i]),
        gradient,
      );
      gradient.forEach((slope, i) => {
        gradient[i] = slope * units[i];
      });
      return value;
    };
    const found = runSync(minimize(inUnits, [-1.2 / units[0], 1 / units[1]]));
    expect(found.converged).toBe(true);
    expect(found.value).toBeLessThan(VALUE);
    expect(found.evaluations).toBeLessThan(80);
  });

  it("needs one step where the Hessian is given exactly", () => {
    const matrix = Float64Array.of(4, 1, 1, 3);
    const found = runSync(minimize(quadratic(matrix, [1, 2]), [10, -10], { hessian: matrix, confirm: false }));
    expect(found).toMatchObject({ outcome: "converged", iterations: 1, evaluations: 2 });
    expect(found.value).toBeCloseTo(-15 / 22, 14);
  });

  it("leaves the given start, Hessian and bounds as they are", () => {
    const start = Float64Array.of(-1.2, 1);
    const hessian = Float64Array.of(800, 0, 0, 200);
    runSync(minimize(rosenbrock, start, { hessian }));
    expect([...start, ...hessian]).toEqual([-1.2, 1, 800, 0, 0, 200]);
  });
});

describe("minimize on logistic regressions", () => {
  it.each(logisticFits)("agrees with glm: %s", (_name, fit) => {
    const found = runSync(minimize(logisticObjective(fit), fill(fit.coefficients.length, 0)));
    const errors = found.position.map((x, j) => Math.abs(x - fit.coefficients[j]) / fit.standardErrors[j]);
    expect(found.converged).toBe(true);
    expect(Math.max(...errors)).toBeLessThan(NEAR);
    expect(Math.abs(-found.value - fit.logLikelihood)).toBeLessThan(VALUE);
    expect(found.evaluations).toBeLessThan(70);
  });

  it.each(logisticFits)("arrives from where all probabilities are 0 or 1: %s", (_name, fit) => {
    const found = runSync(minimize(logisticObjective(fit), fill(fit.coefficients.length, 5)));
    expect(found.converged).toBe(true);
    expect(Math.abs(-found.value - fit.logLikelihood)).toBeLessThan(VALUE);
    expect(found.evaluations).toBeLessThan(180);
  });

  it.each(logisticFits)("needs few evaluations from the Hessian at the solution: %s", (_name, fit) => {
    const objective = logisticObjective(fit);
    const { hessian } = runSync(minimize(objective, fill(fit.coefficients.length, 0)));
    const moved = fit.coefficients.map((x, j) => x + 0.3 * fit.standardErrors[j] * (-1) ** j);
    const found = runSync(minimize(objective, moved, { hessian, confirm: false }));
    expect(found.converged).toBe(true);
    expect(Math.abs(-found.value - fit.logLikelihood)).toBeLessThan(VALUE);
    expect(found.evaluations).toBeLessThan(14);
  });
});

/** x - log x, which exists for positive x alone. */
const barrier: Objective = (x, gradient) => {
  gradient[0] = 1 - 1 / x[0];
  return x[0] > 0 ? x[0] - Math.log(x[0]) : NaN;
};

describe("minimize where an objective misbehaves", () => {
  it.each([1e-6, 0.01, 3, 1e4])("backs off from where it is not finite, from %d", (start) => {
    const found = runSync(minimize(barrier, [start]));
    expect(found.converged).toBe(true);
    expect(Math.abs(found.position[0] - 1)).toBeLessThan(NEAR);
    expect(found.evaluations).toBeLessThan(60);
  });

  it("backs off where only the gradient is not finite", () => {
    const half: Objective = (x, gradient) => {
      gradient[0] = x[0] > 5 ? NaN : 2 * (x[0] - 4);
      return (x[0] - 4) ** 2;
    };
    expect(runSync(minimize(half, [-30], { scale: [1] })).position[0]).toBeCloseTo(4, 4);
  });

  it("says so where it cannot start", () => {
    const found = runSync(minimize(barrier, [-1]));
    expect(found).toMatchObject({ converged: false, outcome: "notFinite", evaluations: 1 });
    expect(found.reason).toContain("choose another start");
  });

  it("finds a point of a flat valley", () => {
    const valley: Objective = (x, gradient) => {
      const off = x[0] + x[1] - 1;
      gradient.set([off, off, 0]);
      return 0.5 * off * off;
    };
    const found = runSync(minimize(valley, [3, 5, 7]));
    expect(found.converged).toBe(true);
    expect(Math.abs(found.position[0] + found.position[1] - 1)).toBeLessThan(NEAR);
    expect(found.position[2]).toBe(7);
    expect(found.evaluations).toBeLessThan(40);
  });

  it("goes on where the curvature vanishes at the minimum", () => {
    const quartic: Objective = (x, gradient) => {
      gradient.set([4 * x[0] ** 3, 2 * x[1]]);
      return x[0] ** 4 + x[1] ** 2;
    };
    const found = runSync(minimize(quartic, [2, 2]));
    expect(found.converged).toBe(true);
    expect(found.value).toBeLessThan(VALUE);
  });

  /** Rosenbrock's function a thousand higher, with noise relative to it. */
  const noisy =
    (noise: number): Objective =>
    (x, gradient) =>
      (1000 + rosenbrock(x, gradient)) * (1 + noise * Math.sin(1e9 * x[0] + 1e10 * x[1]));

  it.each([1e-13, 1e-10, 1e-7])("is not misled by values with a relative noise of %d", (noise) => {
    const found = runSync(minimize(noisy(noise), [-1.2, 1], { valueNoise: 2 * noise, tolerance: 1e-8 }));
    expect(found.outcome).toBe("converged");
    expect(distance(found.position, 1)).toBeLessThan(NEAR);
    expect(found.evaluations).toBeLessThan(60);
  });

  it.each([1e-10, 1e-7])("gives up in time where a noise of %d was not announced", (noise) => {
    const found = runSync(minimize(noisy(noise), [-1.2, 1], { tolerance: 1e-8 }));
    expect(found.outcome).toBe("rounding");
    expect(distance(found.position, 1)).toBeLessThan(NEAR);
    expect(found.evaluations).toBeLessThan(120);
  });

  it("stops at the rounding of the values where the gradient is as coarse as they are", () => {
    const coarse: Objective = (x, gradient) => {
      gradient[0] = 2 * x[0] + 3e-5 * Math.sign(Math.sin(1e9 * x[0]));
      return 1e6 + x[0] * x[0];
    };
    const found = runSync(minimize(coarse, [3], { tolerance: 1e-12 }));
    expect(found.outcome).toBe("rounding");
    expect(found.reason).toContain("within the rounding of the objective");
  });

  it.each<[string, Objective]>([
    [
      "the gradient is not the objective's",
      (x, gradient) => {
        gradient[0] = 1;
        return -x[0];
      },
    ],
    [
      "the objective has a kink",
      (x, gradient) => {
        gradient[0] = Math.sign(x[0] - 0.3) + 2 * x[0];
        return Math.abs(x[0] - 0.3) + x[0] ** 2;
      },
    ],
  ])("says so where %s", (_name, objective) => {
    const found = runSync(minimize(objective, [1]));
    expect(found).toMatchObject({ converged: false, outcome: "stalled" });
    expect(found.reason).toContain("nothing lower is found along it");
  });

  it("says so where the objective has no minimum", () => {
    const falling: Objective = (x, gradient) => {
      gradient.set([-1, 2 * x[1]]);
      return x[1] * x[1] - x[0];
    };
    const found = runSync(minimize(falling, [0, 1]));
    expect(found).toMatchObject({ converged: false, outcome: "unbounded" });
    expect(found.reason).toContain("falls without end");
  });

  it("does not call the limit of iterations convergence", () => {
    const found = runSync(minimize(rosenbrock, [-1.2, 1], { maxIterations: 5 }));
    expect(found).toMatchObject({ converged: false, outcome: "iterations", iterations: 5 });
    expect(found.decrement).toBeGreaterThan(1e-3);
  });

  it.each([
    ["a saddle point", [0, 0]],
    ["a ridge through a saddle point", [1, 0]],
    ["a maximum", [0, 0.001]],
  ])("leaves %s", (_name, start) => {
    const saddle: Objective = (x, gradient) => {
      gradient.set([2 * x[0] - x[1], 4 * x[1] ** 3 - 2 * x[1] - x[0]]);
      return x[0] ** 2 - x[0] * x[1] - x[1] ** 2 + x[1] ** 4;
    };
    const found = runSync(minimize(saddle, start));
    expect(found.converged).toBe(true);
    expect(found.value).toBeCloseTo(-0.390625, 9);
  });

  it.each([
    [{ lower: [0] }, "1 lower bounds for a position of 2 coordinates"],
    [{ lower: [0, 2], upper: [1, 1] }, "bounds of coordinate 1 leave no room: lower 2, upper 1"],
    [{ upper: [NaN, 1] }, "bounds of coordinate 0 leave no room: lower -Infinity, upper NaN"],
    [{ hessian: new Float64Array(3) }, "a Hessian of 3 numbers for a position of 2 coordinates"],
    [{ scale: [1] }, "1 scales for a position of 2 coordinates"],
  ])("refuses %j", (options, message) => {
    expect(() => runSync(minimize(rosenbrock, [0, 0], options))).toThrow(new RangeError(message));
  });
});
