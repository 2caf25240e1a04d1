import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AuxiliarySlot, RowDerivatives } from "../../src/family/Family.js";
import { newRowDerivatives } from "../../src/family/rowLikelihoods.js";
import { createStream } from "../../src/math/random/createStream.js";
import {
  anyMean,
  anyParameters,
  auxiliaryOf,
  etaOf,
  evaluate,
  factsOf,
  familyLinks,
  familyNamed,
  familyUnder,
  hasTrials,
  meanAt,
  parametersAt,
  supportOf,
} from "./support.js";

/** Relative to the larger of 1 and the derivative. */
const TOLERANCE = 1e-7;
/** Step of the differences, relative to what is moved, or to its distance from a bound. */
const STEP = 1e-3;

/** What is differentiated, with its derivative. */
interface Derived {
  readonly name: string;
  of(row: RowDerivatives): number;
  derivative(row: RowDerivatives): number;
}
const inEta: readonly Derived[] = [
  { name: "dEta", of: (row) => row.value, derivative: (row) => row.dEta },
  { name: "dEta2", of: (row) => row.dEta, derivative: (row) => row.dEta2 },
  { name: "dEta3", of: (row) => row.dEta2, derivative: (row) => row.dEta3 },
];

/** In one of the family's parameters besides the mean. */
function inParameter(k: number): readonly Derived[] {
  return [
    { name: `dPhi[${k}]`, of: (row) => row.value, derivative: (row) => row.dPhi[k] },
    { name: `dEtaPhi[${k}]`, of: (row) => row.dEta, derivative: (row) => row.dEtaPhi[k] },
    { name: `dEta2Phi[${k}]`, of: (row) => row.dEta2, derivative: (row) => row.dEta2Phi[k] },
  ];
}

/** The central difference quotient of error O(step^6). */
function quotient(f: (x: number) => number, x: number, step: number): number {
  const across = (steps: number) => f(x + steps * step) - f(x - steps * step);
  return (45 * across(1) - 9 * across(2) + across(3)) / (60 * step);
}

function replaced(values: readonly number[], k: number, by: number): number[] {
  return values.map((value, j) => (j === k ? by : value));
}

/** The step of a parameter, by the closer end of its support. */
function stepOf(slot: AuxiliarySlot, value: number): number {
  const { lower, upper } = supportOf(slot);
  const distance = Math.min(value - lower, upper - value);
  return STEP * (Number.isFinite(distance) ? distance : 1);
}

/** A response drawn under one mean, to be looked at under another. */
function rows(family: string) {
  return fc.record({
    mu: anyMean(family),
    drawnMu: anyMean(family),
    phi: anyParameters(family),
    trials: hasTrials(familyNamed(family)) ? fc.integer({ min: 0, max: factsOf(family).trials }) : fc.constant(1),
    seed: fc.integer(),
  });
}

describe("derivatives of the row likelihoods", () => {
  it.each(familyLinks)("%s with link %s: each is the difference quotient of the one before", (name, link) => {
    const family = familyUnder(name, link);
    const auxiliary = auxiliaryOf(family);
    const expectClose = (what: string, value: number, exact: number) =>
      expect(Math.abs(value - exact) / Math.max(1, Math.abs(exact)), what).toBeLessThan(TOLERANCE);

    fc.assert(
      fc.property(rows(name), ({ mu, drawnMu, phi, trials, seed }) => {
        const y = family.simulate(createStream(seed, 0), drawnMu, phi, trials);
        const eta = etaOf(name, link, mu);
        const exact = evaluate(name, link, y, trials, eta, phi);
        const step = STEP * Math.min(1, mu, factsOf(name).means[1] < 1 ? 1 - mu : 1, Math.abs(eta) || 1);
        for (const { name: what, of, derivative } of inEta) {
          const difference = quotient((x) => of(evaluate(name, link, y, trials, x, phi)), eta, step);
          expectClose(what, difference, derivative(exact));
        }
        auxiliary.forEach((slot, k) => {
          for (const { name: what, of, derivative } of inParameter(k)) {
            const at = (x: number) => of(evaluate(name, link, y, trials, eta, replaced(phi, k, x)));
            expectClose(what, quotient(at, phi[k], stepOf(slot, phi[k])), derivative(exact));
          }
        });
      }),
      { seed: 20, numRuns: 300 },
    );
  });

  it.each(familyLinks)("%s with link %s: a lower order gives the same numbers", (name, link) => {
    const family = familyUnder(name, link);
    const [mu, phi] = [meanAt(name, 0.3), parametersAt(name, 0.3)];
    const eta = etaOf(name, link, mu);
    const trials = hasTrials(family) ? 3 : 1;
    const written: readonly ((row: RowDerivatives) => readonly number[])[] = [
      ({ value }) => [value],
      ({ dEta, dPhi }) => [dEta, ...dPhi],
      ({ dEta2, dEtaPhi }) => [dEta2, ...dEtaPhi],
      ({ dEta3, dEta2Phi }) => [dEta3, ...dEta2Phi],
    ];
    for (const stream of [0, 1, 2, 3]) {
      const y = family.simulate(createStream(20, stream), mu, phi, trials);
      const all = evaluate(name, link, y, trials, eta, phi);
      for (const order of [0, 1, 2, 3] as const) {
        const out = newRowDerivatives(phi.length);
        family.rowLikelihood(link).evaluate(y, trials, eta, phi, order, out);
        const asked = (row: RowDerivatives) => written.slice(0, order + 1).flatMap((read) => read(row));
        expect(asked(out)).toEqual(asked(all));
      }
    }
  });
});
