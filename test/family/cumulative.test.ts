import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families } from "../../src/family/families.js";
import { evaluate, familyLinks, familyNamed, linkNamed, meanRange } from "./support.js";

type Row = readonly [y: number, size: number, mu: number, dispersion: number, probability: number];

const path = "../../validation/fixtures/distributions/families/cumulative.fixture.json";
const cumulative: Record<string, readonly Row[]> = JSON.parse(
  readFileSync(new URL(path, import.meta.url), "utf8"),
).cumulative;

/** Relative to the probability; tails underflow where R's do. */
const TOLERANCE = 1e-12;
/** And in differences of probabilities. */
const ABSOLUTE = 1e-13;

function functionOf(name: string) {
  const { cumulative: found } = familyNamed(name);
  if (found === undefined) throw new Error(`${name} has no distribution function`);
  return found;
}

describe("distribution functions", () => {
  it.each(families.map(({ name }) => name))("%s equals R's, tails included", (name) => {
    const { probability } = functionOf(name);
    const wrong = cumulative[name].filter(([y, size, mu, dispersion, expected]) => {
      const value = probability(y, mu, dispersion, size);
      return !(Math.abs(value - expected) <= TOLERANCE * expected + 1e-300);
    });
    expect(cumulative[name].length).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
  });

  it.each(familyLinks)("%s rises by the density from one count to the next: link %s", (name, link) => {
    const { isDiscrete, probability } = functionOf(name);
    const [low, high] = meanRange(name);
    const trials = name === "binomial" ? 9 : 1;
    const last = name === "bernoulli" ? 1 : 9;
    const input = [fc.integer({ min: 0, max: last }), fc.double({ min: low, max: high, noNaN: true })] as const;
    const phi = fc.double({ min: 0.2, max: 8, noNaN: true });
    fc.assert(
      fc.property(...input, phi, (y, mu, dispersion) => {
        const density = (at: number) =>
          Math.exp(evaluate(name, link, at, trials, linkNamed(link).link(mu), dispersion).value);
        const rise = probability(y, mu, dispersion, trials) - probability(y - 1, mu, dispersion, trials);
        // Simpson's rule for a density: far enough for a normal one whose sd is at least 0.2.
        const steps = 400;
        const weights = Array.from({ length: steps + 1 }, (_, k) => (k % steps === 0 ? 1 : k % 2 === 1 ? 4 : 2));
        const integral = weights.reduce((sum, w, k) => sum + (w * density(y - 1 + k / steps)) / (3 * steps), 0);
        expect(Math.abs(rise - (isDiscrete ? density(y) : integral))).toBeLessThan(isDiscrete ? ABSOLUTE : 1e-9);
      }),
      { numRuns: 50 },
    );
  });

  it("are NaN where there is no such distribution", () => {
    expect(functionOf("poisson").probability(1, -0.1, 1, 1)).toBeNaN();
    expect(functionOf("bernoulli").probability(0, 1.1, 1, 1)).toBeNaN();
    expect(functionOf("binomial").probability(1, -0.1, 1, 3)).toBeNaN();
    expect(functionOf("negative_binomial").probability(1, 2, 0, 1)).toBeNaN();
    expect(functionOf("normal").probability(1, 2, -1, 1)).toBeNaN();
  });
});
