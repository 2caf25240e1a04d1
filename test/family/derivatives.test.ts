import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RowDerivatives } from "../../src/family/Family.js";
import { createStream } from "../../src/math/random/createStream.js";
import { evaluate, familyLinks, familyNamed, hasDispersion, linkNamed, meanRange } from "./support.js";

/** Relative to the larger of 1 and the derivative. */
const TOLERANCE = 1e-7;
/** Step of the differences, relative to the size of what is moved. */
const STEP = 1e-3;

/** The central difference of error O(step^4). */
function difference(f: (x: number) => number, x: number, step: number): number {
  return (8 * (f(x + step) - f(x - step)) - (f(x + 2 * step) - f(x - 2 * step))) / (12 * step);
}

/** A row of the family: a response drawn under one mean and looked at under another. */
function rows(family: string) {
  const [low, high] = meanRange(family);
  const mean = fc.double({ min: low, max: high, noNaN: true });
  return fc.record({
    mu: mean,
    drawnMu: mean,
    dispersion: fc.double({ min: -3, max: 5, noNaN: true }).map(Math.exp),
    trials: fc.integer({ min: 1, max: 150 }),
    seed: fc.integer(),
  });
}

describe("derivatives of the row likelihoods", () => {
  it.each(familyLinks)("%s with link %s: each is the difference quotient of the one before", (family, link) => {
    const record = familyNamed(family);
    const onMean = [["value", "dEta"], ["dEta", "dEta2"], ["dEta2", "dEta3"]] as const;
    const onDispersion = [["value", "dDispersion"], ["dEta", "dEtaDispersion"], ["dEta2", "dEta2Dispersion"]] as const;
    fc.assert(
      fc.property(rows(family), ({ mu, drawnMu, dispersion, trials, seed }) => {
        const y = record.simulate(createStream(seed, 0), drawnMu, dispersion, trials);
        const eta = linkNamed(link).link(mu);
        const at = (e: number, d: number, name: keyof RowDerivatives) => evaluate(family, link, y, trials, e, d)[name];
        const check = (name: keyof RowDerivatives, quotient: number) => {
          const exact = at(eta, dispersion, name);
          expect(Math.abs(quotient - exact)).toBeLessThan(TOLERANCE * Math.max(1, Math.abs(exact)) * scale);
        };
        const etaStep = STEP * (link === "identity" ? Math.min(mu, family.startsWith("b") ? 1 - mu : mu) : Math.min(1, Math.abs(eta)));
        const scale = 1;
        for (const [lower, name] of onMean) check(name, difference((e) => at(e, dispersion, lower), eta, etaStep));
        if (!hasDispersion(record)) return;
        for (const [lower, name] of onDispersion) check(name, difference((d) => at(eta, d, lower), dispersion, STEP * dispersion));
      }),
      { seed: 20, numRuns: 200 },
    );
  });
});
