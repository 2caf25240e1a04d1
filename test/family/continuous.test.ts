import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { families } from "../../src/family/families.js";
import { continuousQuantile } from "../../src/family/quantile.js";
import { createStream } from "../../src/math/random/createStream.js";
import { skewNormalCdf } from "../../src/math/special/skewNormalCdf.js";
import { evaluate, factsOf, familyNamed, linkNamed, meanAt, meanLinks, parametersAt } from "./support.js";

type Row = readonly [y: number, mu: number, ...rest: number[]];
const fixture = (name: string) =>
  JSON.parse(
    readFileSync(
      new URL(`../../validation/fixtures/distributions/families/${name}.fixture.json`, import.meta.url),
      "utf8",
    ),
  );
const inR: Record<string, readonly Row[]> = fixture("continuous");
const skewed: readonly (readonly [z: number, alpha: number, expected: number])[] = fixture("special").skewNormalCdf;

const names = families.map(({ name }) => name).filter((name) => factsOf(name).responses !== "counts");
const withCumulative = names.filter((name) => familyNamed(name).cumulative !== undefined);

function logDensity(family: string, link: string, y: number, mu: number, phi: readonly number[]): number {
  return evaluate(family, link, y, 1, linkNamed(link).link(mu), phi).value;
}

function cumulativeOf(name: string) {
  return familyNamed(name).cumulative ?? expect.fail(`${name} has no distribution function`);
}

/** A mean and parameters inside the facts' ranges, at a share of the way. */
function at(name: string, share: number): readonly [number, readonly number[]] {
  return [meanAt(name, share), parametersAt(name, 1 - share)];
}

describe("families of measurements", () => {
  it.each(names.filter((name) => Object.hasOwn(inR, name)))(
    "%s has R's densities under each link, tails included",
    (name) => {
      const wrong = meanLinks(familyNamed(name)).flatMap((link) =>
        inR[name].flatMap((row) => {
          const [y, mu] = row;
          // A mean without such a linear predictor, as one below 0 under the log.
          if (!Number.isFinite(linkNamed(link).link(mu))) return [];
          const expected = row[row.length - 2];
          const error = Math.abs(logDensity(name, link, y, mu, row.slice(2, -2)) - expected);
          return error <= 2e-11 * Math.max(1, Math.abs(expected)) ? [] : [[link, ...row, error]];
        }),
      );
      expect(wrong).toEqual([]);
    },
  );

  it("skew_normal has its tails by high precision", () => {
    for (const [z, alpha, expected] of skewed)
      expect(Math.abs(skewNormalCdf(z, alpha) - expected), `${z}, ${alpha}`).toBeLessThan(1e-13 * expected + 1e-300);
  });

  it.each(withCumulative)("%s: quantiles undo the distribution function", (name) => {
    const family = familyNamed(name);
    const { probability, quantile } = cumulativeOf(name);
    for (const share of [0.1, 0.5, 0.9])
      for (const p of [1e-6, 0.03, 0.5, 0.8, 0.9999]) {
        const [mu, phi] = at(name, share);
        const sd = Math.sqrt(family.variance(mu, phi, 1));
        const y =
          quantile?.(p, mu, phi, 1) ??
          continuousQuantile((x) => probability(x, mu, phi, 1), p, family.mean(mu, phi, 1), sd);
        expect(Math.abs(probability(y, mu, phi, 1) / p - 1)).toBeLessThan(1e-7);
      }
  });

  it.each(withCumulative)("%s draws by its distribution function", (name) => {
    const family = familyNamed(name);
    const { probability } = cumulativeOf(name);
    for (const share of [0.15, 0.8]) {
      const [mu, phi] = at(name, share);
      const stream = createStream(5, 0);
      const count = 2000;
      const us = Array.from({ length: count }, () => probability(family.simulate(stream, mu, phi, 1), mu, phi, 1));
      us.sort((a, b) => a - b);
      const distance = Math.max(...us.map((u, i) => Math.max(u - i / count, (i + 1) / count - u)));
      // Kolmogorov's distribution: P = 2e-4 beyond.
      expect(distance * Math.sqrt(count)).toBeLessThan(2.15);
    }
  });

  const positive = ["lognormal", "gamma", "inverse_gaussian", "exponential", "weibull"];
  const inf = Number.POSITIVE_INFINITY;
  const responses: readonly (readonly [family: string, value: number, problem: string | null])[] = [
    ...positive.map((name) => [name, -1, `is outside the support of ${name}, the numbers above 0`] as const),
    ...positive.map((name) => {
      const other = name === "lognormal" ? "hurdle_lognormal" : "hurdle_gamma";
      const text = `is outside the support of ${name}, the numbers above 0; where values are exactly 0, use ${other}`;
      return [name, 0, text] as const;
    }),
    ...["student_t", "skew_normal", ...positive].map((name) => [name, inf, "is not a finite number"] as const),
    [
      "beta",
      1,
      "is outside the support of beta, the numbers between 0 and 1; where values are exactly 0 or 1, use zero_one_inflated_beta",
    ],
    ["beta", 37, "is outside the support of beta, the numbers between 0 and 1; percentages are to be divided by 100"],
    ["beta", -0.1, "is outside the support of beta, the numbers between 0 and 1"],
    ["zero_one_inflated_beta", 1, null],
    [
      "zero_one_inflated_beta",
      37,
      "is outside the support of zero_one_inflated_beta, the numbers from 0 to 1; percentages are to be divided by 100",
    ],
    ["hurdle_gamma", 0, null],
    ["hurdle_gamma", -2, "is outside the support of hurdle_gamma, 0 and the numbers above it"],
    ["hurdle_lognormal", NaN, "is not a finite number"],
  ];
  it.each(responses)("%s: a response of %d", (name, value, problem) => {
    expect(familyNamed(name).checkResponse(value, 1)).toBe(problem);
  });

  it.each([
    // Normal in the limit, where sums of terms would have lost all digits.
    ["student_t", [0.3, 1, 1e15], -0.5 * 0.7 ** 2 - 0.5 * Math.log(2 * Math.PI), 1],
    ["skew_normal", [0.3, 1, 0], -0.5 * 0.7 ** 2 - 0.5 * Math.log(2 * Math.PI), 1],
    // sqrt(shape / (2 pi)) / y at y = mu.
    ["gamma", [1, 1e14], 0.5 * Math.log(1e14 / (2 * Math.PI)), 1],
    // sqrt(phi / (2 pi mu (1 - mu))) at y = mu = 1/2.
    ["beta", [0.5, 1e14], 0.5 * Math.log((4 * 1e14) / (2 * Math.PI)), 0.5],
  ])("%s keeps its digits for extreme parameters %j", (name, [mu, ...phi], expected, y) => {
    expect(logDensity(name, meanLinks(familyNamed(name))[0], y, mu, phi)).toBeCloseTo(expected, 11);
  });
});
