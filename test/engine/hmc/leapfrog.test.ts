import { describe, expect, test } from "vitest";
import { drawMomentum, energyOf, logWeight } from "../../../src/engine/hmc/hamiltonian.js";
import { leapfrog } from "../../../src/engine/hmc/leapfrog.js";
import { DenseMetric, DiagonalMetric, type Metric, unitMetric } from "../../../src/engine/hmc/metric.js";
import { createPoint, createState, type Point } from "../../../src/engine/hmc/point.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { densityOf } from "./targets.js";

const ROUNDING = 1e-10;

/** Skewed in both components, which are bound together. */
const skewed = densityOf({
  dimension: 2,
  logDensityGradient([a, b], gradient) {
    gradient[0] = 2 - Math.exp(a) - 0.3 * (a - b);
    gradient[1] = 1 - Math.exp(b) + 0.3 * (a - b);
    return 2 * a - Math.exp(a) + b - Math.exp(b) - 0.15 * (a - b) ** 2;
  },
});

const diagonal = new DiagonalMetric(Float64Array.of(0.5, 2));
const dense = new DenseMetric(Float64Array.of(0.5, 0.6, 0.6, 2));
/** With the covariance of their velocities. */
const metrics: readonly { readonly name: string; readonly metric: Metric; readonly covariance: readonly number[] }[] = [
  { name: "a diagonal metric", metric: diagonal, covariance: [0.5, 0, 0, 2] },
  { name: "a dense metric", metric: dense, covariance: [0.5, 0.6, 0.6, 2] },
  {
    name: "a dense metric of leading components",
    metric: new DenseMetric(Float64Array.of(0.5)),
    covariance: [0.5, 0, 0, 1],
  },
];

const standardNormal = densityOf({
  dimension: 2,
  logDensityGradient([a, b], gradient) {
    gradient[0] = -a;
    gradient[1] = -b;
    return -(a * a + b * b) / 2;
  },
});

function startingPoint(metric: Metric, density = skewed): Point {
  const state = createState(2);
  state.position.set([0.3, -0.8]);
  state.logDensity = density.logDensityGradient(state.position, state.gradient);
  const point = createPoint(2);
  drawMomentum(createStream(3, 1), metric, state, point);
  return point;
}

function integrate(metric: Metric, stepSize: number, steps: number, from: Point, density = skewed): Point {
  let here = from;
  for (let i = 0; i < steps; i++) {
    const next = createPoint(2);
    leapfrog(density, metric, stepSize, here, next);
    here = next;
  }
  return here;
}

describe.each(metrics)("a step with $name", ({ metric, covariance }) => {
  test("comes back to where it started when time is reversed", () => {
    const start = startingPoint(metric);
    const back = integrate(metric, -0.1, 50, integrate(metric, 0.1, 50, start));
    expect(Math.abs(back.position[0] - start.position[0])).toBeLessThan(ROUNDING);
    expect(Math.abs(back.momentum[1] - start.momentum[1])).toBeLessThan(ROUNDING);
  });

  test("keeps the energy to second order in the step size", () => {
    const start = startingPoint(metric);
    const energy = energyOf(start);
    const error = (steps: number) => Math.abs(energyOf(integrate(metric, 1.5 / steps, steps, start)) - energy);
    expect(error(200)).toBeLessThan(1e-4);
    expect(error(100) / error(200)).toBeCloseTo(4, 1);
  });

  test("follows Hamilton's equations with the inverse mass matrix", () => {
    const start = startingPoint(metric);
    const tiny = 1e-6;
    const end = integrate(metric, tiny, 1, start);
    const [a, b, c, d] = covariance;
    const before = integrate(metric, -tiny, 1, start);
    const acceleration = end.position.map((x, i) => (x - 2 * start.position[i] + before.position[i]) / tiny ** 2);
    expect(acceleration[0]).toBeCloseTo(a * start.gradient[0] + b * start.gradient[1], 2);
    expect(acceleration[1]).toBeCloseTo(c * start.gradient[0] + d * start.gradient[1], 2);
  });

  test("moves at velocities whose covariance is the inverse mass matrix", () => {
    const stream = createStream(4, 1);
    const state = startingPoint(metric);
    const point = createPoint(2);
    const products = new Float64Array(3);
    const count = 40_000;
    const stepSize = 1e-3;
    for (let i = 0; i < count; i++) {
      drawMomentum(stream, metric, state, point);
      point.force.fill(0);
      const moved = createPoint(2);
      metric.beginStep(point, moved, stepSize);
      const [u, v] = moved.position.map((x, k) => (x - state.position[k]) / stepSize);
      products[0] += (u * u) / count;
      products[1] += (u * v) / count;
      products[2] += (v * v) / count;
    }
    expect(products[0]).toBeCloseTo(0.5, 1);
    expect(products[1]).toBeCloseTo(covariance[1], 1);
    expect(Math.abs(products[2] - covariance[3])).toBeLessThan(0.06);
  });
});

test("a dense metric with a diagonal matrix is the diagonal metric", () => {
  const same = new DenseMetric(Float64Array.of(0.5, 0, 0, 2));
  const end = integrate(same, 0.2, 20, startingPoint(same));
  const expected = integrate(diagonal, 0.2, 20, startingPoint(diagonal));
  end.position.forEach((x, i) => {
    expect(Math.abs(x - expected.position[i])).toBeLessThan(ROUNDING);
  });
});

describe("a dense metric of leading components", () => {
  const leading = new DenseMetric(Float64Array.of(0.5));

  test("moves the leading ones as the dense metric of all does, where nothing binds the rest to them", () => {
    const apart = densityOf({
      dimension: 2,
      logDensityGradient([a, b], gradient) {
        gradient[0] = 2 - Math.exp(a);
        gradient[1] = -b;
        return 2 * a - Math.exp(a) - (b * b) / 2;
      },
    });
    const all = new DenseMetric(Float64Array.of(0.5, 0, 0, 1));
    const end = integrate(leading, 0.2, 20, startingPoint(leading, apart), apart);
    const expected = integrate(all, 0.2, 20, startingPoint(all, apart), apart);
    expect(Math.abs(end.position[0] - expected.position[0])).toBeLessThan(ROUNDING);
    expect(Math.abs(end.momentum[0] - expected.momentum[0])).toBeLessThan(ROUNDING);
  });

  test("makes no error at any step size where the rest are standard normal", () => {
    const none = new DenseMetric(new Float64Array(0));
    for (const stepSize of [0.3, 1, 5]) {
      const start = startingPoint(none, standardNormal);
      const end = integrate(none, stepSize, 10, start, standardNormal);
      expect(Math.abs(end.position[0] - start.position[0])).toBeGreaterThan(0.01);
      expect(Math.abs(energyOf(end) - energyOf(start))).toBeLessThan(ROUNDING);
    }
  });
});

test("a dense metric must be positive definite", () => {
  expect(() => new DenseMetric(Float64Array.of(1, 2, 2, 1))).toThrow(
    /^cannot use a dense metric: .* not positive definite; .* metric "diagonal"$/,
  );
});

test("the unit metric is the identity", () => {
  expect([...unitMetric("dense", 2).inverseMassMatrix]).toEqual([1, 0, 0, 1]);
  expect([...unitMetric("diagonal", 2).inverseMassMatrix]).toEqual([1, 1]);
});

describe("numbers that are not finite", () => {
  const weightOf = (logDensity: number, kineticEnergy: number) =>
    logWeight(1, { ...createPoint(1), logDensity, kineticEnergy });

  test("weigh nothing", () => {
    expect(weightOf(Number.NEGATIVE_INFINITY, 1)).toBe(Number.NEGATIVE_INFINITY);
    expect(weightOf(Number.POSITIVE_INFINITY, 1)).toBe(Number.NEGATIVE_INFINITY);
    expect(weightOf(Number.NaN, 1)).toBe(Number.NEGATIVE_INFINITY);
    expect(weightOf(0, Number.POSITIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY);
  });

  test("finite ones weigh minus the energy error", () => {
    expect(weightOf(-3, 0.5)).toBe(-2.5);
  });
});
