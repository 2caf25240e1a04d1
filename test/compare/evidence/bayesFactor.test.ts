import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { factorOf } from "../../../src/compare/evidence/bayesFactor.js";
import { bayesFactor, ComparisonError, fit } from "../../../src/index.js";

const data = { y: [3, 1, 4, 1, 5, 9, 2, 6, 5, 3], x: [0, 1, 0, 1, 0, 1, 0, 1, 0, 1] };
const gamma = (shape: number, rate: number) =>
  `y ~ poisson(mu)\nmu = 1\nprior beta[Intercept] ~ gamma(${shape}, ${rate})`;
const byInla = (text: string) => fit(text, data, { engine: "inla" });

/** log p(y) of Poisson counts under gamma(shape, rate), but for the factorials of the data; whole shapes. */
function exact(shape: number, rate: number): number {
  const logGamma = (n: number) => Array.from({ length: n - 1 }, (_, k) => Math.log(k + 1)).reduce((a, b) => a + b, 0);
  return shape * Math.log(rate) - logGamma(shape) + logGamma(shape + 39) - (shape + 39) * Math.log(rate + 10);
}

describe("a Bayes factor", () => {
  it("of A against B is the inverse of that of B against A, and the ratio of the models' probabilities", () => {
    const record = fc.double({ min: -300, max: 300, noNaN: true }).map((value) => ({
      logMarginalLikelihood: value,
      logMarginalLikelihoods: { importance: value, integration: null },
    }));
    fc.assert(
      fc.property(record, record, (a, b) => {
        const [forth, back] = [factorOf(a, b), factorOf(b, a)];
        expect(forth.log).toBe(0 - back.log);
        expect(forth.byImportance).toBe(forth.log);
        expect(forth.byIntegration).toBeNull();
        const { A, B } = forth.probabilities;
        expect({ A: B, B: A }).toEqual(back.probabilities);
        expect(A + B).toBeCloseTo(1, 12);
        expect(Math.abs(A / B / forth.ratio - 1)).toBeLessThan(1e-9);
      }),
      { seed: 1 },
    );
  });

  it("is that of conjugate models, and the other way round its inverse", async () => {
    const [a, b] = [await byInla(gamma(2, 0.5)), await byInla(gamma(8, 4))];
    expect(bayesFactor(a, b).log).toBeCloseTo(exact(2, 0.5) - exact(8, 4), 3);
    expect(bayesFactor(b, a).log).toBe(-bayesFactor(a, b).log);
    const [c, d] = [gamma(2, 0.5), gamma(8, 4)].map((text) => fit(text, data, { engine: "laplace" }));
    expect(bayesFactor(await c, await d).byImportance).toBeCloseTo(exact(2, 0.5) - exact(8, 4), 1);
  });

  it("is refused under default priors unless asked for, and under improper ones always", async () => {
    const [stated, byDefault] = [await byInla(gamma(2, 0.5)), await byInla("y ~ poisson(mu)\nlog(mu) = 1")];
    expect(() => bayesFactor(stated, byDefault)).toThrow(/these are defaults: intercept/);
    expect(bayesFactor(stated, byDefault, { defaultPriors: true }).log).toBeTypeOf("number");
    const flat = await byInla("y ~ poisson(mu)\nlog(mu) = 1\nprior intercept ~ flat()");
    expect(() => bayesFactor(stated, flat, { defaultPriors: true })).toThrow(/needs proper priors.*intercept/);
  });

  it("is refused for an engine without a marginal likelihood", async () => {
    const sampled = await fit(gamma(2, 0.5), data, { workers: 0, chains: 1, draws: 20, warmup: 100 });
    expect(() => bayesFactor(sampled, sampled)).toThrow(ComparisonError);
  });
});
