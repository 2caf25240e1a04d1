import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import {
  chiSquareTail,
  fTail,
  studentTwoSided,
  studentTwoSidedQuantile,
} from "../../../src/math/special/tailProbability.js";

const file = resolve(import.meta.dirname, "../../../validation/fixtures/distributions/tails.fixture.json");
const fixture: {
  chiSquare: { x: number; df: number; p: number }[];
  F: { x: number; numerator: number; denominator: number; p: number }[];
  student: { t: number; df: number; p: number }[];
  quantile: { p: number; df: number; t: number }[];
} = JSON.parse(readFileSync(file, "utf8"));

/** Relative. */
const tolerance = 1e-12;

function expectNear(actual: number, expected: number, what: object): void {
  expect(Math.abs(actual - expected), JSON.stringify(what)).toBeLessThanOrEqual(tolerance * Math.abs(expected));
}

describe("tail probabilities are R's", () => {
  it("of chi-square", () => {
    for (const row of fixture.chiSquare) expectNear(chiSquareTail(row.x, row.df), row.p, row);
  });

  it("of F", () => {
    for (const row of fixture.F) expectNear(fTail(row.x, row.numerator, row.denominator), row.p, row);
  });

  it("of Student's t, and its quantiles", () => {
    for (const row of fixture.student) expectNear(studentTwoSided(row.t, row.df), row.p, row);
    for (const row of fixture.quantile) expectNear(studentTwoSidedQuantile(row.p, row.df), row.t, row);
  });
});

describe("infinite degrees of freedom", () => {
  it("are the limit", () => {
    expectNear(studentTwoSided(1.959963984540054, Infinity), 0.05, {});
    expectNear(studentTwoSidedQuantile(0.05, Infinity), 1.959963984540054, {});
    expectNear(fTail(2.5, 3, Infinity), chiSquareTail(7.5, 3), {});
  });

  it("and none at all are told apart", () => {
    expect(studentTwoSidedQuantile(0.05, NaN)).toBeNaN();
    expect(studentTwoSided(1, NaN)).toBeNaN();
    expect(fTail(NaN, 1, 3)).toBeNaN();
  });
});
