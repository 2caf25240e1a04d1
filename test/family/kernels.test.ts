import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families } from "../../src/family/families.js";
import { createStream } from "../../src/math/random/createStream.js";
import { anyMean, auxiliaryOf, evaluate, familyNamed, hasTrials, isPositive, linkNamed } from "./support.js";

const TOLERANCE = 1e-12;

interface Part {
  readonly value: number;
  readonly dDispersion: number;
}

/** What a kernel returns for one row, in plain formulas: the log-likelihood without the family's remainder. */
const kernels: Readonly<Record<string, (y: number, trials: number, eta: number, dispersion: number) => Part>> = {
  "normal-identity": (y, _trials, mu, sigma) => ({
    value: -0.5 * ((y - mu) / sigma) ** 2,
    dDispersion: (y - mu) ** 2 / sigma ** 3,
  }),
  "poisson-log": (y, _trials, eta) => ({ value: y * eta - Math.exp(eta), dDispersion: 0 }),
  "negative_binomial-log": (y, _trials, eta, phi) => {
    const mu = Math.exp(eta);
    return {
      value: y * eta - (y + phi) * Math.log1p(mu / phi),
      dDispersion: -Math.log1p(mu / phi) + ((y + phi) * mu) / (phi * (mu + phi)),
    };
  },
  ...Object.fromEntries(
    ["bernoulli", "binomial"].flatMap((family) =>
      ["logit", "probit", "cloglog"].map((link) => [
        `${family}-${link}`,
        (y: number, trials: number, eta: number) => {
          const p = linkNamed(link).inverseLink(eta);
          return { value: y * Math.log(p) + (trials - y) * Math.log1p(-p), dDispersion: 0 };
        },
      ]),
    ),
  ),
};

const served = families.flatMap((family) =>
  Object.entries(family.kernels ?? {}).map(([link, kernel]) => [kernel.name, family.name, link] as const),
);

describe("kernels and their remainders", () => {
  it("are known to the test one and all", () => {
    expect(served.map(([name]) => name).sort()).toEqual(Object.keys(kernels).sort());
  });

  it.each(served)(
    "%s is of a family with no more than one parameter besides the mean, any positive number",
    (_, name) => {
      const auxiliary = auxiliaryOf(familyNamed(name));
      expect(auxiliary.length).toBeLessThan(2);
      expect(auxiliary.every(isPositive)).toBe(true);
    },
  );

  it.each(served)("%s and its remainder add up to the row likelihoods", (name, familyName, link) => {
    const family = familyNamed(familyName);
    const kernel = family.kernels?.[link];
    const mean = anyMean(familyName);
    const dispersion = fc.oneof(fc.double({ min: -3, max: 5, noNaN: true }), fc.constant(18)).map(Math.exp);
    fc.assert(
      fc.property(fc.array(mean, { minLength: 1, maxLength: 30 }), dispersion, fc.integer(), (means, phi, seed) => {
        const stream = createStream(seed, 0);
        const trials = means.map((_, i) => (hasTrials(family) ? (7 * i) % 40 : 1));
        const y = means.map((mu, i) => family.simulate(stream, mu, [phi], trials[i]));
        const etas = means.map((mu) => linkNamed(link).link(mu));
        const out = { dDispersion: NaN };
        const given = hasTrials(family) ? Float64Array.from(trials) : null;
        let value = kernel?.remainder(Float64Array.from(y), given)(phi, out) ?? NaN;
        let slope = out.dDispersion;
        let expected = { value: 0, dDispersion: 0 };
        let size = 1;
        y.forEach((response, i) => {
          const part = kernels[name](response, trials[i], etas[i], phi);
          const row = evaluate(familyName, link, response, trials[i], etas[i], [phi]);
          value += part.value;
          slope += part.dDispersion;
          size += Math.abs(part.value);
          expected = { value: expected.value + row.value, dDispersion: expected.dDispersion + (row.dPhi[0] ?? 0) };
        });
        expect(Math.abs(value - expected.value)).toBeLessThan(TOLERANCE * size);
        expect(Math.abs(slope - expected.dDispersion) * phi).toBeLessThan(TOLERANCE * size);
      }),
      { seed: 22, numRuns: 100 },
    );
  });
});
