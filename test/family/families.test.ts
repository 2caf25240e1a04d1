import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FamilySignature } from "../../src/design/FamilySignature.js";
import type { RowDerivatives } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import { links } from "../../src/family/links.js";
import { createStream } from "../../src/math/random/createStream.js";
import { logChoose } from "../../src/math/special/gammaRatio.js";
import {
  auxiliaryOf,
  etaOf,
  evaluate,
  factsOf,
  familyLinks,
  familyNamed,
  familyUnder,
  hasTrials,
  linkNamed,
  meanAt,
  meanLinks,
  parametersAt,
  supportOf,
} from "./support.js";

const DRAWS = 20000;
/** Standard errors, with fixed seeds. */
const MAX_Z = 4;
const TRIALS = 12;
/** Of the ranges of the parameters: a dispersion of 1.7. */
const SHARE = 0.44;

function zScore(values: readonly number[], expected: number): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1);
  return (mean - expected) / Math.sqrt(variance / values.length);
}

function simulated(name: string, mu: number, family = familyNamed(name)): number[] {
  const stream = createStream(31, 0);
  const phi = parametersAt(name, SHARE);
  return Array.from({ length: DRAWS }, () => family.simulate(stream, mu, phi, TRIALS));
}

describe("families", () => {
  it("are what the design reads", () => {
    const signatures: readonly FamilySignature[] = families;
    expect(signatures.map(({ name, slots }) => `${name}(${slots.map((slot) => slot.name).join(", ")})`)).toEqual([
      "normal(mu, sigma)",
      "bernoulli(p)",
      "binomial(size, p)",
      "poisson(mu)",
      "negative_binomial(mu, phi)",
      "student_t(mu, sigma, nu)",
      "lognormal(mu, sigma)",
      "gamma(mu, shape)",
      "inverse_gaussian(mu, shape)",
      "exponential(mu)",
      "weibull(mu, shape)",
      "skew_normal(mu, sigma, alpha)",
      "beta(mu, phi)",
      "zero_one_inflated_beta(mu, phi, zoi, coi)",
      "cumulative(mu, disc)",
      "sequential(mu, disc)",
      "adjacent(mu, disc)",
      "categorical(mu)",
      "zero_inflated_poisson(mu, zi)",
      "zero_inflated_negative_binomial(mu, phi, zi)",
      "zero_inflated_binomial(size, p, zi)",
      "hurdle_gamma(mu, shape, hu)",
      "hurdle_lognormal(mu, sigma, hu)",
      "hurdle_poisson(mu, hu)",
      "hurdle_negative_binomial(mu, phi, hu)",
    ]);
  });

  it.each(families.map(({ name }) => name))("%s has facts that tests go by, of each of its parameters", (name) => {
    const family = familyNamed(name);
    const { parameters, trials, responses } = factsOf(name);
    expect(parameters).toHaveLength(auxiliaryOf(family).length);
    auxiliaryOf(family).forEach((slot, k) => {
      const [from, to] = parameters[k];
      expect(from).toBeGreaterThan(supportOf(slot).lower);
      expect(to).toBeGreaterThan(from);
      expect(to).toBeLessThan(supportOf(slot).upper);
    });
    expect(trials > 1).toBe(hasTrials(family));
    if (family.cumulative !== undefined) expect(family.cumulative.isDiscrete).toBe(responses === "counts");
  });

  it("name links that exist and refuse the others", () => {
    for (const family of families) {
      const known = links.map((link) => link.name);
      for (const slot of family.slots)
        if (slot.kind !== "data") expect(known).toEqual(expect.arrayContaining([...slot.links]));
      if (family.withLink === undefined) expect(meanLinks(family)).toContain("identity");
      expect(() => family.rowLikelihood("cauchit")).toThrow(
        new RangeError(
          `the mean of ${family.name} has no link "cauchit"; its links are ${meanLinks(family).join(", ")}`,
        ),
      );
    }
  });

  it.each([
    ["normal", -3.5, 1, null],
    ["normal", Infinity, 1, "is not a finite number"],
    ["bernoulli", 0, 1, null],
    ["bernoulli", 2, 1, "is neither 0 nor 1"],
    ["binomial", 3, 3, null],
    ["binomial", 0, 0, null],
    ["binomial", 4, 3, "is more than its number of trials, 3"],
    ["binomial", 1.5, 3, "is not a count (0, 1, 2, ...)"],
    ["binomial", 1, 2.5, "has 2.5 trials, which is not a count (0, 1, 2, ...)"],
    ["binomial", 1, -2, "has -2 trials, which is not a count (0, 1, 2, ...)"],
    ["poisson", 7, 1, null],
    ["poisson", 2.5, 1, "is not a count (0, 1, 2, ...)"],
    ["negative_binomial", -1, 1, "is not a count (0, 1, 2, ...)"],
    ["negative_binomial", NaN, 1, "is not a count (0, 1, 2, ...)"],
  ])("%s: a response of %d in %d trials", (name, value, trials, problem) => {
    expect(familyNamed(name).checkResponse(value, trials)).toBe(problem);
  });

  it.each(familyLinks)("%s with link %s: the score has mean zero under its own draws", (name, link) => {
    const mu = meanAt(name, 0.3);
    const phi = parametersAt(name, SHARE);
    const rows = simulated(name, mu, familyUnder(name, link)).map((y) =>
      evaluate(name, link, y, TRIALS, etaOf(name, link, mu), phi),
    );
    const isZero = (score: (row: RowDerivatives) => number, what: string) =>
      expect(Math.abs(zScore(rows.map(score), 0)), what).toBeLessThan(MAX_Z);
    isZero((row) => row.dEta, "dEta");
    auxiliaryOf(familyNamed(name)).forEach((slot, k) => {
      isZero((row) => row.dPhi[k], slot.name);
    });
  });

  it.each(families.map(({ name }) => name))("%s draws with its mean and variance, values it accepts", (name) => {
    const family = familyNamed(name);
    const mu = factsOf(name).means[1] * 0.6;
    const phi = parametersAt(name, SHARE);
    const draws = simulated(name, mu);
    const mean = family.mean(mu, phi, TRIALS);
    expect(Math.abs(zScore(draws, mean))).toBeLessThan(MAX_Z);
    const squares = draws.map((y) => (y - mean) ** 2);
    expect(Math.abs(zScore(squares, family.variance(mu, phi, TRIALS)))).toBeLessThan(MAX_Z);
    expect(draws.filter((y) => family.checkResponse(y, TRIALS) !== null)).toEqual([]);
  });

  it.each(meanLinks(familyNamed("binomial")))(
    "a binomial row with link %s is its Bernoulli rows and log choose",
    (link) => {
      const row = fc
        .integer({ min: 0, max: 200 })
        .chain((trials) => fc.tuple(fc.integer({ min: 0, max: trials }), fc.constant(trials)));
      fc.assert(
        fc.property(row, fc.double({ min: 0.01, max: 0.99, noNaN: true }), ([y, trials], p) => {
          const eta = linkNamed(link).link(p);
          const [success, failure] = [1, 0].map((outcome) => evaluate("bernoulli", link, outcome, 1, eta, []));
          const binomial = evaluate("binomial", link, y, trials, eta, []);
          const ones = y * success.value + (trials - y) * failure.value;
          expect(Math.abs(binomial.value - logChoose(trials, y) - ones)).toBeLessThan(
            1e-12 * Math.max(1, Math.abs(ones)),
          );
          for (const name of ["dEta", "dEta2", "dEta3"] as const) {
            expect(binomial[name]).toBeCloseTo(y * success[name] + (trials - y) * failure[name], 8);
          }
        }),
        { seed: 23, numRuns: 200 },
      );
    },
  );
});
