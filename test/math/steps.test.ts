import { describe, expect, it } from "vitest";
import {
  apart,
  isDue,
  mapResult,
  mapSteps,
  pausing,
  runSteps,
  runSync,
  type StageProgress,
  type Steps,
  type StepsContext,
  staged,
} from "../../src/math/steps.js";

/** A computation of so many pauses, each after so many milliseconds of a clock that only it moves. */
function simulated(pauses: number, milliseconds: number) {
  let [time, turns] = [0, 0];
  function* steps(): Steps<number> {
    for (let k = 0; k < pauses; k++) {
      time += milliseconds;
      yield;
    }
    return pauses;
  }
  const context: StepsContext = {
    now: () => time,
    async giveWay() {
      turns++;
    },
  };
  return { steps, context, turns: () => turns, time: () => time };
}

describe("a computation in steps", () => {
  it("gives its result without a pause, and with them", async () => {
    expect(runSync(simulated(5, 1).steps())).toBe(5);
    const { steps, context } = simulated(5, 1);
    expect(await runSteps(steps(), context)).toBe(5);
  });

  it("gives way every 20 ms, however short its steps are", async () => {
    for (const milliseconds of [0.1, 1, 19, 30]) {
      const { steps, context, turns, time } = simulated(200, milliseconds);
      await runSteps(steps(), context);
      const longest = Math.ceil(20 / milliseconds) * milliseconds;
      expect(turns(), `${milliseconds} ms`).toBeGreaterThanOrEqual(Math.floor(time() / (longest + 1e-6)) - 1);
      expect(turns()).toBeLessThanOrEqual(time() / 20 + 1);
    }
  });

  it("does not begin where it is aborted before, and is left at the next pause where it is aborted later", async () => {
    const { steps, context, time } = simulated(1000, 1);
    const aborted = AbortSignal.abort("enough");
    await expect(runSteps(steps(), { ...context, signal: aborted })).rejects.toBe("enough");
    expect(time()).toBe(0);
    const controller = new AbortController();
    const giveWay = async () => time() > 100 && controller.abort("now");
    const run = runSteps(steps(), { ...context, giveWay: async () => void giveWay(), signal: controller.signal });
    await expect(run).rejects.toBe("now");
    expect(time()).toBeLessThan(130);
  });

  it("tells its progress at once, and then at most every 100 ms", async () => {
    const { steps, context, time } = simulated(1000, 1);
    const seen: StageProgress[] = [];
    await runSteps(staged("counting", 1000, steps()), { ...context, onProgress: (progress) => seen.push(progress) });
    expect(seen[0]).toEqual({ stage: "counting", done: 1, total: 1000 });
    expect(seen.length).toBe(Math.ceil(time() / 100));
    expect(seen.map(({ done }) => done)).toEqual(seen.map((_, k) => 1 + 100 * k));
  });

  it("ends with what its listener throws", async () => {
    const { steps, context } = simulated(10, 1);
    const onProgress = () => {
      throw new Error("my display is broken");
    };
    await expect(runSteps(staged("counting", 10, steps()), { ...context, onProgress })).rejects.toThrow("my display");
  });

  it("leaves the progress that an inner stage tells as it is", async () => {
    function* inner(): Steps<void> {
      yield { stage: "inner", done: 3, total: 4 };
      yield;
    }
    const seen: StageProgress[] = [];
    let time = 0;
    const context = { now: () => (time += 100), giveWay: async () => {} };
    await runSteps(staged("outer", null, inner()), { ...context, onProgress: (progress) => seen.push(progress) });
    expect(seen).toEqual([
      { stage: "inner", done: 3, total: 4 },
      { stage: "outer", done: 2, total: null },
    ]);
  });

  it("is not woken by the pauses of what it waits for, and has its result or its error", async () => {
    let woken = 0;
    function* waiting(): Steps<number> {
      const steps = apart(simulated(100, 1).steps());
      for (let step = steps.next(); step.done !== true; step = steps.next()) {
        woken++;
        yield step.value;
      }
      const pauses = yield* apart(apart(simulated(7, 1).steps()));
      try {
        yield* staged("failing", 1, failing());
      } catch (error) {
        return error instanceof RangeError ? pauses : Number.NaN;
      }
      return 0;
    }
    function* failing(): Steps<void> {
      yield* apart(
        mapResult(simulated(3, 1).steps(), () => {
          throw new RangeError("inside");
        }),
      );
    }
    const { context } = simulated(0, 0);
    expect(runSync(waiting())).toBe(7);
    expect(await runSteps(waiting(), context)).toBe(7);
    expect(woken).toBe(2);
    await expect(runSteps(failing(), context)).rejects.toThrow("inside");
  });

  it("is due for a pause each time where a turn is long, and after some thousand numbers where it is short", () => {
    const turns = Array.from({ length: 1000 }, (_, k) => k);
    expect(turns.every((k) => isDue(k, 5000))).toBe(true);
    for (const size of [1, 7, 100, 3000]) {
      const due = turns.filter((k) => isDue(k, size)).length;
      expect(Math.abs(due - (1000 * size) / 4096), `${size}`).toBeLessThanOrEqual(1);
    }
  });

  it("maps values in their order, with a pause after each", () => {
    const steps = mapSteps(
      [3, 1, 2],
      pausing((value: number) => 2 * value),
    );
    expect([...steps].length).toBe(3);
    expect(
      runSync(
        mapSteps(
          [3, 1, 2],
          pausing((value: number) => 2 * value),
        ),
      ),
    ).toEqual([6, 2, 4]);
  });
});
