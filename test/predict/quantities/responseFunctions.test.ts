import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import type { Family } from "../../../src/family/Family.js";
import { families } from "../../../src/family/families.js";
import { parseQuantities } from "../../../src/predict/quantities/parseQuantities.js";
import { responseFunctions } from "../../../src/predict/quantities/responseFunctions.js";
import { auxiliaryOf, etaOf, familyNamed, familyUnder, linkUnder, parametersAt } from "../../family/support.js";

interface Case {
  readonly mu: number;
  /** The parameters besides the mean, or the only one. */
  readonly phi: number | readonly number[];
  readonly trials: number;
  readonly density: readonly number[];
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly quantiles: readonly number[];
}
function read(name: string) {
  const file = resolve(import.meta.dirname, `../../../validation/fixtures/distributions/${name}.fixture.json`);
  return JSON.parse(readFileSync(file, "utf8"));
}
const fixture: { readonly y: readonly number[]; readonly p: readonly number[] } = read("responses");
const casesOf: Readonly<Record<string, readonly Case[]>> = {
  ...read("responses").families,
  ...read("families/categories").responses,
  ...read("families/inflated").responses,
};

const eventOf = (text: string) => {
  const [quantity] = parseQuantities([`probability(${text})`], null);
  return quantity.kind === "probability" ? quantity.event : expect.fail();
};
const linkOf = (family: Family) => {
  const mean = family.slots.find(({ kind }) => kind === "mean");
  return mean?.kind === "mean" ? mean.links[0] : expect.fail();
};

/** Measurements that are newer, whose densities and distribution functions test/family/continuous.test.ts holds to R's. */
const elsewhere = [
  ...["student_t", "lognormal", "gamma", "inverse_gaussian", "exponential", "weibull", "skew_normal", "beta"],
  ...["zero_one_inflated_beta", "hurdle_gamma", "hurdle_lognormal"],
];
const here = families.filter(({ name }) => !elsewhere.includes(name));

describe.each(here.map((family) => [family.name, family] as const))("responses of %s", (name, family) => {
  const link = linkOf(family);
  const functions = responseFunctions(familyUnder(name, link), linkUnder(name, link));
  const isDiscrete = family.cumulative?.isDiscrete === true;
  const ofFamily = casesOf[name] ?? [];
  const cases = ofFamily.map((each) => ({ ...each, phi: [each.phi].flat().slice(0, auxiliaryOf(family).length) }));
  const eta = (mu: number) => etaOf(name, link, mu);
  const near = (actual: number, expected: number, what: string) =>
    expect(Math.abs(actual - expected), `${what}: ${actual}, not ${expected}`).toBeLessThanOrEqual(
      1e-10 * Math.abs(expected) + 1e-290,
    );

  it("have cases in responses.R, with each of their parameters", () => {
    expect(cases.length).toBeGreaterThan(1);
    for (const { phi } of cases) expect(phi).toHaveLength(auxiliaryOf(family).length);
  });

  it("have R's probabilities in both tails, and at single values", () => {
    for (const { mu, phi, trials, density, lower, upper } of cases)
      fixture.y.forEach((y, k) => {
        const of = (text: string) => functions.probability(eventOf(text))(eta(mu), phi, trials);
        const what = `${name} ${mu} ${phi} ${trials} ${y}`;
        near(of(`y <= ${y}`), lower[k], `${what} <=`);
        near(of(`y > ${y}`), upper[k], `${what} >`);
        if (!isDiscrete) return;
        near(of(`y == ${y}`), density[k], `${what} ==`);
        near(of(`y != ${y}`), 1 - density[k], `${what} !=`);
        near(of(`${y} >= y`), lower[k], `${what} mirrored`);
        near(of(`y < ${y + 1}`), lower[k], `${what} <`);
        near(of(`y >= ${y + 1}`), upper[k], `${what} >=`);
        near(of(`y > ${y + 0.5}`), upper[k], `${what} > between counts`);
      });
  });

  it("have the probabilities of intervals", () => {
    for (const { mu, phi, trials, lower, upper } of cases) {
      const of = (text: string) => functions.probability(eventOf(text))(eta(mu), phi, trials);
      for (const [a, b] of [
        [1, 3],
        [3, 5],
        [0, 6],
      ] as const) {
        const [from, to] = [fixture.y[a], fixture.y[b]];
        const expected = lower[a] < 0.5 ? lower[b] - lower[a] : upper[a] - upper[b];
        expect(of(`${from} < y <= ${to}`)).toBeCloseTo(expected, 12);
        expect(of(`${to} >= y > ${from}`)).toBeCloseTo(expected, 12);
      }
    }
  });

  it("have R's quantiles", () => {
    for (const { mu, phi, trials, quantiles } of cases)
      fixture.p.forEach((p, k) => {
        const actual = functions.quantile(p)(eta(mu), phi, trials);
        const what = `${name} ${mu} ${phi} ${trials} ${p}`;
        if (isDiscrete) expect(actual, what).toBe(quantiles[k] + 0);
        else near(actual, quantiles[k], what);
      });
  });

  it("have the mean and the variance of their probabilities", () => {
    if (!isDiscrete) return;
    for (const { mu, phi, trials } of cases.filter(({ mu }) => mu < 70)) {
      const [mean, variance] = [functions.mean, functions.variance].map((of) => of(eta(mu), phi, trials));
      let [first, second] = [0, 0];
      for (let y = 0; y < 6000 && y <= mean + 200 * Math.sqrt(variance) + 20; y++) {
        const p = functions.probability(eventOf(`y == ${y}`))(eta(mu), phi, trials);
        first += y * p;
        second += (y - mean) ** 2 * p;
      }
      expect(first / mean).toBeCloseTo(1, 8);
      expect(second / variance).toBeCloseTo(1, 6);
    }
  });
});

describe("a family without exact tails or quantiles", () => {
  it("has its quantiles by a search, and its upper tail from the lower", () => {
    for (const { name } of families) {
      const link = linkOf(familyNamed(name));
      const family = familyUnder(name, link);
      if (family.cumulative === undefined) continue;
      const { isDiscrete, probability } = family.cumulative;
      const phi = parametersAt(name, 0.49);
      const [own, bare] = [family, { ...family, cumulative: { isDiscrete, probability } }].map((each) =>
        responseFunctions(each, linkUnder(name, link)),
      );
      for (const eta of [-1, 0.3, 1.2])
        for (const p of [1e-5, 0.3, 0.5, 0.99]) {
          const [exact, searched] = [own, bare].map((functions) => functions.quantile(p)(eta, phi, 9));
          expect(searched, name).toBeCloseTo(exact, 9);
          const [upper, rest] = [own, bare].map((functions) => functions.probability(eventOf("y > 1"))(eta, phi, 9));
          expect(rest).toBeCloseTo(upper, 12);
        }
    }
  });
});
