import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RowDerivatives } from "../../src/family/Family.js";
import { families } from "../../src/family/families.js";
import { newRowDerivatives } from "../../src/family/rowLikelihoods.js";
import { rowsByJets } from "../../src/family/rowsByJets.js";
import { createStream } from "../../src/math/random/createStream.js";
import { jetDensities } from "./jetDensities.js";
import { anyMean, anyParameters, linkNamed } from "./support.js";

const TOLERANCE = 1e-9;

function numbers({ value, dEta, dEta2, dEta3, dPhi, dEtaPhi, dEta2Phi }: RowDerivatives): readonly number[] {
  return [value, dEta, dEta2, dEta3, ...dPhi, ...dEtaPhi, ...dEta2Phi];
}

const written = families.flatMap((family) =>
  family.slots.flatMap((slot) =>
    slot.kind === "mean" && Object.hasOwn(jetDensities, family.name)
      ? slot.links.map((link) => [family.name, link, family] as const)
      : [],
  ),
);

describe("rows by arithmetic on Taylor polynomials", () => {
  it.each(written)(
    "%s with link %s, written by hand, has the derivatives of its textbook density",
    (name, link, family) => {
      const { supports, logDensity } = jetDensities[name];
      const byJets = rowsByJets(link, supports, logDensity);
      const byHand = family.rowLikelihood(link);
      fc.assert(
        fc.property(anyMean(name), anyMean(name), anyParameters(name), fc.integer(), (mu, drawnMu, phi, seed) => {
          const y = family.simulate(createStream(seed, 0), drawnMu, phi, 1);
          const eta = linkNamed(link).link(mu);
          const [hand, jets] = [byHand, byJets].map((rows) => {
            const out = newRowDerivatives(phi.length);
            rows.evaluate(y, 1, eta, phi, 3, out);
            return numbers(out);
          });
          hand.forEach((value, i) => {
            expect(
              Math.abs(value - jets[i]) / Math.max(1, Math.abs(jets[i])),
              `${i}: ${value}, ${jets[i]}`,
            ).toBeLessThan(TOLERANCE);
          });
        }),
        { seed: 43, numRuns: 100 },
      );
    },
  );

  it("are impossible outside the supports, and for a link without a polynomial a RangeError", () => {
    const { supports, logDensity } = jetDensities.gamma;
    const rows = rowsByJets("identity", supports, logDensity);
    const out = newRowDerivatives(1);
    for (const [mu, shape] of [
      [-1, 1],
      [0, 1],
      [1, 0],
      [1, -2],
    ]) {
      rows.evaluate(2, 1, mu, [shape], 0, out);
      expect(out.value).toBe(-Infinity);
    }
    expect(() => rowsByJets("power", supports, logDensity)).toThrow(
      new RangeError('no Taylor polynomial of the inverse of the link "power"'),
    );
  });
});
