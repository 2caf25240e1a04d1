import { expect, it } from "vitest";
import { mayAddModes } from "../../src/density/mayAddModes.js";
import { priors } from "../../src/prior/priors.js";
import { truncate } from "../../src/prior/truncate.js";

function made(name: string, ...parameters: number[]) {
  const prior = priors.find((known) => known.name === name);
  if (prior === undefined) throw new Error(`no prior is named ${name}`);
  return prior.make(parameters);
}

it.each([
  ["normal", [0, 2], false],
  ["cauchy", [0, 2], true],
  ["student_t", [3, 0, 2], true],
  ["flat", [], false],
  ["exponential", [1], false],
  ["half_normal", [1], false],
  ["half_cauchy", [1], false],
  ["half_student_t", [3, 1], false],
  ["inverse_gamma", [0.1, 0.001], true],
  ["lognormal", [0, 1], true],
] as const)("%s%j may add modes: %s", (name, parameters, expected) => {
  expect(mayAddModes(made(name, ...parameters))).toBe(expected);
});

it("takes a prior as it is truncated", () => {
  expect(mayAddModes(truncate(made("student_t", 3, 0, 2), 0, Number.POSITIVE_INFINITY))).toBe(false);
});
