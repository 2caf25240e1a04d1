import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../src/density/LatentGaussian.js";
import { standardisingReference } from "../../src/marginal/coordinates/standardisingReference.js";
import { runSync } from "../../src/math/steps.js";
import { compiled, gradientError, logAbsDeterminant, position, randomTable, seeds } from "./models.js";

const runs = { seed: 20261124, numRuns: 6 };
const differenceTolerance = 1e-6;
/** Of the sum of the absolute terms of a log density; the map from innovations to effects is measured by differences of a linear function. */
const identityTolerance = 1e-10;

const mean = "y ~ normal(mu, sigma)\nmu = ";
/** The raw intercept has the prior, so that a draw's coefficients are those of the position. */
const priors = "\nprior beta[Intercept] ~ normal(0.2, 2)";
const structures: Readonly<Record<string, string>> = {
  "no effects": `${mean}1 + x1${priors}`,
  "flat priors": `${mean}1 + x1 + (1 | g)\nprior beta[Intercept] ~ flat()\nprior beta ~ flat()`,
  slopes: `${mean}1 + x1 + (1 + x1 | g)${priors}`,
  nested: `${mean}1 + x1 + offset(x2) + (1 + x1 | g) + (1 | g:k)${priors}`,
  crossed: `${mean}1 + x1 + (1 + x2 | g) + (1 | h)${priors}`,
  "three crossed": `${mean}1 + (1 | g) + (1 + x1 | h) + (1 | f)${priors}`,
  weights: `y | weights(size) ~ normal(mu, sigma)\nmu = 1 + x1 + (1 + x1 | g) + (1 | h)${priors}`,
  "known errors": `y | se(0.1 + 0.1 * size) ~ normal(mu)\nmu = 1 + x1 + (1 | g)${priors}`,
  "a sigma that is given": `y ~ normal(mu, 0.3)\nmu = 1 + x1 + (1 | g) + (1 | h)${priors}`,
};

function integrated(text: string, seed: number) {
  const { model } = compiled(text, randomTable(seed, 31));
  const latent = model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  const made = runSync(standardisingReference(latent.view, model));
  if ("refusal" in made) throw new Error(made.refusal);
  if (made.reference.kind !== "integrated") throw new Error("not integrated");
  return { model, view: latent.view, reference: made.reference, density: model.integratedDensity(made.reference) };
}

/** Positions are affine in coefficients that may be any real number. */
function coefficientPositions(view: LatentGaussian, beta: Float64Array): Float64Array {
  const { theta, dispersion } = view.sizes;
  const valuesAt = (u: number) => {
    const values = view.values();
    view.read(new Float64Array(beta.length + theta + dispersion).fill(u), values);
    return values.beta;
  };
  const [low, high] = [valuesAt(0), valuesAt(1)];
  return beta.map((value, k) => (value - low[k]) / (high[k] - low[k]));
}

describe("the integrated density of a linear mixed model", () => {
  for (const [name, text] of Object.entries(structures)) {
    it(`is the centred density when the innovations of its draws are put back: ${name}`, () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { model, view, reference, density } = integrated(text, seed);
          const centred = model.logDensity("centred");
          const { parameters, randomEffects } = density.quantities;
          const [p, m, n] = [reference.beta.length, density.dimension, density.innovations ?? 0];
          const at = position(m, seed);
          const draw = new Float64Array(parameters.length + randomEffects.length);
          const centredAt = (z: Float64Array) => {
            density.constrain(at, draw, z);
            const theta = Array.from({ length: m }, (_, r) =>
              at.reduce((sum, w, c) => sum + reference.scale[r * m + c] * w, reference.position[p + r]),
            );
            return Float64Array.of(
              ...coefficientPositions(view, draw.slice(0, p)),
              ...theta,
              ...draw.slice(parameters.length),
            );
          };
          const effects = (z: Float64Array) => {
            const whole = centredAt(z);
            return [...whole.slice(0, p), ...whole.slice(p + m)];
          };
          const z = position(n, seed + 1);
          const jacobian = Array.from(z, (_, k) => {
            const [up, down] = [1, -1].map((h) => effects(z.map((x, i) => (i === k ? x + h : x))));
            return Float64Array.from(up, (x, i) => (x - down[i]) / 2);
          });
          let logScale = 0;
          for (let r = 0; r < m; r++) logScale += Math.log(reference.scale[r * (m + 1)]);
          const logInnovations = z.reduce((sum, x) => sum - 0.5 * x * x - 0.5 * Math.log(2 * Math.PI), 0);
          const value = density.logDensityGradient(at, new Float64Array(m));
          const plain = centred.logDensityGradient(centredAt(z), new Float64Array(centred.dimension));
          const logJacobian = logAbsDeterminant(jacobian) + logScale;
          const terms = Math.abs(value) + Math.abs(logInnovations) + Math.abs(plain) + Math.abs(logJacobian);
          expect(Math.abs(value + logInnovations - plain - logJacobian)).toBeLessThan(identityTolerance * terms);
        }),
        runs,
      );
    });

    it(`has the gradient of finite differences: ${name}`, () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const { density } = integrated(text, seed);
          const at = position(density.dimension, seed);
          expect(gradientError(density, at)).toBeLessThan(differenceTolerance);
        }),
        runs,
      );
    });
  }

  it("is had only where the coefficients have normal or flat priors", () => {
    const table = randomTable(3, 31);
    const { model } = compiled(`${mean}1 + x1 + (1 | g)\nprior beta ~ student_t(3, 0, 1)`, table);
    const truncated = compiled(`${mean}1 + x1 + (1 | g)\nprior beta ~ half_normal(1)`, table).model;
    expect([model.hasNormalCoefficients, truncated.hasNormalCoefficients]).toEqual([false, false]);
    const { reference } = integrated(structures.slopes, 3);
    expect(() => model.integratedDensity(reference)).toThrow(RangeError);
  });
});
