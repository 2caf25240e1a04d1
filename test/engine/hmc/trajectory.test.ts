import { describe, expect, test } from "vitest";
import { logWeight } from "../../../src/engine/hmc/hamiltonian.js";
import { createHmc, fixedSteps } from "../../../src/engine/hmc/hmc.js";
import { leapfrog } from "../../../src/engine/hmc/leapfrog.js";
import { unitMetric } from "../../../src/engine/hmc/metric.js";
import { createNuts } from "../../../src/engine/hmc/nuts.js";
import { createPoint, createState, type Point } from "../../../src/engine/hmc/point.js";
import { type Arc, isTurning } from "../../../src/engine/hmc/trajectory.js";
import { createStream } from "../../../src/math/random/createStream.js";
import type { RandomStream } from "../../../src/math/random/RandomStream.js";
import { chiSquareOfCounts } from "../../math/random/statistics.js";
import { endOf } from "./statistics.js";
import { densityOf, logGamma, normal } from "./targets.js";

function pointWith(momentum: readonly number[]): Point {
  return { ...createPoint(momentum.length), momentum: Float64Array.from(momentum) };
}

/** The arc through points of the given momenta. */
function arcOf(...momenta: readonly (readonly number[])[]): Arc {
  const points = momenta.map(pointWith);
  const [first] = points;
  const last = points[points.length - 1];
  const sum = first.momentum.map((_, i) => momenta.reduce((total, momentum) => total + momentum[i], 0));
  return { first, last, proposal: first, momentumSum: sum, sumBuffer: sum.slice(), logWeight: 0 };
}

describe("a trajectory turns", () => {
  test.each([
    { name: "two points that go on", init: [[1]], final: [[2]], turns: false },
    { name: "two points that face one another", init: [[1]], final: [[-2]], turns: true },
    { name: "a right angle", init: [[1, 0]], final: [[0, 1]], turns: false },
    { name: "more than a right angle at the start", init: [[1, 0]], final: [[-2, 1]], turns: true },
    { name: "more than a right angle at the end", init: [[2, 1]], final: [[-1, 0]], turns: true },
    { name: "four points that go on", init: [[1], [2]], final: [[2], [1]], turns: false },
    {
      name: "turned as a whole only",
      init: [
        [1, 0],
        [1, 1],
      ],
      final: [
        [-1.5, 1],
        [-1.5, 1],
      ],
      turns: true,
    },
    { name: "turned only from the first arc to the next point", init: [[1], [3]], final: [[-1.5], [4]], turns: true },
    { name: "turned only from the last point to the second arc", init: [[4], [-1.5]], final: [[3], [1]], turns: true },
    { name: "not a number", init: [[Number.NaN]], final: [[1]], turns: true },
  ])("$name: $turns", ({ init, final, turns }) => {
    expect(isTurning(arcOf(...init), arcOf(...final))).toBe(turns);
  });

  test("and the sum of the momenta is left in the buffer", () => {
    const init = arcOf([1, 2], [3, 4]);
    isTurning(init, arcOf([5, 6], [7, 8]));
    expect([...init.sumBuffer]).toEqual([16, 20]);
  });
});

describe("the draw from a trajectory", () => {
  /** Chosen so that the weights differ and no trajectory of four points turns. */
  const START = -0.8;
  const MOMENTUM = 2.2;
  const STEP = 0.4;
  const COUNT = 40_000;
  const MAX_CHI_SQUARE = 4;

  /** The points at the offsets -3 to 3 of the trajectory, with weights against its start. */
  function trajectory(): { position: number; weight: number }[] {
    const metric = unitMetric("diagonal", 1);
    const start = pointWith([MOMENTUM]);
    start.position[0] = START;
    start.logDensity = logGamma.logDensityGradient(start.position, start.gradient);
    metric.endStep(start, 0);
    const energy = start.kineticEnergy - start.logDensity;
    return [-3, -2, -1, 0, 1, 2, 3].map((offset) => {
      let here = start;
      for (let i = 0; i < Math.abs(offset); i++) {
        const next = createPoint(1);
        leapfrog(logGamma, metric, Math.sign(offset) * STEP, here, next);
        here = next;
      }
      return { position: here.position[0], weight: Math.exp(logWeight(energy, here)) };
    });
  }

  /** Probability of each offset after two doublings: directions even, progressive draws by weight. */
  function probabilities(weights: readonly number[]): number[] {
    const total = new Array<number>(7).fill(0);
    for (const first of [-1, 1]) {
      for (const second of [-1, 1]) {
        const half = first === second ? [2 * second, 3 * second] : [second, 2 * second];
        const halfWeight = weights[3 + half[0]] + weights[3 + half[1]];
        const stays = 1 - Math.min(1, halfWeight / (1 + weights[3 + first]));
        const moves = Math.min(1, weights[3 + first]);
        total[3] += 0.25 * stays * (1 - moves);
        total[3 + first] += 0.25 * stays * moves;
        for (const offset of half) total[3 + offset] += (0.25 * (1 - stays) * weights[3 + offset]) / halfWeight;
      }
    }
    return total;
  }

  test("has the probabilities that biased progressive sampling gives the points", () => {
    const uniforms = createStream("draw", 1);
    const stream: RandomStream = { uniform: () => uniforms.uniform(), normal: () => MOMENTUM };
    const points = trajectory();
    const tuning = { stepSize: STEP, metric: unitMetric("diagonal", 1) };
    const transition = createNuts(logGamma, 2);
    const state = createState(1);
    const next = createState(1);
    state.position[0] = START;
    state.logDensity = logGamma.logDensityGradient(state.position, state.gradient);
    const counts = new Float64Array(7);
    for (let i = 0; i < COUNT; i++) {
      const info = endOf(transition(stream, state, tuning), next);
      expect(info.treeDepth).toBe(2);
      counts[points.findIndex(({ position }) => position === next.position[0])]++;
    }
    const expected = probabilities(points.map(({ weight }) => weight)).map((p) => p * COUNT);
    expect(chiSquareOfCounts(counts, expected)).toBeLessThan(MAX_CHI_SQUARE);
  });
});

describe("a transition of nuts", () => {
  function transit(stepSize: number, maxTreeDepth: number, at: number) {
    const density = normal([1, 1, 1]);
    const state = createState(3);
    state.position.fill(at);
    state.logDensity = density.logDensityGradient(state.position, state.gradient);
    const next = createState(3);
    const tuning = { stepSize, metric: unitMetric("diagonal", 3) };
    const info = endOf(createNuts(density, maxTreeDepth)(createStream(1, 1), state, tuning), next);
    return { info, state, next };
  }

  test("stops at the greatest tree depth, with all its steps made", () => {
    const { info } = transit(1e-3, 5, 1);
    expect(info.treeDepth).toBe(5);
    expect(info.leapfrogSteps).toBe(31);
    expect(info.acceptance).toBeCloseTo(1, 4);
  });

  test("turns before half an orbit is overshot", () => {
    const { info } = transit(0.1, 10, 0.5);
    expect(info.treeDepth).toBeLessThanOrEqual(5);
    expect(info.leapfrogSteps * 0.1).toBeGreaterThan(1.5);
  });

  test("that diverges says so, and stays", () => {
    const { info, state, next } = transit(500, 10, 1);
    expect(info).toMatchObject({ isDivergent: true, treeDepth: 0, leapfrogSteps: 1, acceptance: 0 });
    expect(next).toEqual(state);
  });

  test("leaves its own state alone and hands on value and gradient of the next", () => {
    const { state, next } = transit(0.3, 10, 1);
    expect([...state.position]).toEqual([1, 1, 1]);
    expect(next.position).not.toEqual(state.position);
    expect([...next.gradient]).toEqual([...next.position].map((x) => -x));
    expect(next.logDensity).toBeCloseTo(-0.5 * next.position.reduce((sum, x) => sum + x * x, 0), 12);
  });
});

test("static hmc ends a trajectory at the first point of no density, and stays", () => {
  const island = densityOf({
    dimension: 1,
    logDensityGradient: ([x], gradient) => gradient.fill(0)[0] - (x === 1 ? 0 : Infinity),
  });
  const state = createState(1);
  state.position[0] = 1;
  state.logDensity = 0;
  const next = createState(1);
  const tuning = { stepSize: 0.1, metric: unitMetric("diagonal", 1) };
  const info = endOf(createHmc(island, fixedSteps(10))(createStream(1, 1), state, tuning), next);
  expect(info).toMatchObject({ leapfrogSteps: 1, isDivergent: true, acceptance: 0 });
  expect(next).toEqual(state);
});
