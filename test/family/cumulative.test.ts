import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Family } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import { createStream } from "../../src/math/random/createStream.js";
import { fixture } from "./fixture.js";
import {
  anyMean,
  anyParameters,
  etaOf,
  evaluate,
  factsOf,
  familyLinks,
  familyNamed,
  familyUnder,
  hasTrials,
  integral,
} from "./support.js";

/** With the parameters besides the mean in the middle; a 1 of families without any. */
type Row = readonly [y: number, size: number, mu: number, ...parameters: number[], probability: number];

const cumulative: Record<string, readonly Row[]> = {
  ...fixture("cumulative").cumulative,
  ...fixture("categories").cumulative,
  ...fixture("inflated").cumulative,
  ...ofMeasurements(),
};

/** Those of continuous.R, which has log densities too; null where R has no function. */
function ofMeasurements(): Record<string, readonly Row[]> {
  const { software: _, ...cases }: Record<string, readonly (readonly number[])[]> = fixture("continuous");
  const entries = Object.entries(cases).map(([name, rows]): [string, readonly Row[]] => {
    const known = rows.filter((row) => row[row.length - 1] !== null);
    return [name, known.map(([y, mu, ...rest]) => [y, 1, mu, ...rest.slice(0, -2), rest[rest.length - 1]])];
  });
  return Object.fromEntries(entries);
}

/** Relative to the probability; tails underflow where R's do. */
const TOLERANCE = 1e-12;
/** And in differences of probabilities. */
const ABSOLUTE = 1e-13;

/** A family of measurements some of whose values have a probability of their own has no distribution function yet. */
const served = families.map(({ name }) => name).filter((name) => familyNamed(name).cumulative !== undefined);
/** The test of families of measurements has its values by high precision. */
const inR = served.filter((name) => name !== "skew_normal");

function functionOf({ name, cumulative: found }: Family) {
  if (found === undefined) throw new Error(`${name} has no distribution function`);
  return found;
}

describe("distribution functions", () => {
  it("is of every family but measurements some of whose values have a probability of their own", () => {
    const without = families.filter(({ name }) => !served.includes(name)).map(({ name }) => name);
    expect(without).toEqual(families.map(({ name }) => name).filter((name) => factsOf(name).atoms !== undefined));
  });

  it.each(inR)("%s equals R's, tails included", (name) => {
    const { probability, upper } = functionOf(familyNamed(name));
    const rows = Object.hasOwn(cumulative, name) ? cumulative[name] : expect.fail(`give cumulative.R cases of ${name}`);
    const wrong = rows.filter((row) => {
      const [y, size, mu] = row;
      const [parameters, expected] = [row.slice(3, -1), row[row.length - 1]];
      const value = probability(y, mu, parameters, size);
      const sum = value + (upper?.(y, mu, parameters, size) ?? 1 - value);
      return !(Math.abs(value - expected) <= TOLERANCE * expected + 1e-300 && Math.abs(sum - 1) < ABSOLUTE);
    });
    expect(rows.length).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
  });

  it.each(familyLinks.filter(([name]) => served.includes(name)))(
    "%s rises by the density from one response to the next: link %s",
    (name, link) => {
      const family = familyUnder(name, link);
      const { probability } = functionOf(family);
      const { responses } = factsOf(name);
      const trials = hasTrials(family) ? 9 : 1;
      const input = [
        fc.integer({ min: 0, max: 9 }),
        fc.integer(),
        anyMean(name),
        anyMean(name),
        anyParameters(name),
      ] as const;
      fc.assert(
        fc.property(...input, (count, seed, mu, other, phi) => {
          const density = (at: number) => Math.exp(evaluate(name, link, at, trials, etaOf(name, link, mu), phi).value);
          const rise = (from: number, to: number) =>
            probability(to, mu, phi, trials) - probability(from, mu, phi, trials);
          if (responses === "counts") {
            const isPossible = family.checkResponse(count, trials) === null;
            expect(Math.abs(rise(count - 1, count) - (isPossible ? density(count) : 0))).toBeLessThan(ABSOLUTE);
          } else {
            const stream = createStream(seed, 0);
            const [from, to] = [mu, other].map((at) => family.simulate(stream, at, phi, trials)).sort((x, y) => x - y);
            expect(Math.abs(rise(from, to) - integral(density, [from, to]))).toBeLessThan(1e-9);
          }
        }),
        { seed: 25, numRuns: 50 },
      );
    },
  );

  it("are NaN where there is no such distribution", () => {
    expect(functionOf(familyNamed("poisson")).probability(1, -0.1, [], 1)).toBeNaN();
    expect(functionOf(familyNamed("bernoulli")).probability(0, 1.1, [], 1)).toBeNaN();
    expect(functionOf(familyNamed("binomial")).probability(1, -0.1, [], 3)).toBeNaN();
    expect(functionOf(familyNamed("negative_binomial")).probability(1, 2, [0], 1)).toBeNaN();
    expect(functionOf(familyNamed("normal")).probability(1, 2, [-1], 1)).toBeNaN();
  });
});
