import { describe, expect, test } from "vitest";
import type { LogDensity } from "../../../src/density/LogDensity.js";
import { averagedStepSize, startDualAveraging, updateDualAveraging } from "../../../src/engine/hmc/dualAveraging.js";
import { createHmc, fixedSteps } from "../../../src/engine/hmc/hmc.js";
import { unitMetric } from "../../../src/engine/hmc/metric.js";
import { createNuts } from "../../../src/engine/hmc/nuts.js";
import { createState, type State } from "../../../src/engine/hmc/point.js";
import { StandardisedAdaptation } from "../../../src/engine/hmc/standardisedAdaptation.js";
import { initialStepSize } from "../../../src/engine/hmc/stepSize.js";
import { Welford } from "../../../src/engine/hmc/welford.js";
import { adaptationSchedule, estimateMetric, WindowedAdaptation } from "../../../src/engine/hmc/windowedAdaptation.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { runSync } from "../../../src/math/steps.js";
import { endOf, mean } from "./statistics.js";
import { densityOf, normal } from "./targets.js";

function stateAt(density: LogDensity, value: number): State {
  const state = createState(density.dimension);
  state.position.fill(value);
  state.logDensity = density.logDensityGradient(state.position, state.gradient);
  return state;
}

describe("dual averaging", () => {
  test("makes the first moves of the published recursion", () => {
    const first = updateDualAveraging(startDualAveraging(0.5), 0.3, 0.8);
    const logFirst = Math.log(5) - (0.5 / 11) * 20;
    expect(first.stepSize).toBeCloseTo(Math.exp(logFirst), 12);
    expect(averagedStepSize(first)).toBeCloseTo(Math.exp(logFirst), 12);
    const second = updateDualAveraging(first, 1, 0.8);
    const meanError = (11 / 12) * (0.5 / 11) + (1 / 12) * -0.2;
    const logSecond = Math.log(5) - meanError * Math.SQRT2 * 20;
    expect(second.stepSize).toBeCloseTo(Math.exp(logSecond), 12);
    const weight = 2 ** -0.75;
    expect(averagedStepSize(second)).toBeCloseTo(Math.exp(weight * logSecond + (1 - weight) * logFirst), 12);
  });

  test("finds the step size of the target acceptance", () => {
    let state = startDualAveraging(3);
    for (let i = 0; i < 5000; i++) state = updateDualAveraging(state, 1 / (1 + state.stepSize ** 2), 0.8);
    expect(averagedStepSize(state)).toBeCloseTo(0.5, 2);
  });

  test.each([0.6, 0.8, 0.95])("tunes a chain to an acceptance of %f", (target) => {
    const density = normal(new Array<number>(100).fill(1));
    const transition = createHmc(density, fixedSteps(1));
    const stream = createStream(2, 1);
    const metric = unitMetric("diagonal", 100);
    let state = stateAt(density, 1);
    let next = createState(100);
    const advance = (stepSize: number) => {
      const info = endOf(transition(stream, state, { metric, stepSize }), next);
      [state, next] = [next, state];
      return info.acceptance;
    };
    let averaging = startDualAveraging(0.1);
    for (let i = 0; i < 3000; i++) averaging = updateDualAveraging(averaging, advance(averaging.stepSize), target);
    const acceptances = Float64Array.from({ length: 3000 }, () => advance(averagedStepSize(averaging)));
    expect(Math.abs(mean(acceptances) - target)).toBeLessThan(0.03);
  });
});

describe("the first step size", () => {
  test.each([1e-4, 1, 1e4])("suits a scale of %f, from wherever it starts", (scale) => {
    const density = normal([scale, scale]);
    for (const stepSize of [1e-6, 1, 1e6]) {
      const tuning = { stepSize, metric: unitMetric("diagonal", 2) };
      const found = runSync(initialStepSize(createStream(1, 1), density, tuning, stateAt(density, scale)));
      expect(found / scale).toBeGreaterThan(0.2);
      expect(found / scale).toBeLessThan(4);
    }
  });

  test("is refused to a density without bounds, and to one that is nowhere continuous", () => {
    const flat = densityOf({ dimension: 1, logDensityGradient: (_, gradient) => gradient.fill(0)[0] });
    let calls = 0;
    const torn = densityOf({
      dimension: 1,
      logDensityGradient: (_, gradient) => gradient.fill(0)[0] + (calls++ === 0 ? 0 : -10),
    });
    const find = (density: LogDensity) =>
      runSync(
        initialStepSize(
          createStream(1, 1),
          density,
          { stepSize: 1, metric: unitMetric("diagonal", 1) },
          stateAt(density, 1),
        ),
      );
    expect(() => find(flat)).toThrow(/^cannot find a step size: .* improper .* give proper priors/);
    expect(() => find(torn)).toThrow(/^cannot find a step size: .* not continuous .* another seed/);
  });
});

describe("Welford's covariance", () => {
  const stream = createStream("welford", 1);
  const positions = Array.from({ length: 50 }, () => {
    const shared = stream.normal();
    return Float64Array.of(1e6 + shared, 1e-3 * stream.normal(), shared - 2 * stream.normal());
  });
  const means = [0, 1, 2].map((i) => positions.reduce((sum, position) => sum + position[i] / 50, 0));
  const covariance = (i: number, j: number) =>
    positions.reduce((sum, position) => sum + (position[i] - means[i]) * (position[j] - means[j]), 0) / 49;
  const accumulate = (kind: "diagonal" | "dense") => {
    const moments = new Welford(kind, 3);
    for (const position of positions) moments.add(position);
    return moments;
  };

  test("is that of two passes", () => {
    const diagonal = accumulate("diagonal").covariance();
    const dense = accumulate("dense").covariance();
    for (let i = 0; i < 3; i++) {
      expect(diagonal[i] / covariance(i, i)).toBeCloseTo(1, 8);
      for (let j = 0; j < 3; j++) expect(dense[3 * i + j] / covariance(i, j)).toBeCloseTo(1, 6);
    }
  });

  test("shrinks towards 1e-3 in a metric", () => {
    const diagonal = estimateMetric("diagonal", accumulate("diagonal")).inverseMassMatrix;
    const dense = estimateMetric("dense", accumulate("dense")).inverseMassMatrix;
    for (let i = 0; i < 3; i++) {
      expect(diagonal[i]).toBeCloseTo((50 / 55) * covariance(i, i) + 1e-3 * (5 / 55), 8);
      expect(dense[4 * i]).toBeCloseTo(diagonal[i], 8);
    }
    expect(dense[2]).toBeCloseTo((50 / 55) * covariance(0, 2), 8);
    expect(dense[6]).toBe(dense[2]);
  });
});

describe("the windows of warm-up", () => {
  test.each([
    { warmup: 1000, start: 75, windowEnds: [100, 150, 250, 450, 950] },
    { warmup: 500, start: 75, windowEnds: [100, 150, 250, 450] },
    { warmup: 300, start: 75, windowEnds: [100, 150, 250] },
    { warmup: 200, start: 75, windowEnds: [100, 150] },
    { warmup: 180, start: 75, windowEnds: [130] },
    { warmup: 150, start: 75, windowEnds: [100] },
    { warmup: 149, start: 22, windowEnds: [135] },
    { warmup: 20, start: 3, windowEnds: [18] },
    { warmup: 19, start: 19, windowEnds: [] },
    { warmup: 1, start: 1, windowEnds: [] },
  ])("of $warmup iterations", ({ warmup, start, windowEnds }) => {
    expect(adaptationSchedule(warmup)).toEqual({ start, windowEnds });
  });

  test.each(["diagonal", "dense"] as const)("find the scales 1e-3 to 1e3 of a target: %s", (kind) => {
    const scales = [1e-3, 1e-1, 1, 10, 1e3];
    const density = normal(scales);
    const stream = createStream(9, 1);
    let state = stateAt(density, 1e-4);
    let next = createState(5);
    const guess = { stepSize: 1, metric: unitMetric(kind, 5) };
    const adaptation = new WindowedAdaptation(density, stream, { warmup: 1000, targetAcceptance: 0.8 }, guess);
    runSync(adaptation.begin(state));
    const transition = createNuts(density, 10);
    for (let i = 0; i < 1000; i++) {
      const info = endOf(transition(stream, state, adaptation.tuning), next);
      [state, next] = [next, state];
      runSync(adaptation.update(state, info));
    }
    const { metric, stepSize } = adaptation.tuning;
    scales.forEach((scale, i) => {
      const variance = metric.inverseMassMatrix[kind === "dense" ? 6 * i : i];
      const shrunk = (500 * scale ** 2 + 5e-3) / 505;
      expect(Math.abs(Math.log(variance / shrunk))).toBeLessThan(0.4);
    });
    // The shrinkage leaves the smallest scale wider in the metric than it is, by a factor of three.
    expect(stepSize).toBeGreaterThan(0.2);
    expect(stepSize).toBeLessThan(0.7);
  });
});

test("a warm-up of positions that are nearly N(0, I) tunes the leading coordinates and leaves the rest", () => {
  const density = normal([0.5, 1.5, 1, 1, 1, 1]);
  const stream = createStream(9, 1);
  let state = stateAt(density, 1e-4);
  let next = createState(6);
  const guess = { stepSize: 1, metric: unitMetric("diagonal", 6) };
  const options = { warmup: 1200, targetAcceptance: 0.8 };
  const adaptation = new StandardisedAdaptation(density, 2, stream, options, guess);
  runSync(adaptation.begin(state));
  const transition = createNuts(density, 10);
  for (let i = 0; i < options.warmup; i++) {
    const info = endOf(transition(stream, state, adaptation.tuning), next);
    [state, next] = [next, state];
    runSync(adaptation.update(state, info));
  }
  const { inverseMassMatrix } = adaptation.tuning.metric;
  expect(inverseMassMatrix.length).toBe(4);
  expect(Math.abs(Math.log(inverseMassMatrix[0] / 0.25))).toBeLessThan(0.3);
  expect(Math.abs(Math.log(inverseMassMatrix[3] / 2.25))).toBeLessThan(0.3);
  expect(adaptation.tuning.stepSize).toBeGreaterThan(0.4);
});
