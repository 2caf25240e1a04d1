import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { evaluate, familyLinks } from "./support.js";

type Row = readonly [y: number, size: number, eta: number, dispersion: number, logDensity: number];

function fixture(name: string) {
  const path = `../../validation/fixtures/distributions/families/${name}.fixture.json`;
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
const densities: Record<string, readonly Row[]> = fixture("densities").densities;
const largeSizes: readonly (readonly [number, number, number, number])[] =
  fixture("special").negativeBinomialLogDensity;

/** Relative to the log density. */
const TOLERANCE = 2e-13;

function relativeError(value: number, expected: number): number {
  return value === expected ? 0 : Math.abs(value / expected - 1);
}

describe("log densities", () => {
  it.each(Object.keys(densities))("%s equals R's, tails included", (name) => {
    const [family, link] = name.split("/");
    const wrong = densities[name].filter(
      ([y, size, eta, dispersion, expected]) =>
        !(relativeError(evaluate(family, link, y, size, eta, dispersion).value, expected) < TOLERANCE),
    );
    expect(densities[name].length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it("keeps the negative binomial's digits on its way to the Poisson distribution", () => {
    for (const [y, mu, phi, expected] of largeSizes) {
      const { value } = evaluate("negative_binomial", "identity", y, 1, mu, phi);
      expect(relativeError(value, expected)).toBeLessThan(TOLERANCE);
    }
  });

  it.each(familyLinks)("%s with link %s sums or integrates to one", (family, link) => {
    const eta = link === "identity" || link === "log" ? { identity: 0.4, log: -0.7 }[link] : 0.3;
    const step = family === "normal" ? 0.01 : 1;
    const trials = family === "binomial" ? 70 : 1;
    const last = { normal: 1000, bernoulli: 1, binomial: trials, poisson: 30, negative_binomial: 200 }[family] ?? NaN;
    let total = 0;
    for (let k = family === "normal" ? -last : 0; k <= last; k++) {
      total += step * Math.exp(evaluate(family, link, k * step, trials, eta, 0.8).value);
    }
    expect(Math.abs(total - 1)).toBeLessThan(1e-12);
  });
});

describe("log densities at the extremes", () => {
  const etas = [0, 40, -40, 750, -750, 1e6, -1e6];
  const unbounded = familyLinks.filter(([, link]) => link !== "identity" && link !== "log");

  it.each(unbounded)("%s with link %s has the limits of its tails", (family, link) => {
    for (const eta of etas) {
      for (const y of [0, 1]) {
        const { value, dEta, dEta2 } = evaluate(family, link, y, 1, eta, 1);
        expect([eta, y, value <= 0, Number.isNaN(dEta + dEta2), y === 1 ? dEta >= 0 : dEta <= 0]).toEqual([
          eta,
          y,
          true,
          false,
          true,
        ]);
        expect(dEta2).toBeLessThanOrEqual(0);
      }
    }
  });

  it.each([
    ["bernoulli", "logit", 1, -1e6, -1e6, 1],
    ["bernoulli", "logit", 0, 750, -750, -1],
    ["bernoulli", "logit", 1, 1e6, 0, 0],
    // -t^2/2 - log(t sqrt(2 pi)) - 1/t^2 + ..., and t + 1/t.
    ["bernoulli", "probit", 1, -1e6, -5e11 - 14.734449, 1e6 + 1e-6],
    ["bernoulli", "cloglog", 1, -1e6, -1e6, 1],
    ["bernoulli", "cloglog", 0, 1e6, -Infinity, -Infinity],
    ["bernoulli", "log", 1, -750, -750, 1],
    ["poisson", "log", 3, -1e6, -3e6 - Math.log(6), 3],
    ["poisson", "log", 3, 1e6, -Infinity, -Infinity],
    // log(4 mu^-2) with mu = exp(eta): y = 3, phi = 2.
    ["negative_binomial", "log", 3, 1e6, -2e6 + Math.log(16), -2],
    ["negative_binomial", "log", 3, -1e6, -3e6 + Math.log(24 / 6 / 8), 3],
    ["normal", "log", 3, 1e6, -Infinity, -Infinity],
  ])("%s with link %s: y = %d at eta = %d", (family, link, y, eta, value, dEta) => {
    const row = evaluate(family, link, y, 1, eta, 2);
    expect(relativeError(row.value, value)).toBeLessThan(TOLERANCE);
    expect(relativeError(row.dEta, dEta)).toBeLessThan(TOLERANCE);
  });

  it.each([
    ["bernoulli", "log", 1e-9],
    ["bernoulli", "identity", -1e-9],
    ["bernoulli", "identity", 1 + 1e-9],
    ["binomial", "identity", -1e-9],
    ["poisson", "identity", -1e-9],
    ["negative_binomial", "identity", -1e-9],
  ])("%s with link %s is impossible at eta = %d", (family, link, eta) => {
    for (const y of [0, 1]) expect(evaluate(family, link, y, 1, eta, 1).value).toBe(-Infinity);
  });

  it("takes a mean on its bound", () => {
    expect(evaluate("bernoulli", "identity", 1, 1, 1, 1).value).toBe(0);
    expect(evaluate("bernoulli", "log", 1, 1, 0, 1).value).toBe(0);
    expect(evaluate("bernoulli", "identity", 1, 1, 0, 1).value).toBe(-Infinity);
    for (const family of ["poisson", "negative_binomial"]) {
      expect(evaluate(family, "identity", 0, 1, 0, 2)).toMatchObject({ value: -0, dEta: -1 });
      expect(evaluate(family, "identity", 2, 1, 0, 2).value).toBe(-Infinity);
    }
  });

  it.each(familyLinks)("%s with link %s gives nothing for a predictor that is not a number", (family, link) => {
    expect(evaluate(family, link, 0, 1, NaN, 1).value).not.toBeGreaterThan(-Infinity);
  });

  it.each(["normal", "negative_binomial"])("%s is impossible at a dispersion that is not positive", (family) => {
    for (const dispersion of [0, -1, NaN])
      expect(evaluate(family, "identity", 1, 1, 1, dispersion).value).toBe(-Infinity);
  });
});
