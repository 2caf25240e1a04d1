import { describe, expect, test } from "vitest";
import { completeNutsOptions, defaultNutsOptions } from "../../../src/engine/hmc/options.js";
import { OptionsError } from "../../../src/engine/OptionsError.js";

/** Options as they come from outside, unchecked. */
function problemsOf(json: string): readonly string[] {
  try {
    completeNutsOptions(JSON.parse(json));
  } catch (error) {
    if (error instanceof OptionsError) return error.problems.map(({ message }) => message);
    throw error;
  }
  return [];
}

describe("options", () => {
  test("are filled with their defaults, in plain JSON", () => {
    const options = completeNutsOptions({ draws: 5, seed: "abc" });
    expect(options).toEqual({ ...defaultNutsOptions, draws: 5, seed: "abc" });
    expect(JSON.parse(JSON.stringify(options))).toEqual(options);
  });

  test("may be at the ends of their ranges", () => {
    const ends =
      '{"draws": 1, "warmup": 0, "stepSize": 1e-300, "maxTreeDepth": 20, "startRadius": 0, "leapfrogSteps": 1}';
    expect(problemsOf(ends)).toEqual([]);
  });

  test.each([
    ['{"draws": 0}', "draws is 0; allowed: a whole number from 1 to 1000000000"],
    ['{"draws": "10"}', 'draws is "10"; allowed: a whole number from 1 to 1000000000'],
    ['{"warmup": 2.5}', "warmup is 2.5; allowed: a whole number from 0 to 1000000000"],
    ['{"warmup": -1}', "warmup is -1; allowed: a whole number from 0 to 1000000000"],
    ['{"targetAcceptance": 1}', "targetAcceptance is 1; allowed: a number between 0 and 1"],
    ['{"maxTreeDepth": 21}', "maxTreeDepth is 21; allowed: a whole number from 1 to 20"],
    ['{"stepSize": 0}', "stepSize is 0; allowed: a positive number, or null"],
    ['{"leapfrogSteps": 0}', "leapfrogSteps is 0; allowed: a whole number from 1 to 1000000, or null"],
    ['{"integrationTime": null}', "integrationTime is null; allowed: a positive number"],
    ['{"startRadius": -1}', "startRadius is -1; allowed: a number not below 0"],
    ['{"metric": "unit"}', 'metric is "unit"; allowed: "diagonal" or "dense"'],
    ['{"algorithm": "gibbs"}', 'algorithm is "gibbs"; allowed: "nuts" or "hmc"'],
    ['{"seed": null}', "seed is null; allowed: a finite number or a text"],
    [
      '{"warmup": 0}',
      "warmup is 0 and stepSize is not given; without a warm-up there is nothing to tune it: give stepSize",
    ],
    [
      '{"burnin": 5}',
      'unknown option "burnin"; options: algorithm, warmup, draws, targetAcceptance, maxTreeDepth, metric, stepSize, integrationTime, leapfrogSteps, startRadius, randomEffects, seed',
    ],
  ])("%s is refused", (json, problem) => {
    expect(problemsOf(json)).toEqual([problem]);
  });

  test("are refused all at once, in one error", () => {
    expect(() => completeNutsOptions({ draws: 0, maxTreeDepth: 0 })).toThrow(RangeError);
    expect(problemsOf('{"draws": 0, "maxTreeDepth": 0, "warmup": 0}')).toHaveLength(3);
  });
});
