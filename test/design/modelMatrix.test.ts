import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { build, type Data, designOf } from "./build.js";

interface Fixture {
  readonly data: Data;
  readonly fixed: readonly FixedCase[];
  readonly random: readonly { readonly formula: string; readonly terms: readonly RandomCase[] }[];
}

interface FixedCase {
  readonly formula: string;
  /** Whether R was given the same text, so that its names are ours but for the dot before a level. */
  readonly sameText: boolean;
  readonly columns: readonly string[] | string;
  readonly rank: number;
  readonly X: readonly number[];
}

interface RandomCase {
  readonly factor: string;
  readonly levels: readonly string[];
  readonly coefficients: readonly string[] | string;
  readonly Zt: readonly number[];
}

const file = new URL("../../validation/fixtures/design/modelMatrix.fixture.json", import.meta.url);
const fixture: Fixture = JSON.parse(readFileSync(file, "utf8"));
const tolerance = 1e-12;
const modelOf = (formula: string) => `y ~ normal(mu, sigma)\nmu = ${formula}`;
const designFor = (formula: string) => designOf(modelOf(formula), fixture.data);

const nameInR = (name: string) => (name === "Intercept" ? "(Intercept)" : name.replaceAll(".", ""));

describe("model.matrix of R", () => {
  test.each(fixture.fixed)("$formula", ({ formula, sameText, columns, rank, X }) => {
    const design = designFor(formula);
    const [predictor] = design.predictors;
    if (sameText) expect(predictor.columns.map(nameInR)).toEqual([columns].flat());
    expect(design.rows).toBe(fixture.data.y.length);
    expect(predictor.X.length).toBe(X.length);
    expect(largestDifference(predictor.X, X)).toBeLessThan(tolerance);
    expect(predictor.columns.length - dependentCount(formula)).toBe(rank);
  });
});

describe("lFormula of lme4", () => {
  test.each(fixture.random)("$formula", ({ formula, terms }) => {
    const { predictors, rowIndex, rows } = designFor(`1 + ${formula}`);
    const { factors, randomTerms } = predictors[0];
    expect(randomTerms.length).toBe(terms.length);
    for (const { factor, levels, coefficients, Zt } of terms) {
      const isReversed = !factors.some(({ name }) => name === factor);
      const reversed = (name: string) => (isReversed ? name.split(":").reverse().join(":") : name);
      const term = randomTerms.find(
        (candidate) =>
          factors[candidate.factor].name === reversed(factor) &&
          candidate.coefficients.map(nameInR).join() === [coefficients].flat().join(),
      );
      if (term === undefined) throw new Error(`no term over ${factor}`);
      const ours = factors[term.factor];
      expect([...ours.levels].sort()).toEqual(levels.map(reversed).sort());
      const q = term.coefficients.length;
      const place = ours.levels.map((name) => levels.map(reversed).indexOf(name));
      const dense = new Float64Array(Zt.length);
      ours.levelIndex.forEach((level, i) => {
        for (let k = 0; k < q; k++)
          dense[rowIndex[i] * q * levels.length + place[level] * q + k] = term.Z[k * rows + i];
      });
      expect(largestDifference(dense, Zt)).toBeLessThan(tolerance);
    }
  });
});

/** Columns that a warning names as constant or dependent: "columns a, b in the formula for mu are ..." */
function dependentCount(formula: string): number {
  const messages = build(modelOf(formula), fixture.data).problems.map(({ message }) => message);
  const named = messages.flatMap((message) => /^columns? (.*) in the formula for mu/.exec(message)?.slice(1) ?? []);
  return named.reduce((count, names) => count + names.split(", ").length, 0);
}

/** Relative to the larger of the value and 1: the fixture has 15 digits. */
function largestDifference(ours: ArrayLike<number>, theirs: readonly number[]): number {
  const differences = theirs.map((value, i) => Math.abs(ours[i] - value) / Math.max(1, Math.abs(value)));
  return Math.max(...differences);
}
