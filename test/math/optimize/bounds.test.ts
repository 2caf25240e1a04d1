import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { minimizeBoxQuadratic } from "../../../src/math/optimize/boxQuadratic.js";
import { minimize } from "../../../src/math/optimize/minimize.js";
import type { Objective } from "../../../src/math/optimize/Objective.js";
import { runSync } from "../../../src/math/steps.js";
import { reals } from "../reals.js";
import { bowl, quadratic, rosenbrock, solve } from "./problems.js";

const VALUE = 1e-9;
const POSITION = 1e-6;

interface Problem {
  readonly matrix: Float64Array;
  readonly linear: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

/** A'A + a little, scaled over six decades, with bounds of every kind. */
const problems: fc.Arbitrary<Problem> = fc.integer({ min: 1, max: 4 }).chain((n) => {
  const numbers = (count: number, min: number, max: number) =>
    fc.array(reals(min, max), { minLength: count, maxLength: count });
  const low = fc.oneof(fc.constant(-Infinity), fc.constant(0), reals(-2, 0));
  const high = fc.oneof(fc.constant(Infinity), fc.constant(0), reals(0, 2));
  const bounds = (side: fc.Arbitrary<number>) => fc.array(side, { minLength: n, maxLength: n });
  return fc
    .tuple(numbers(n * n, -1, 1), numbers(n, -2, 2), numbers(n, -3, 3), bounds(low), bounds(high))
    .map(([root, powers, pulls, lower, upper]) => {
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          for (let k = 0; k < n; k++) matrix[i * n + j] += root[k * n + i] * root[k * n + j];
          if (i === j) matrix[i * n + j] += 0.05;
          matrix[i * n + j] *= 10 ** (powers[i] + powers[j]);
        }
      }
      return { matrix, linear: pulls.map((pull, i) => pull * 10 ** powers[i]), lower, upper };
    });
});

/** The minimum over the box: the best feasible one among the stationary points of all faces. */
function bestFace({ matrix, linear, lower, upper }: Problem): number {
  const n = linear.length;
  const objective = quadratic(matrix, linear);
  let best = Infinity;
  for (let code = 0; code < 3 ** n; code++) {
    const sides = linear.map((_, i) => Math.floor(code / 3 ** i) % 3);
    const fixed = sides.map((side, i) => (side === 0 ? 0 : side === 1 ? lower[i] : upper[i]));
    if (!fixed.every(Number.isFinite)) continue;
    const free = sides.flatMap((side, i) => (side === 0 ? [i] : []));
    const slopes = free.map((i) => -linear[i] - fixed.reduce((sum, x, j) => sum + matrix[i * n + j] * x, 0));
    const inner = solve(
      free.map((i) => free.map((j) => matrix[i * n + j])),
      slopes,
    );
    if (inner === null) continue;
    const position = Float64Array.from(fixed);
    free.forEach((i, k) => {
      position[i] = inner[k];
    });
    if (position.every((x, i) => x >= lower[i] && x <= upper[i])) {
      best = Math.min(best, objective(position, new Float64Array(n)));
    }
  }
  return best;
}

const boxOf = ({ lower, upper }: Problem) => ({ lower: Float64Array.from(lower), upper: Float64Array.from(upper) });
const isInside = (x: Float64Array, { lower, upper }: Problem) => x.every((xi, i) => xi >= lower[i] && xi <= upper[i]);

describe("minimizeBoxQuadratic", () => {
  it("agrees with the enumeration of all faces", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        const { step, decrease } = minimizeBoxQuadratic(
          problem.matrix,
          Float64Array.from(problem.linear),
          boxOf(problem),
        );
        const best = bestFace(problem);
        expect(isInside(step, problem)).toBe(true);
        expect(Math.abs(-decrease - best)).toBeLessThan(VALUE * (1 + Math.abs(best)));
      }),
      { seed: 20261, numRuns: 500 },
    );
  });

  it("ends at the bounds exactly", () => {
    const box = { lower: Float64Array.of(-0.1, -Infinity), upper: Float64Array.of(Infinity, 0.3) };
    const { step, side } = minimizeBoxQuadratic(Float64Array.of(1, 0, 0, 1), Float64Array.of(5, -7), box);
    expect([...step, ...side]).toEqual([-0.1, 0.3, -1, 1]);
  });

  it("refuses a Hessian that is not positive definite", () => {
    const box = { lower: Float64Array.of(-1), upper: Float64Array.of(1) };
    expect(() => minimizeBoxQuadratic(Float64Array.of(-1), Float64Array.of(1), box)).toThrow("not positive definite");
  });
});

describe("minimize within bounds", () => {
  it("agrees with the enumeration of all faces on convex quadratics", () => {
    fc.assert(
      fc.property(problems, fc.infiniteStream(reals(-3, 3)), (problem, starts) => {
        const start = problem.linear.map(() => starts.next().value);
        const found = runSync(minimize(quadratic(problem.matrix, problem.linear), start, problem));
        const best = bestFace(problem);
        expect(found.converged).toBe(true);
        expect(isInside(found.position, problem)).toBe(true);
        expect(Math.abs(found.value - best)).toBeLessThan(VALUE * (1 + Math.abs(best)));
      }),
      { seed: 20262, numRuns: 300 },
    );
  });

  it("names the bounds that hold the minimum", () => {
    const found = runSync(
      minimize(bowl([1, 1, 1, 1], 2), [1, 1, 1, 1], { lower: [0, 3, -9, 0], upper: [1.5, 9, 9, 2.5] }),
    );
    expect(found.activeBounds).toEqual([
      { coordinate: 0, bound: "upper" },
      { coordinate: 1, bound: "lower" },
    ]);
    expect([...found.position.slice(0, 2)]).toEqual([1.5, 3]);
    expect(found.position[2]).toBeCloseTo(2, 5);
  });

  it("finds a minimum that lies close to a bound, but not at it", () => {
    const close: Objective = (x, gradient) => {
      gradient.set([2 * (x[0] - 1e-4) + 0.5 * (x[1] - 1), 2 * (x[1] - 1) + 0.5 * (x[0] - 1e-4)]);
      return (x[0] - 1e-4) ** 2 + (x[1] - 1) ** 2 + 0.5 * (x[0] - 1e-4) * (x[1] - 1);
    };
    for (const start of [
      [0, 0],
      [1, 1],
      [1e-9, 5],
    ]) {
      const found = runSync(minimize(close, start, { lower: [0, 0] }));
      expect(found.converged).toBe(true);
      expect(found.activeBounds).toEqual([]);
      expect(Math.abs(found.position[0] - 1e-4)).toBeLessThan(1e-5);
    }
  });

  it("crosses from one bound to the other along a curved valley", () => {
    const found = runSync(minimize(rosenbrock, [-0.5, 0], { lower: [-0.5, -1], upper: [0.8, 2] }));
    expect(found.converged).toBe(true);
    expect(found.activeBounds).toEqual([{ coordinate: 0, bound: "upper" }]);
    expect(Math.abs(found.position[1] - 0.64)).toBeLessThan(POSITION);
    expect(found.value).toBeCloseTo(0.04, 10);
  });

  it("holds a coordinate whose bounds coincide", () => {
    const found = runSync(minimize(rosenbrock, [0, 0, 0], { lower: [-9, 0.25, -9], upper: [9, 0.25, 9] }));
    const other = runSync(
      minimize(
        (x, gradient) => {
          const whole = new Float64Array(3);
          const value = rosenbrock(Float64Array.of(x[0], 0.25, x[1]), whole);
          gradient.set([whole[0], whole[2]]);
          return value;
        },
        [0, 0],
      ),
    );
    expect(found.converged).toBe(true);
    expect(found.position[1]).toBe(0.25);
    expect(Math.abs(found.value - other.value)).toBeLessThan(VALUE);
  });

  it("starts from the nearest position within the bounds", () => {
    const seen: number[] = [];
    const watched: Objective = (x, gradient) => {
      seen.push(...x);
      return bowl([1], 0)(x, gradient);
    };
    runSync(minimize(watched, [-5], { lower: [2], upper: [3] }));
    expect(seen[0]).toBe(2);
    expect(seen.every((x) => x >= 2 && x <= 3)).toBe(true);
  });

  /** As a deviance is in a standard deviation: even, so that its slope at zero vanishes whether or not the minimum is there. */
  const even =
    (second: number): Objective =>
    (x, gradient) => {
      gradient.set([second * x[0] + 4 * x[0] ** 3 + 0.1 * x[1], x[1] + 0.1 * x[0]]);
      return 0.5 * second * x[0] ** 2 + x[0] ** 4 + 0.5 * x[1] ** 2 + 0.1 * x[0] * x[1];
    };

  it.each([
    [0, 0],
    [1, 1],
    [3, -2],
    [1e-3, 0],
  ])("leaves a maximum at the bound, from %d, %d", (...start) => {
    const found = runSync(minimize(even(-0.5), start, { lower: [0, -10] }));
    expect(found.converged).toBe(true);
    expect(found.activeBounds).toEqual([]);
    expect(found.position[0]).toBeCloseTo(Math.sqrt(0.51 / 4), 5);
  });

  it("leaves a maximum at an upper bound", () => {
    const found = runSync(minimize(even(-0.5), [0, 0], { upper: [0, 10] }));
    expect(found.converged).toBe(true);
    expect(found.position[0]).toBeCloseTo(-Math.sqrt(0.51 / 4), 5);
  });

  it("ends exactly at a bound in the way", () => {
    fc.assert(
      fc.property(reals(0.01, 0.2), reals(0, 9), reals(0, 9), (bound, room, beyond) => {
        const objective = bowl([1, 1], bound - beyond - 0.1);
        const found = runSync(minimize(objective, [bound + room, 1], { lower: [bound, -20], scale: [1, 1] }));
        expect(found.position[0]).toBe(bound);
        expect(found.activeBounds).toEqual([{ coordinate: 0, bound: "lower" }]);
      }),
      { seed: 20268, numRuns: 100 },
    );
  });

  it.each([
    [0, 0],
    [1, 1],
    [3, -2],
    [1e-3, 0],
  ])("stays at a minimum without a slope at the bound, from %d, %d", (...start) => {
    const found = runSync(minimize(even(0.5), start, { lower: [0, -10] }));
    expect(found.converged).toBe(true);
    expect(Math.max(...found.position.map(Math.abs))).toBeLessThan(1e-4);
  });
});
