import { describe, expect, it } from "vitest";
import { completeMlOptions } from "../../src/fit/completeOptions.js";
import { fromFormula } from "../../src/fit/fromFormula.js";
import type { MlFitOptions } from "../../src/fit/mlEngine.js";
import { maximise, prepareForMl } from "../../src/fit/runMl.js";
import { runSync } from "../../src/math/steps.js";
import { differences } from "../../validation/invariance/differences.js";
import {
  type Change,
  changed,
  type FamilyName,
  leftSides,
  simulate,
  structures,
} from "../../validation/invariance/members.js";

const TOLERANCE = 1e-6;
const origins: readonly Change[] = [2005, -1e4, 2457024, 1.7e9].map((shift) => ({ shift, scale: 1 }));
const units: readonly Change[] = [1e9, 1e-9, 365.25].map((scale) => ({ shift: 0, scale }));

type Options = Omit<MlFitOptions, "engine">;

/** Where two fits differ by more than the tolerance. */
function disagreements(formula: string, family: FamilyName, change: Change, options: Options, seed: string): string[] {
  const structure = structures.find((known) => known.formula === formula);
  if (structure === undefined) throw new RangeError(formula);
  const priors = options.penalized ? ["beta ~ flat()", "intercept ~ flat()", "sd ~ flat()"] : [];
  const model = fromFormula(`${leftSides[family]} ~ ${formula}`, family, { priors });
  const columns = simulate(seed);
  const [first, second] = [columns, changed(columns, change)].map((data) => {
    const asked = { engine: "ml", ...options } as const;
    return runSync(maximise(runSync(prepareForMl(model, data, asked)), completeMlOptions(asked)));
  });
  expect(first.ml.convergence.converged).toBe(true);
  return differences(structure, change, first, second)
    .filter(({ size }) => size > TOLERANCE)
    .map(({ what, size }) => `${what}: ${size.toExponential(1)}`);
}

const formulas = structures.map(({ formula }) => formula);
const shiftable = structures.filter(({ fixed }) => fixed !== null);

function originsOf({ largestShift = Infinity }: (typeof structures)[number]): Change[] {
  return origins.filter(({ shift }) => Math.abs(shift) <= largestShift);
}

/** What takes long for its many covariances is tried once. */
const isLarge = (formula: string) => ["x * r + (x * r | g)", "x + (0 + f + x:f | g)"].includes(formula);

describe("a linear mixed model", () => {
  it.each(shiftable)("does not depend on the origin of x: $formula", (structure) => {
    const changes = originsOf(structure).slice(isLarge(structure.formula) ? -1 : 0);
    for (const change of changes)
      expect(disagreements(structure.formula, "normal", change, {}, "1"), `${change.shift}`).toEqual([]);
  });
  it.each(formulas.filter((formula) => !isLarge(formula)))("does not depend on the unit of x: %s", (formula) => {
    for (const change of units)
      expect(disagreements(formula, "normal", change, { reml: true }, "2"), `${change.scale}`).toEqual([]);
  });
});

/** One member of each method beyond, with a structure that it takes. */
const others: readonly [FamilyName, string, Options][] = [
  ["poisson", "x + (x | g)", { method: "laplace" }],
  ["poisson", "x * f + (x | g)", { method: "aghq", points: 3 }],
  ["bernoulli", "x + (x | g)", { method: "aghq", points: 5 }],
  ["binomial", "x + r + (x | g) + (1 | g:k)", { method: "laplace" }],
  ["binomial", "x + (x | g) + (1 | h)", { method: "pql" }],
  ["negative_binomial", "x + (x | g)", { method: "laplace" }],
  ["poisson", "x * f + (1 | g)", { method: "conditional" }],
  ["bernoulli", "x * f + (1 | g)", { method: "conditional" }],
  ["poisson", "x + (x | g)", { method: "em", points: 5 }],
  ["poisson", "x + (x | g)", { method: "laplace", penalized: true }],
  ["normal", "x + (x | g)", { intervals: "profile" }],
];

describe.each(others)("%s, %s, %o", (family, formula, options) => {
  it("does not depend on the origin and the unit of x", () => {
    for (const change of [
      { shift: 2457024, scale: 1 },
      { shift: 0, scale: 1e-9 },
    ])
      expect(disagreements(formula, family, change, options, "3"), `${change.shift}`).toEqual([]);
  });
});
