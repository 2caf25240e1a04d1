import { describe, expect, it } from "vitest";
import type { Family, RowDerivatives } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import { intervalMoments } from "../../src/family/intervalMoments.js";
import { linkNamed } from "../../src/family/links.js";
import { rowIntervals } from "../../src/family/rowIntervals.js";
import { newRowDerivatives } from "../../src/family/rowLikelihoods.js";

type Interval = readonly [lower: number, upper: number];

interface Case {
  readonly mu: number;
  readonly phi: readonly number[];
  readonly intervals: readonly Interval[];
  readonly trials?: number;
}

const times: readonly Interval[] = [
  [3, Infinity],
  [-Infinity, 0.4],
  [0.5, 2],
  [40, Infinity],
  [1, 1.0005],
];
const reals: readonly Interval[] = [
  [3, Infinity],
  [-Infinity, 0.4],
  [0.5, 2],
  [-Infinity, -9],
  [9, Infinity],
  [1, 1.0005],
];
const counts: readonly Interval[] = [
  [0, Infinity],
  [-Infinity, 2],
  [1, 6],
  [9, Infinity],
];

const cases: Record<string, Case> = {
  normal: { mu: 1.2, phi: [1.3], intervals: reals },
  lognormal: { mu: 0.3, phi: [0.8], intervals: times },
  exponential: { mu: 1.7, phi: [], intervals: times },
  weibull: { mu: 1.7, phi: [1.4], intervals: times },
  gamma: { mu: 1.7, phi: [2.4], intervals: times },
  inverse_gaussian: { mu: 1.7, phi: [2.4], intervals: times },
  student_t: { mu: 1.2, phi: [1.3, 3.5], intervals: reals },
  skew_normal: { mu: 1.2, phi: [1.3, 1.5], intervals: reals.filter(([, upper]) => upper !== -9) },
  beta: {
    mu: 0.4,
    phi: [5],
    intervals: [
      [0.2, 0.7],
      [-Infinity, 0.1],
      [0.9, Infinity],
    ],
  },
  poisson: { mu: 3.3, phi: [], intervals: counts },
  negative_binomial: { mu: 3.3, phi: [1.4], intervals: counts },
  binomial: { mu: 0.3, phi: [], trials: 12, intervals: counts },
  zero_inflated_poisson: { mu: 3.3, phi: [0.2], intervals: counts },
  hurdle_negative_binomial: { mu: 3.3, phi: [1.4, 0.2], intervals: counts },
};

const rows = Object.entries(cases).flatMap(([name, each]) => {
  const family = familyNamed(name);
  const links = family.slots.flatMap((slot) => (slot.kind === "mean" ? slot.links : []));
  return links.map((link) => ({ name, link, family, each }));
});

function familyNamed(name: string): Family {
  return families.find((family) => family.name === name) ?? expect.fail(`no family ${name}`);
}

function evaluate(
  family: Family,
  link: string,
  [lower, upper]: Interval,
  eta: number,
  phi: readonly number[],
  trials = 1,
) {
  const out = newRowDerivatives(phi.length);
  rowIntervals(family, link).evaluate(lower, upper, trials, eta, phi, 3, out);
  return out;
}

function quotient(f: (x: number) => number, x: number, step: number): number {
  return (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);
}

describe("probabilities of intervals", () => {
  it.each(rows)("$name with link $link: they are those of the distribution function", ({ family, link, each }) => {
    const { mu, phi, trials = 1, intervals } = each;
    const { probability, upper: above } = family.cumulative ?? expect.fail("no distribution function");
    const beyond = (y: number) => above?.(y, mu, phi, trials) ?? 1 - probability(y, mu, phi, trials);
    for (const [lower, upper] of intervals) {
      const { value } = evaluate(family, link, [lower, upper], linkNamed(link).link(mu), phi, trials);
      const expected =
        upper === Infinity
          ? beyond(lower)
          : probability(upper, mu, phi, trials) - (lower === -Infinity ? 0 : probability(lower, mu, phi, trials));
      expect(Math.abs(Math.exp(value) / expected - 1), `${lower} to ${upper}`).toBeLessThan(
        upper - lower < 0.01 ? 1e-9 : 2e-11,
      );
    }
  });

  it.each(rows)("$name with link $link: derivatives are difference quotients", ({ family, link, each }) => {
    const { mu, phi, trials, intervals } = each;
    const eta = linkNamed(link).link(mu);
    const expectClose = (value: number, exact: number, what: string) =>
      expect(Math.abs(value - exact) / Math.max(1, Math.abs(exact)), what).toBeLessThan(2e-7);
    const step = 1e-3 * Math.min(1, Math.abs(eta));
    for (const interval of intervals) {
      const exact = evaluate(family, link, interval, eta, phi, trials);
      const inEta = (of: "value" | "dEta" | "dEta2") =>
        quotient((x) => evaluate(family, link, interval, x, phi, trials)[of], eta, step);
      expectClose(inEta("value"), exact.dEta, `dEta of ${interval}`);
      expectClose(inEta("dEta"), exact.dEta2, `dEta2 of ${interval}`);
      expectClose(inEta("dEta2"), exact.dEta3, `dEta3 of ${interval}`);
      phi.forEach((value, k) => {
        const inPhi = (of: (out: RowDerivatives) => number) =>
          quotient(
            (x) =>
              of(
                evaluate(
                  family,
                  link,
                  interval,
                  eta,
                  phi.map((own, j) => (j === k ? x : own)),
                  trials,
                ),
              ),
            value,
            1e-3 * Math.min(1, value),
          );
        expectClose(
          inPhi((out) => out.value),
          exact.dPhi[k],
          `dPhi ${k} of ${interval}`,
        );
        expectClose(
          inPhi((out) => out.dEta),
          exact.dEtaPhi[k],
          `dEtaPhi ${k} of ${interval}`,
        );
        expectClose(
          inPhi((out) => out.dEta2),
          exact.dEta2Phi[k],
          `dEta2Phi ${k} of ${interval}`,
        );
      });
    }
  });

  it("has the mean and the variance of a normal response above a bound, and of counts above 0", () => {
    const normal = intervalMoments(familyNamed("normal"), "identity", (eta) => eta)(1, Infinity, 1, 0, [1]);
    const hazard = Math.exp(-0.5) / Math.sqrt(2 * Math.PI) / 0.15865525393145707;
    expect(normal.mean).toBeCloseTo(hazard, 12);
    expect(normal.variance).toBeCloseTo(1 + hazard - hazard * hazard, 12);
    const counts = intervalMoments(familyNamed("poisson"), "log", Math.exp)(0, Infinity, 1, Math.log(2), []);
    expect(counts.mean).toBeCloseTo(2 / (1 - Math.exp(-2)), 12);
  });
});
