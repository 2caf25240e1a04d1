import { describe, expect, it } from "vitest";
import type { Family } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import { createStream } from "../../src/math/random/createStream.js";
import { fixture } from "./fixture.js";
import {
  auxiliaryOf,
  etaOf,
  evaluate,
  factsOf,
  familyLinks,
  familyNamed,
  familyUnder,
  integral,
  meanAt,
  meanLinks,
  parametersAt,
  supportOf,
} from "./support.js";

/** With the parameters besides the mean in the middle; a 1 of families without any. */
type Row = readonly [y: number, size: number, eta: number, ...parameters: number[], logDensity: number];

const densities: Record<string, readonly Row[]> = {
  ...fixture("densities").densities,
  ...fixture("categories").densities,
  ...fixture("inflated").densities,
};
/** What continuous.test.ts compares. */
const measurements: Record<string, unknown> = fixture("continuous");
const largeSizes: readonly (readonly [number, number, number, number])[] =
  fixture("special").negativeBinomialLogDensity;

/** Relative to the log density. */
const TOLERANCE = 2e-13;

function relativeError(value: number, expected: number): number {
  return value === expected ? 0 : Math.abs(value / expected - 1);
}

/** Over the counts that may be responses, to where the density ends, far beyond the mean. */
function sumOfCounts(family: Family, density: (y: number) => number, trials: number, far: number): number {
  expect(far).toBeLessThan(Infinity);
  let total = 0;
  for (let y = 0; ; y++) {
    const term = family.checkResponse(y, trials) === null ? density(y) : 0;
    total += term;
    if (y > far && term < 1e-20) return total;
  }
}

describe("log densities", () => {
  it.each(Object.keys(densities))("%s equals R's, tails included", (name) => {
    const [family, link] = name.split("/");
    const wrong = densities[name].filter((row) => {
      const [y, size, eta] = row;
      const [parameters, expected] = [row.slice(3, -1), row[row.length - 1]];
      return !(relativeError(evaluate(family, link, y, size, eta, parameters).value, expected) < TOLERANCE);
    });
    expect(densities[name].length).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it.each(families.map(({ name }) => name))("%s has been compared with R's", (name) => {
    const compared = Object.keys({ ...densities, ...measurements });
    expect(compared.map((key) => key.split("/")[0])).toContain(name);
  });

  it("keeps the negative binomial's digits on its way to the Poisson distribution", () => {
    for (const [y, mu, phi, expected] of largeSizes) {
      const { value } = evaluate("negative_binomial", "identity", y, 1, mu, [phi]);
      expect(relativeError(value, expected)).toBeLessThan(TOLERANCE);
    }
  });

  it.each(familyLinks)("%s with link %s sums or integrates to one", (family, link) => {
    const { trials, responses, atoms = [] } = factsOf(family);
    for (const share of [0.1, 0.35, 0.8]) {
      const [mu, phi] = [meanAt(family, share), parametersAt(family, share)];
      const eta = etaOf(family, link, mu);
      const density = (y: number) => Math.exp(evaluate(family, link, y, trials, eta, phi).value);
      const record = familyUnder(family, link);
      const far = record.mean(mu, phi, trials) + 20 * Math.sqrt(record.variance(mu, phi, trials));
      const inside = responses === "counts" ? sumOfCounts(record, density, trials, far) : integral(density, responses);
      const total = atoms.reduce((sum, y) => sum + density(y), inside);
      expect(Math.abs(total - 1)).toBeLessThan(1e-12);
    }
  });
});

describe("log densities at the extremes", () => {
  const etas = [0, 40, -40, 750, -750, 1e6, -1e6];
  /** Of outcomes with a probability alone, under the links by which a linear predictor may be anything. */
  const unbounded = familyLinks.filter(
    ([name, link]) => ["logit", "probit", "cloglog"].includes(link) && auxiliaryOf(familyNamed(name)).length === 0,
  );

  it.each(unbounded)("%s with link %s has the limits of its tails", (family, link) => {
    for (const eta of etas) {
      for (const y of [0, 1]) {
        const { value, dEta, dEta2 } = evaluate(family, link, y, 1, eta, []);
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
    const row = evaluate(family, link, y, 1, eta, [2]);
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
    for (const y of [0, 1]) expect(evaluate(family, link, y, 1, eta, [1]).value).toBe(-Infinity);
  });

  it("takes a mean on its bound", () => {
    expect(evaluate("bernoulli", "identity", 1, 1, 1, []).value).toBe(0);
    expect(evaluate("bernoulli", "log", 1, 1, 0, []).value).toBe(0);
    expect(evaluate("bernoulli", "identity", 1, 1, 0, []).value).toBe(-Infinity);
    for (const family of ["poisson", "negative_binomial"]) {
      expect(evaluate(family, "identity", 0, 1, 0, [2])).toMatchObject({ value: -0, dEta: -1 });
      expect(evaluate(family, "identity", 2, 1, 0, [2]).value).toBe(-Infinity);
    }
  });

  it.each(familyLinks)("%s with link %s gives nothing for a predictor that is not a number", (family, link) => {
    const phi = parametersAt(family, 0.4);
    for (const seed of [1, 2, 3]) {
      const y = familyNamed(family).simulate(createStream(seed, 0), meanAt(family, 0.5), phi, 1);
      expect(evaluate(family, link, y, 1, NaN, phi).value).not.toBeGreaterThan(-Infinity);
    }
  });

  const parameters = families.flatMap((family) =>
    auxiliaryOf(family).flatMap((slot, k) => {
      const isAsked = family.slots.includes(slot) && slot.fixed === undefined;
      return isAsked ? [[family.name, slot.name, k] as const] : [];
    }),
  );
  it.each(parameters)("%s is impossible at a %s outside its support", (family, _, k) => {
    const mu = meanAt(family, 0.3);
    const [link] = meanLinks(familyNamed(family));
    const phi = parametersAt(family, 0.4);
    const { lower, upper } = supportOf(auxiliaryOf(familyNamed(family))[k]);
    const outside = [lower, lower - 1, upper, upper + 0.2, NaN].filter((value) => Math.abs(value) !== Infinity);
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const y = familyNamed(family).simulate(createStream(seed, 0), mu, phi, 1);
      for (const value of outside) {
        const moved = phi.map((each, j) => (j === k ? value : each));
        const density = evaluate(family, link, y, 1, etaOf(family, link, mu), moved).value;
        expect(density, `${y} at ${value}`).not.toBeGreaterThan(-Infinity);
      }
    }
  });
});
