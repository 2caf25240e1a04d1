import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TransportReference } from "../../src/density/TransportReference.js";
import { standardisingReference } from "../../src/marginal/coordinates/standardisingReference.js";
import { runSync } from "../../src/math/steps.js";
import {
  compiled,
  gradientError,
  logAbsDeterminant,
  numericalGradient,
  position,
  randomTable,
  seeds,
} from "./models.js";

const runs = { seed: 20261124, numRuns: 4 };
const differenceTolerance = 1e-6;
/** Of the sum of the absolute terms of a log density. */
const identityTolerance = 1e-10;

const count = "events ~ poisson(mu)\nlog(mu) = ";
const structures: Readonly<Record<string, string>> = {
  "no effects": `${count}1 + x1`,
  intercepts: `${count}1 + x1 + (1 | g)`,
  slopes: `${count}1 + x1 + (1 + x1 | g)`,
  "two terms on one factor": `${count}1 + x1 + (1 | g) + (0 + x1 + x2 | g)`,
  "two levels": `${count}1 + x1 + (1 | g) + (1 | g:k)`,
  "two levels with slopes": `${count}1 + x1 + (1 + x1 | g) + (1 + x2 | g:k)`,
  "three levels": `${count}1 + x1 + (1 | g) + (1 + x1 | g:k) + (1 | g:k:h)`,
  "two crossed factors": `${count}1 + x1 + (1 | g) + (1 | h)`,
  "two crossed factors with slopes": `${count}1 + x1 + (1 + x1 | g) + (1 + x2 | h)`,
  "nested and crossed factors": `${count}1 + x1 + (1 | g) + (1 | g:k) + (1 + x2 | h)`,
  "three crossed factors": `${count}1 + (1 | g) + (1 + x1 | h) + (1 | f)`,
  "a scalar dispersion": "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x1 + (1 + x1 | g)",
  "a modelled dispersion": "y ~ normal(mu, sigma)\nmu = 1 + x1 + (1 | g) + (1 | g:k)\nlog(sigma) = 1 + x2",
  "a likelihood that is not concave": "binary ~ bernoulli(p)\ncloglog(p) = 1 + x1 + (1 | g)",
};

function transported(text: string, seed: number) {
  const { model } = compiled(text, randomTable(seed, 31));
  const latent = model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  const made = runSync(
    standardisingReference(latent.view, { hasNormalCoefficients: false, mayHaveSeveralModes: false }),
  );
  if ("refusal" in made) throw new Error(made.refusal);
  if (made.reference.kind !== "transported") throw new Error("not transported");
  return { model, density: model.transportedDensity(made.reference), reference: made.reference };
}

/** A reference that is right in shape and wrong in every number. */
function spoilt(reference: TransportReference): TransportReference {
  const wrong = (values: Float64Array) => values.map((value, k) => value * (1 + 0.3 * Math.sin(k + 1)) + 0.1);
  return {
    ...reference,
    position: wrong(reference.position),
    beta: wrong(reference.beta),
    bends: reference.bends.map((_, k) => 0.3 * (k % 3)),
    factors: reference.factors.map((factor) => ({ ...factor, r: wrong(factor.r), A: wrong(factor.A) })),
  };
}

describe("the transported density", () => {
  for (const [name, text] of Object.entries(structures)) {
    it(`is the centred density times the Jacobian of its map: ${name}`, () => {
      fc.assert(
        fc.property(seeds, fc.boolean(), (seed, isSpoilt) => {
          const made = transported(text, seed);
          const density = isSpoilt ? made.model.transportedDensity(spoilt(made.reference)) : made.density;
          const centred = made.model.logDensity("centred");
          const n = density.dimension;
          const at = position(n, seed);
          const to = new Float64Array(n);
          const logJacobian = density.toCentred(at, to);
          const scratch = new Float64Array(n);
          const plain = centred.logDensityGradient(to, scratch);
          const value = density.logDensityGradient(at, scratch);
          expect(Math.abs(value - plain - logJacobian)).toBeLessThan(
            identityTolerance * (Math.abs(plain) + Math.abs(logJacobian)),
          );
          const map = (k: number) => (x: Float64Array) => {
            density.toCentred(x, scratch);
            return scratch[k];
          };
          const jacobian = Array.from({ length: n }, (_, k) => Float64Array.from(numericalGradient(map(k), at)));
          expect(Math.abs(logAbsDeterminant(jacobian) - logJacobian)).toBeLessThan(
            differenceTolerance * (1 + Math.abs(logJacobian)),
          );
        }),
        runs,
      );
    });

    it(`has the gradient of finite differences: ${name}`, () => {
      fc.assert(
        fc.property(seeds, fc.boolean(), (seed, isSpoilt) => {
          const made = transported(text, seed);
          const density = isSpoilt ? made.model.transportedDensity(spoilt(made.reference)) : made.density;
          const at = position(density.dimension, seed);
          expect(gradientError(density, at)).toBeLessThan(differenceTolerance);
        }),
        runs,
      );
    });
  }
});
