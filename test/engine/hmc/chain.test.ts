import { describe, expect, test } from "vitest";
import { type ChainProgress, runChain } from "../../../src/engine/hmc/chain.js";
import { completeNutsOptions } from "../../../src/engine/hmc/options.js";
import { findStart } from "../../../src/engine/hmc/start.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { column, drawChain } from "./statistics.js";
import { densityOf, hardEdge, logGamma, normal } from "./targets.js";

const short = { warmup: 100, draws: 50 };
const stop = { stop: true };

describe("a chain", () => {
  test("is the same for the same seed, another for another chain or seed", () => {
    const values = (seed: number, chain: number) => drawChain(logGamma, { ...short, seed }, chain).values;
    expect(values(1, 1)).toEqual(values(1, 1));
    expect(values(1, 1)).not.toEqual(values(1, 2));
    expect(values(1, 1)).not.toEqual(values(2, 1));
  });

  test("lays its draws out by quantity, on the constrained scale", () => {
    const chain = drawChain(logGamma, short);
    expect(chain).toMatchObject({ draws: 50, isPartial: false });
    expect(chain.values.length).toBe(100);
    expect([...column(chain, 1)]).toEqual([...column(chain, 0)].map((y) => Math.exp(y)));
    expect([...chain.record.logDensity]).toEqual([...column(chain, 0)].map((y) => 2 * y - Math.exp(y)));
  });

  test("accounts for every draw and every gradient", () => {
    let calls = 0;
    const counted = densityOf({
      dimension: 1,
      logDensityGradient(position, gradient) {
        calls++;
        return logGamma.logDensityGradient(position, gradient);
      },
    });
    let seconds = 0;
    const run = runChain(counted, completeNutsOptions(short), 3, () => seconds++);
    let result = run.next();
    while (!result.done) result = run.next();
    const { record } = result.value;
    expect(record).toMatchObject({ chain: 3, maxTreeDepth: 10 });
    // A clock that goes on by a second each time that it is read.
    expect(record.seconds.warmup + record.seconds.sampling).toBe(seconds - 1);
    expect(Math.min(record.seconds.warmup, record.seconds.sampling)).toBeGreaterThan(0);
    expect(record.gradientEvaluations.warmup + record.gradientEvaluations.sampling).toBe(calls);
    const steps = [...record.treeDepth].map((depth) => 2 ** depth - 1);
    expect(record.gradientEvaluations.sampling).toBeGreaterThanOrEqual(steps.reduce((a, b) => a + b));
    for (const account of [record.energy, record.acceptance, record.divergent, record.treeDepth]) {
      expect(account.length).toBe(50);
    }
    expect(record.energy.every((energy, i) => i === 0 || energy >= -record.logDensity[i - 1])).toBe(true);
  });

  test("flags divergences on a target too stiff for its step size", () => {
    const { record } = drawChain(normal([1, 1e-3]), { warmup: 0, draws: 50, stepSize: 0.5 });
    expect(record.divergent.every((flag) => flag === 1)).toBe(true);
    expect(record.stepSize).toBe(0.5);
  });

  test("counts no divergence where there is none, and hits of the tree depth where it is bound", () => {
    const { record } = drawChain(normal([1, 1]), { warmup: 0, draws: 50, stepSize: 1e-3, maxTreeDepth: 3 });
    expect(record.divergent.some((flag) => flag === 1)).toBe(false);
    expect(record.treeDepth.every((depth) => depth === 3)).toBe(true);
    expect(record.gradientEvaluations).toEqual({ warmup: 1, sampling: 50 * 7 });
  });

  test("takes the leapfrog steps it is told in static hmc, and else those of the integration time", () => {
    const steps = (given: object) =>
      drawChain(normal([1]), { algorithm: "hmc", warmup: 0, draws: 10, stepSize: 0.1, ...given }).record
        .gradientEvaluations.sampling;
    expect(steps({ leapfrogSteps: 4 })).toBe(40);
    expect(steps({ integrationTime: 0.75 })).toBeGreaterThanOrEqual(10 * Math.ceil(0.8 * 7.5));
    expect(steps({ integrationTime: 0.75 })).toBeLessThanOrEqual(10 * Math.ceil(1.2 * 7.5));
    expect(steps({ integrationTime: 0.01 })).toBe(10);
    expect(steps({ integrationTime: 1e9, maxTreeDepth: 3 })).toBe(70);
  });

  test("never leaves the support, however it is cut off", () => {
    const draws = drawChain(hardEdge, short).values;
    expect(draws.every((value) => value > 0)).toBe(true);
  });
});

describe("a chain whose density is slow", () => {
  /** The density of logGamma, evaluations of which take so many milliseconds of a clock of its own. */
  function timed(milliseconds: number) {
    let evaluations = 0;
    const density = densityOf({
      dimension: 1,
      logDensityGradient(position, gradient) {
        evaluations++;
        return logGamma.logDensityGradient(position, gradient);
      },
    });
    return { density, evaluations: () => evaluations, clock: () => (evaluations * milliseconds) / 1000 };
  }

  const options = { warmup: 60, draws: 20 };

  test.each(["nuts", "hmc"] as const)("pauses after each leapfrog step and has the same draws: %s", (algorithm) => {
    const { density, evaluations, clock } = timed(5);
    const run = runChain(density, completeNutsOptions({ ...options, algorithm }), 1, clock);
    let most = 0;
    let before = 0;
    let result = run.next();
    for (; !result.done; result = run.next()) {
      most = Math.max(most, evaluations() - before);
      before = evaluations();
    }
    // At the start: the first position, by which it is found to be slow, and one step.
    expect(most).toBe(2);
    expect(result.value.values).toEqual(drawChain(density, { ...options, algorithm }).values);
  });

  test("ends at a pause within a trajectory", () => {
    const { density, evaluations, clock } = timed(5);
    const given = { ...options, warmup: 0, stepSize: 1e-3, maxTreeDepth: 8, algorithm: "nuts" as const };
    const run = runChain(density, completeNutsOptions(given), 1, clock);
    expect(run.next().value).toBeUndefined();
    const result = run.next(stop);
    expect(result.done && result.value).toMatchObject({ draws: 0, isPartial: true });
    expect(evaluations()).toBe(2);
  });

  test("that is not slow pauses for reports only", () => {
    const { density, clock } = timed(0.01);
    const run = runChain(density, completeNutsOptions(options), 1, clock);
    const pauses = [];
    for (let result = run.next(); !result.done; result = run.next()) pauses.push(result.value);
    expect(pauses.every((pause) => pause !== undefined)).toBe(true);
  });
});

describe("progress", () => {
  test("tells phase, place and log densities as the chain goes", () => {
    const reports: ChainProgress[] = [];
    const chain = drawChain(logGamma, { warmup: 20, draws: 30 }, 2, (progress) => {
      reports.push(progress);
      return undefined;
    });
    expect(reports.map(({ iteration, phase }) => [iteration, phase])).toEqual([
      [10, "warmup"],
      [20, "sampling"],
      [30, "sampling"],
      [40, "sampling"],
    ]);
    expect(reports.map(({ logDensity }) => logDensity.length)).toEqual([0, 0, 10, 20]);
    expect(reports[3].logDensity).toEqual(chain.record.logDensity.slice(0, 20));
    const depths = [...chain.record.treeDepth.subarray(0, 10)];
    expect(reports[2].meanTreeDepth).toBeCloseTo(depths.reduce((a, b) => a + b) / 10, 12);
    expect(reports[2]).toMatchObject({ chain: 2, total: 50, divergences: 0, stepSize: chain.record.stepSize });
  });

  test("answered by a stop ends the chain with what it has, as it would have gone on", () => {
    const whole = drawChain(logGamma, short);
    const part = drawChain(logGamma, short, 1, ({ iteration }) => (iteration === 130 ? stop : undefined));
    expect(part).toMatchObject({ draws: 30, isPartial: true });
    for (const k of [0, 1]) expect(column(part, k)).toEqual(column(whole, k).slice(0, 30));
    expect(part.record.energy).toEqual(whole.record.energy.slice(0, 30));
  });

  test("answered by a stop in warm-up leaves no draws", () => {
    const part = drawChain(logGamma, short, 1, () => stop);
    expect(part).toMatchObject({ draws: 0, isPartial: true });
    expect(part.values.length).toBe(0);
    expect(part.record.gradientEvaluations.sampling).toBe(0);
    expect(part.record.gradientEvaluations.warmup).toBeGreaterThan(10);
  });
});

describe("a start", () => {
  const start = (density: typeof logGamma, radius = 2) => findStart(createStream(1, 1), density, radius);

  test("lies within the radius, with value and gradient", () => {
    const state = start(normal(new Array<number>(200).fill(1)), 3);
    expect(Math.max(...state.position.map(Math.abs))).toBeLessThan(3);
    expect(Math.max(...state.position.map(Math.abs))).toBeGreaterThan(2.8);
    expect([...state.gradient]).toEqual([...state.position].map((x) => -x));
  });

  test("is sought nearer to the origin where there is none farther out", () => {
    const ball = densityOf({
      dimension: 20,
      logDensityGradient: (position, gradient) =>
        position.some((x, i) => Math.abs(x) > 0.1 * (i + 1)) ? Number.NEGATIVE_INFINITY : gradient.fill(0)[0],
    });
    expect(Math.abs(start(ball).position[0])).toBeLessThan(0.1);
  });

  test("that cannot be found is an error with its cause", () => {
    const nowhere = densityOf({ dimension: 1, logDensityGradient: () => Number.NEGATIVE_INFINITY });
    expect(() => start(nowhere)).toThrow(
      "cannot find a start: of 130 random positions within 2 of the origin on the unconstrained scale, the log density was -Infinity at 130; " +
        "check that the data are possible under the model, scale covariates of large numbers, narrow the priors, or set a smaller startRadius",
    );
    const broken = densityOf({
      dimension: 3,
      logDensityGradient(position, gradient) {
        gradient.set([1, Number.NaN, 1]);
        return position[0] > 0 ? 0 : Number.NaN;
      },
    });
    expect(() => start(broken)).toThrow(
      /the log density was NaN at \d+ and its gradient was NaN at \d+ \(in component 2 of 3\)/,
    );
    expect(() => drawChain(nowhere, short)).toThrow("cannot find a start");
  });
});
