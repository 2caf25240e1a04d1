import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  digamma,
  logLessDigamma,
  tetragamma,
  tetragammaDeficit,
  trigamma,
  trigammaExcess,
} from "../../../src/math/special/polygamma.js";

const path = "../../../validation/fixtures/distributions/families/special.fixture.json";
const fixture: Record<string, readonly [x: number, expected: number][]> = JSON.parse(
  readFileSync(new URL(path, import.meta.url), "utf8"),
);

describe("derivatives of log gamma", () => {
  it.each([
    ["digamma", digamma],
    ["logLessDigamma", logLessDigamma],
    ["trigamma", trigamma],
    ["trigammaExcess", trigammaExcess],
    ["tetragamma", tetragamma],
    ["tetragammaDeficit", tetragammaDeficit],
  ])("%s agrees with high precision", (name, f) => {
    const errors = fixture[name].map(
      ([x, expected]) => Math.abs(f(x) - expected) / Math.max(1e-300, Math.abs(expected)),
    );
    expect(errors.length).toBe(100);
    // digamma crosses zero, where its error is that of log x.
    const worst = fixture[name]
      .map(([x, expected], i) => [errors[i], x, f(x), expected])
      .sort((a, b) => b[0] - a[0])[0];
    expect(worst[0], `${worst}`).toBeLessThan(1e-14);
  });
});
