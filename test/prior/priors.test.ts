import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/argument/ArgumentError.js";
import type { Univariate } from "../../src/prior/Prior.js";
import { definePrior, priors } from "../../src/prior/priors.js";
import { cases, label, make } from "./fixture.js";

const LOG_TOLERANCE = 1e-12;
const QUANTILE_TOLERANCE = 1e-12;
const INVERSION_TOLERANCE = 1e-11;
/** Of five-point differences. */
const DERIVATIVE_TOLERANCE = 1e-8;

/** |a - b| relative to |b|, or to 0.01 where b is smaller. */
const difference = (a: number, b: number): number => (a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(b), 0.01));

function expectAll(
  f: (x: number) => number,
  at: readonly number[],
  expected: readonly number[],
  tolerance: number,
): void {
  at.forEach((x, i) => {
    expect(difference(f(x), expected[i]), `at ${x}: ${f(x)}, R has ${expected[i]}`).toBeLessThan(tolerance);
  });
}

function numericalDerivative({ lower, upper, logDensity }: Univariate, x: number): number {
  const h = 1e-3 * Math.min(x - lower, upper - x, Math.max(1, Math.abs(x)));
  const slope = (step: number) => (logDensity(x + step) - logDensity(x - step)) / (2 * step);
  return (4 * slope(h / 2) - slope(h)) / 3;
}

describe.each(cases)("$prior $arguments", (known) => {
  const prior = make(known.prior, ...known.arguments);

  it("has the log density of R", () => expectAll(prior.logDensity, known.x, known.logDensity, LOG_TOLERANCE));

  it("has the log probabilities of R in both tails", () => {
    expectAll((x) => prior.logProbability(-Infinity, x), known.x, known.logCdf, LOG_TOLERANCE);
    expectAll((x) => prior.logProbability(x, Infinity), known.x, known.logSurvival, LOG_TOLERANCE);
    expect(prior.logProbability(-Infinity, Infinity)).toBe(0);
    expect(prior.logProbability(1, 1)).toBe(-Infinity);
  });

  it("has the quantiles of R, which invert its own probabilities", () => {
    for (const [i, p] of known.probabilities.entries()) {
      const expected = known.quantiles[i];
      const found = prior.quantile(p);
      // Relative to the quantile itself, however small, but for a median of zero.
      const scale = Math.abs(expected) > 1e-15 ? Math.abs(expected) : 1;
      expect(Math.abs(found - expected) / scale, `at ${p}: ${found}, R has ${expected}`).toBeLessThan(
        QUANTILE_TOLERANCE,
      );
      // Some tails end below the smallest double.
      if (found < -1e-300 || found > 1e-300)
        expect(difference(prior.logProbability(-Infinity, found), Math.log(p))).toBeLessThan(INVERSION_TOLERANCE);
    }
    expect([prior.quantile(0), prior.quantile(1)]).toEqual([prior.lower, prior.upper]);
    expect([prior.quantile(-0.1), prior.quantile(1.1), prior.quantile(NaN)]).toEqual([NaN, NaN, NaN]);
  });

  it("has the derivative of its log density", () => {
    for (const x of known.x.filter((x) => Math.min(x - prior.lower, prior.upper - x) > 1e-4)) {
      const numerical = numericalDerivative(prior, x);
      const scale = Math.max(1, Math.abs(numerical)) * (1 + Math.abs(prior.logDensity(x)) / 1000);
      expect(Math.abs(prior.derivative(x) - numerical) / scale, `at ${x}`).toBeLessThan(DERIVATIVE_TOLERANCE);
    }
  });

  it("has no density at or beyond the ends of its support", () => {
    const beyond = [prior.lower, prior.lower - 1, prior.upper, prior.upper + 1];
    expect(beyond.map(prior.logDensity)).toEqual([-Infinity, -Infinity, -Infinity, -Infinity]);
  });
});

describe("the list of priors", () => {
  it("has a fixture for each but flat", () => {
    const names = new Set(cases.map(({ prior }) => prior));
    expect(priors.map(({ name }) => name).filter((name) => !names.has(name))).toEqual(["flat"]);
  });

  it("names its priors and their parameters as the language does", () => {
    const signatures = priors.map(
      ({ name, parameters }) => `${name}(${parameters.map((each) => each.name).join(", ")})`,
    );
    expect(signatures).toEqual([
      "normal(mean, sd)",
      "student_t(df, location, scale)",
      "cauchy(location, scale)",
      "exponential(rate)",
      "gamma(shape, rate)",
      "inverse_gamma(shape, scale)",
      "lognormal(meanlog, sdlog)",
      "beta(a, b)",
      "uniform(lower, upper)",
      "flat()",
      "half_normal(scale)",
      "half_student_t(df, scale)",
      "half_cauchy(scale)",
    ]);
  });

  it("says what is wrong with a number", () => {
    const real = new Set(["mean", "location", "meanlog", "lower", "upper"]);
    for (const { name, parameters } of priors)
      for (const parameter of parameters) {
        const complaints = [1, 0, -1, NaN, Infinity].map((value) => parameter.check(value));
        const finite = "must be a finite number";
        const expected = real.has(parameter.name)
          ? [null, null, null, finite, finite]
          : [null, "must be positive", "must be positive", finite, finite];
        expect(complaints, label(name, [])).toEqual(expected);
      }
  });

  it("refuses an empty or an endless uniform", () => {
    expect(() => make("uniform", 2, 2)).toThrow(new RangeError("lower of uniform must be below upper"));
    expect(() => make("uniform", -1e308, 1e308)).toThrow(
      new RangeError("upper - lower of uniform must be a finite number"),
    );
  });

  it("has a flat prior of constant density that is no distribution", () => {
    const flat = make("flat");
    expect([flat.proper, flat.logDensity(-1e300), flat.derivative(3), flat.quantile(0.5)]).toEqual([false, 0, 0, NaN]);
  });

  it("takes one's own, by a name that the language can write", () => {
    const own = { name: "wide", parameters: [], make: () => make("normal", 0, 100) };
    expect(definePrior(own)).toBe(own);
    for (const name of ["", "2wide", "very wide", "lkj"])
      expect(() => definePrior({ ...own, name })).toThrow(ArgumentError);
  });
});

describe("a prior of one's own is checked", () => {
  const own = { name: "own", parameters: priors[0].parameters };
  const normal = (mean: number, sd: number) => make("normal", mean, sd);

  it.each(priors.map((prior) => ({ prior, name: prior.name })))("as $name passes", ({ prior }) => {
    expect(definePrior(prior)).toBe(prior);
  });

  it.each([
    ["derivative", { derivative: (x: number) => x }, /its derivative at .* is .*, and .* by differences/],
    ["support", { lower: 1, upper: 1 }, /its support \(1, 1\) is empty/],
    ["total probability", { logProbability: () => -1 }, /the probability of its support is 0\.3679, not 1/],
    ["quantile", { quantile: () => 0.3 }, /the probability below its quantile at 0\.2 is/],
  ])("by its %s", (_what, wrong, message) => {
    const record = { ...own, make: ([mean, sd]: readonly number[]) => ({ ...normal(mean, sd), ...wrong }) };
    expect(() => definePrior(record)).toThrow(message);
  });
});

describe("tails that R's functions do not reach", () => {
  it("are finite for student_t where the square of x overflows", () => {
    const x = 1e200;
    const cauchy = make("cauchy", 0, 1);
    expect(cauchy.logDensity(x)).toBeCloseTo(-Math.log(Math.PI) - 2 * Math.log(x), 10);
    expect(cauchy.logProbability(x, Infinity)).toBeCloseTo(-Math.log(Math.PI) - Math.log(x), 10);
  });
});
