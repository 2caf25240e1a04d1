import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../src/density/LatentValues.js";
import { lkj } from "../../src/prior/lkj.js";
import { viewOf } from "../engine/ml/models.js";
import { randomTable, uniforms } from "./models.js";

/** Relative to 1 + |value|. */
const tolerance = 1e-10;
const differenceTolerance = 1e-6;

const table = randomTable(3, 40);
const texts = [
  "y ~ normal(mu, sigma)\nmu = 1 + x1 + f + (1 + x2 | g) + (1 | h)\nprior cor ~ lkj(2)\nprior sigma ~ lognormal(0, 1)",
  "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x1 + (1 | g)\nlog(phi) = 1 + x2\nprior sd ~ gamma(2, 3)\nprior beta ~ normal(1, 2)",
  "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x1 + (1 + x1 || g)\nprior sd ~ uniform(0, 20)\nprior phi ~ half_cauchy(2)",
  "events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 + x1 | g) + (1 | h)\nprior var ~ inverse_gamma(2, 1)\nprior precision[g] ~ gamma(2, 3)",
];
const three = "y ~ normal(mu, sigma)\nmu = 1 + (1 + x1 + x2 | g)\nprior cor ~ lkj(3)";

function parts({ beta, Lambda, dispersion }: LatentValues): Float64Array[] {
  return [beta, dispersion, ...Lambda];
}

function readAt(view: LatentGaussian, seed: number) {
  const next = uniforms(seed);
  const { beta, theta, dispersion } = view.sizes;
  const values = view.values();
  const { logPrior } = view.read(Float64Array.from({ length: beta + theta + dispersion }, next), values);
  return { values, logPrior };
}

function expectGradient(view: LatentGaussian, values: LatentValues): void {
  const gradients = view.values();
  const value = view.logPrior(values, gradients);
  parts(values).forEach((part, p) => {
    const q = Math.round(Math.sqrt(part.length));
    part.forEach((x, i) => {
      const isLambda = p >= 2;
      if (isLambda && (x === 0 || i % q > Math.floor(i / q))) return;
      const [above, below] = [1e-6, -1e-6].map((by) => {
        part[i] = x + by;
        const moved = view.logPrior(values, null);
        part[i] = x;
        return moved;
      });
      const slope = parts(gradients)[p][i];
      expect(Math.abs(slope - (above - below) / 2e-6)).toBeLessThan(
        differenceTolerance * (1 + Math.abs(value) + Math.abs(slope)),
      );
    });
  });
}

describe("the log prior on the parameters' own scale", () => {
  it("is that of the unconstrained scale without its Jacobian, wherever no two correlations share a matrix", () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.integer(), (text, seed) => {
        const view = viewOf(text, table);
        const { values, logPrior } = readAt(view, seed);
        expect(Math.abs(view.logPrior(values, null) - logPrior)).toBeLessThan(tolerance * (1 + Math.abs(logPrior)));
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it("has the gradient of its differences", () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts, three), fc.integer(), (text, seed) => {
        const view = viewOf(text, table);
        expectGradient(view, readAt(view, seed).values);
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it("adds to the gradients that are there", () => {
    const view = viewOf(texts[0], table);
    const { values } = readAt(view, 9);
    const [once, twice] = [view.values(), view.values()];
    view.logPrior(values, once);
    view.logPrior(values, twice);
    view.logPrior(values, twice);
    parts(twice).forEach((part, p) => {
      part.forEach((slope, i) => {
        expect(slope).toBeCloseTo(2 * parts(once)[p][i], 9);
      });
    });
  });

  it("has a correlation matrix by its determinant", () => {
    const next = uniforms(6);
    const rows = [[1], [next(), 1], [next(), next(), 1]];
    const L = Float64Array.from(
      rows.flatMap((row) => {
        const length = Math.hypot(...row);
        return [0, 1, 2].map((c) => (row[c] ?? 0) / length);
      }),
    );
    const [wide, narrow] = [lkj(3, 1), lkj(3, 3)].map(({ matrix }) => matrix.logDensity(L));
    // The uniform density over all 3 x 3 correlation matrices, whose volume is pi^2 / 2.
    expect(wide).toBeCloseTo(-Math.log(Math.PI ** 2 / 2), 10);
    expect(Math.exp(narrow - wide) / (L[4] * L[8]) ** 4).toBeCloseTo(
      Math.exp(lkj(3, 3).matrix.logDensity(Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1)) - wide),
      8,
    );
  });

  it("is finite where variances are zero, and infinite where the prior makes it so", () => {
    const at = (prior: string) => {
      const view = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + (1 + x1 | g)\n${prior}`, table);
      const { values } = readAt(view, 1);
      values.Lambda[0].fill(0);
      return view.logPrior(values, view.values());
    };
    expect(at("prior sd ~ exponential(1)")).toBeGreaterThan(-100);
    expect(at("prior sd ~ exponential(1)\nprior cor ~ lkj(4)")).toBeGreaterThan(-100);
    expect(at("prior sd ~ gamma(2, 1)")).toBe(-Infinity);
    expect(at("prior sd ~ gamma(0.5, 1)")).toBe(Infinity);
  });
});
