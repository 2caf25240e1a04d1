import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as elementary from "../../../src/math/special/elementary.js";

const { exp, expm1, log, log1p, expm1MinusX, log1pMinusX, log1pexp, tanh, logit, inverseLogit } = elementary;
const path = "../../../validation/fixtures/distributions/families/special.fixture.json";
const fixture: Record<string, readonly [number, number][]> = JSON.parse(
  readFileSync(new URL(path, import.meta.url), "utf8"),
);

/** Against the engine's own functions, which are within an ulp themselves. */
const ENGINE_TOLERANCE = 4e-16;

function ulp(x: number): number {
  return Math.max(2 ** (Math.floor(Math.log2(Math.abs(x))) - 52), Number.MIN_VALUE);
}

describe("elementary functions", () => {
  it.each([
    ["exp", exp, 1],
    ["expm1", expm1, 1],
    ["log", log, 1],
    ["log1p", log1p, 1],
    ["log1pexp", log1pexp, 1],
    ["tanh", tanh, 2],
    ["logit", logit, 2],
    ["inverseLogit", inverseLogit, 2],
    ["expm1MinusX", expm1MinusX, 8],
    ["log1pMinusX", log1pMinusX, 3],
  ] as const)("%s agrees with the nearest double but for %d of its last units", (name, f, most) => {
    const wrong = fixture[name].filter(([x, value]) => !(Math.abs(f(x) - value) <= most * ulp(value)));
    expect(wrong).toEqual([]);
  });

  it.each([
    ["exp", exp, Math.exp, -708, 709],
    ["expm1", expm1, Math.expm1, -40, 60],
    ["expm1", expm1, Math.expm1, -1, 1],
    ["log", log, Math.log, 0, 3],
    ["log1p", log1p, Math.log1p, -1, 3],
  ] as const)("%s agrees with the engine's", (_name, f, engine, low, high) => {
    let worst = 0;
    for (let i = 0; i < 1e5; i++) {
      const x = low + ((high - low) * (i + 0.5)) / 1e5;
      worst = Math.max(worst, Math.abs(f(x) / engine(x) - 1));
    }
    expect(worst).toBeLessThan(ENGINE_TOLERANCE);
  });

  it.each([
    ["exp", exp, [NaN, Infinity, 0, 1, 1, Infinity, 0, Infinity, 0, 5e-324, 0]],
    ["expm1", expm1, [NaN, Infinity, -1, 0, 5e-324, Infinity, -1, Infinity, -1, -1, -1]],
    [
      "log",
      log,
      [NaN, Infinity, NaN, -Infinity, -744.4400719213812, 13.815510557964274, NaN, 6.565264970035361, NaN, NaN, NaN],
    ],
    ["log1p", log1p, [NaN, Infinity, NaN, 0, 5e-324, 13.815511557963774, NaN, 6.566672429803241, NaN, NaN, NaN]],
    ["tanh", tanh, [NaN, 1, -1, 0, 5e-324, 1, -1, 1, -1, -1, -1]],
    ["log1pexp", log1pexp, [NaN, Infinity, 0, Math.LN2, Math.LN2, 1e6, 0, 710, 0, 5e-324, 0]],
    ["inverseLogit", inverseLogit, [NaN, 1, 0, 0.5, 0.5, 1, 0, 1, 0, 5e-324, 0]],
  ] as const)("%s takes the ends of the doubles", (_name, f, expected) => {
    const ends = [NaN, Infinity, -Infinity, 0, 5e-324, 1e6, -1e6, 710, -750, -745, -745.2];
    expect(ends.map(f)).toEqual(expected);
  });

  it("takes the ends of the probabilities", () => {
    expect([-0.1, 0, 0.5, 1, 1.1, NaN].map(logit)).toEqual([NaN, -Infinity, 0, Infinity, NaN, NaN]);
    expect([log1p(-1), log(3e-310), log(1.7e308)]).toEqual([-Infinity, -712.7027665394861, 709.7268368932282]);
    for (const huge of [6e307, 6.4e307, 9e307, 1e308])
      expect([log(huge), log1p(huge)]).toEqual([Math.log(huge), Math.log(huge)]);
  });
});
