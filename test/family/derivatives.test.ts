import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RowDerivatives } from "../../src/family/Family.js";
import { createStream } from "../../src/math/random/createStream.js";
import { evaluate, familyLinks, familyNamed, hasDispersion, linkNamed, meanRange } from "./support.js";

/** Relative to the larger of 1 and the derivative. */
const TOLERANCE = 1e-7;
/** Step of the differences, relative to what is moved, or to its distance from a bound. */
const STEP = 1e-3;

type Derivative = keyof RowDerivatives;
const inEta: readonly [Derivative, Derivative][] = [
  ["value", "dEta"],
  ["dEta", "dEta2"],
  ["dEta2", "dEta3"],
];
const inDispersion: readonly [Derivative, Derivative][] = [
  ["value", "dDispersion"],
  ["dEta", "dEtaDispersion"],
  ["dEta2", "dEta2Dispersion"],
];

/** The central difference quotient of error O(step^4). */
function quotient(f: (x: number) => number, x: number, step: number): number {
  return (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);
}

/** A response drawn under one mean, to be looked at under another. */
function rows(family: string) {
  const [min, max] = meanRange(family);
  return fc.record({
    mu: fc.double({ min, max, noNaN: true }),
    drawnMu: fc.double({ min, max, noNaN: true }),
    dispersion: fc.double({ min: -3, max: 5, noNaN: true }).map(Math.exp),
    trials: fc.integer({ min: 0, max: 150 }),
    seed: fc.integer(),
  });
}

describe("derivatives of the row likelihoods", () => {
  it.each(familyLinks)("%s with link %s: each is the difference quotient of the one before", (name, link) => {
    const family = familyNamed(name);
    const expectClose = (value: number, exact: number) =>
      expect(Math.abs(value - exact) / Math.max(1, Math.abs(exact))).toBeLessThan(TOLERANCE);

    fc.assert(
      fc.property(rows(name), ({ mu, drawnMu, dispersion: phi, trials, seed }) => {
        const y = family.simulate(createStream(seed, 0), drawnMu, phi, trials);
        const eta = linkNamed(link).link(mu);
        const exact = evaluate(name, link, y, trials, eta, phi);
        const step = STEP * Math.min(1, mu, meanRange(name)[1] < 1 ? 1 - mu : 1);
        for (const [of, derivative] of inEta) {
          expectClose(
            quotient((x) => evaluate(name, link, y, trials, x, phi)[of], eta, step),
            exact[derivative],
          );
        }
        for (const [of, derivative] of hasDispersion(family) ? inDispersion : []) {
          expectClose(
            quotient((x) => evaluate(name, link, y, trials, eta, x)[of], phi, STEP * phi),
            exact[derivative],
          );
        }
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  it.each(familyLinks)("%s with link %s: a lower order gives the same numbers", (name, link) => {
    const eta = linkNamed(link).link(0.3);
    const all = evaluate(name, link, 1, 1, eta, 0.7);
    const written: readonly Derivative[][] = [
      ["value"],
      ["dEta", "dDispersion"],
      ["dEta2", "dEtaDispersion"],
      ["dEta3"],
    ];
    for (const order of [0, 1, 2, 3] as const) {
      const out = { value: 0, dEta: 0, dEta2: 0, dEta3: 0, dDispersion: 0, dEtaDispersion: 0, dEta2Dispersion: 0 };
      familyNamed(name).rowLikelihood(link).evaluate(1, 1, eta, 0.7, order, out);
      const asked = written.slice(0, order + 1).flat();
      const owned = asked.filter((key) => hasDispersion(familyNamed(name)) || !key.includes("Dispersion"));
      expect(owned.map((key) => out[key])).toEqual(owned.map((key) => all[key]));
    }
  });
});
