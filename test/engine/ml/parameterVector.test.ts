import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import type { LatentValues } from "../../../src/density/LatentValues.js";
import { nearBoundaries } from "../../../src/engine/ml/boundary.js";
import { negativeLogLikelihood } from "../../../src/engine/ml/fitMarginal.js";
import { parameterVector } from "../../../src/engine/ml/parameterVector.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import type { MarginalLikelihood } from "../../../src/marginal/likelihoods/MarginalLikelihood.js";
import { plainMarginal } from "../../../src/marginal/likelihoods/plain.js";
import {
  formulas,
  modelText,
  numericalGradient,
  position,
  randomTable,
  responseCases,
  seeds,
} from "../../density/models.js";
import { viewOf } from "./models.js";

const models = responseCases.flatMap((response) => formulas.flatMap((formula) => modelText(response, formula) ?? []));
const anyModel = fc.record({ text: fc.constantFrom(...models), seed: seeds });
const run = { seed: 61, numRuns: 60 };

/** A position near the start, inside the bounds. */
function nearStart(view: LatentGaussian, seed: number): Float64Array {
  const { start } = parameterVector(view);
  const noise = position(start.length, seed);
  return start.map((x, i) => x + 0.5 * noise[i]);
}

function flat({ beta, Lambda, dispersion }: LatentValues): number[] {
  return [...beta, ...Lambda.flatMap((matrix) => [...matrix]), ...dispersion];
}

/** A weighted sum of all values: linear in them, so that its gradient is the weights. */
function linearMarginal(view: LatentGaussian, weights: LatentValues): MarginalLikelihood {
  return {
    view,
    evaluate(values, gradients) {
      if (gradients !== null) {
        gradients.beta.set(weights.beta);
        gradients.dispersion.set(weights.dispersion);
        gradients.Lambda.forEach((matrix, f) => {
          matrix.set(weights.Lambda[f]);
        });
      }
      const w = flat(weights);
      return flat(values).reduce((total, x, k) => total + x * w[k], 0);
    },
    effects: () => ({ modes: [], sds: [], covariances: [], means: null }),
  };
}

describe("the parameter vector", () => {
  it("has a coordinate for every parameter, and its start inside its bounds", () => {
    fc.assert(
      fc.property(anyModel, ({ text, seed }) => {
        const view = viewOf(text, randomTable(seed, 30));
        const { coordinates, lower, upper, start } = parameterVector(view);
        const triangle = (q: number) => (q * (q + 1)) / 2;
        const covariances = view.factors.flatMap(({ terms }) => terms.map(triangle)).reduce((a, b) => a + b, 0);
        expect(coordinates).toHaveLength(view.sizes.beta + covariances + view.sizes.dispersion);
        start.forEach((x, i) => {
          expect(x).toBeGreaterThanOrEqual(lower[i]);
          expect(x).toBeLessThanOrEqual(upper[i]);
        });
      }),
      run,
    );
  });

  it("starts where the view's zero stands, a Lambda that is diagonal", () => {
    const view = viewOf("y ~ normal(mu, sigma)\nmu = 1 + x2 + (1 + x1 | g)", randomTable(3, 30));
    const [packed, read] = [view.values(), view.values()];
    const { start, unpack } = parameterVector(view);
    unpack(start, packed);
    view.read(new Float64Array(view.sizes.beta + view.sizes.theta + view.sizes.dispersion), read);
    flat(packed).forEach((x, k) => {
      expect(x).toBeCloseTo(flat(read)[k], 14);
    });
  });

  it("packs what it has unpacked", () => {
    fc.assert(
      fc.property(anyModel, ({ text, seed }) => {
        const view = viewOf(text, randomTable(seed, 30));
        const vector = parameterVector(view);
        const at = nearStart(view, seed);
        const values = view.values();
        const back = new Float64Array(at.length);
        vector.unpack(at, values);
        vector.pack(values, back);
        at.forEach((x, i) => {
          expect(back[i]).toBeCloseTo(x, 9);
        });
      }),
      run,
    );
  });

  it("has the adjoint of its values", () => {
    fc.assert(
      fc.property(anyModel, ({ text, seed }) => {
        const view = viewOf(text, randomTable(seed, 30));
        const weights = view.values();
        const noise = position(flat(weights).length, seed);
        let k = 0;
        for (const part of [weights.beta, ...weights.Lambda, weights.dispersion])
          for (let i = 0; i < part.length; i++) part[i] = noise[k++];
        const vector = parameterVector(view);
        const objective = negativeLogLikelihood(linearMarginal(view, weights), vector);
        const at = nearStart(view, seed + 1);
        const gradient = new Float64Array(at.length);
        objective(at, gradient);
        const unused = new Float64Array(at.length);
        numericalGradient((moved) => objective(moved, unused), at).forEach((slope, i) => {
          expect(Math.abs(gradient[i] - slope)).toBeLessThan(1e-7 * (1 + Math.abs(slope)));
        });
      }),
      run,
    );
  });

  it("chains the gradient of the likelihood without effects", () => {
    fc.assert(
      fc.property(anyModel, ({ text, seed }) => {
        const view = viewOf(text, randomTable(seed, 30));
        const objective = negativeLogLikelihood(plainMarginal(view), parameterVector(view));
        const at = nearStart(view, seed);
        const gradient = new Float64Array(at.length);
        const value = objective(at, gradient);
        fc.pre(Number.isFinite(value));
        const unused = new Float64Array(at.length);
        const numeric = numericalGradient((moved) => objective(moved, unused), at, 1e-4);
        fc.pre(numeric.every(Number.isFinite));
        numeric.forEach((slope, i) => {
          expect(Math.abs(gradient[i] - slope)).toBeLessThan(1e-6 * (1 + Math.abs(slope) + Math.abs(value)));
        });
      }),
      run,
    );
  });
});

describe("a covariance at the boundary", () => {
  const view = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 + x1 + x2 | g)", randomTable(8, 40));
  const vector = parameterVector(view);
  const first = vector.coordinates.findIndex(({ part }) => part === "Lambda");
  const lambda = (...entries: readonly number[]) => {
    const at = vector.start.slice();
    at.set(entries, first);
    return at;
  };

  it("is none where every diagonal entry is clear of zero", () => {
    expect(nearBoundaries(vector.coordinates, lambda(1, 0.3, 0.8, -0.2, 0.1, 0.5))).toEqual([]);
  });

  it("holds the column of a zero, and keeps the likelihood", () => {
    const likelihood = negativeLogLikelihood(laplaceMarginal(view), vector);
    const unused = new Float64Array(vector.start.length);
    const columns: Readonly<Record<number, number[]>> = { 0: [0, 1, 3], 2: [2, 4], 5: [5] };
    const scales = fc.double({ min: 0.3, max: 1.5, noNaN: true });
    fc.assert(
      fc.property(scales, fc.subarray([0, 2, 5], { minLength: 1 }), (scale, zeros) => {
        const at = lambda(...[0.9, 0.3, 0.7, -0.4, 0.25, 0.5].map((x, k) => (zeros.includes(k) ? 0 : scale * x)));
        const [boundary] = nearBoundaries(vector.coordinates, at);
        // What stands below the first zero is enough for the diagonals after it.
        const held = columns[zeros[0]].map((c) => first + c);
        expect(boundary.held).toEqual(held);
        for (const i of held) expect(boundary.position[i]).toBe(0);
        expect(likelihood(boundary.position, unused)).toBeCloseTo(likelihood(at, unused), 7);
      }),
      { seed: 5, numRuns: 40 },
    );
  });

  it("holds everything where there is no variance at all", () => {
    const [boundary] = nearBoundaries(vector.coordinates, lambda(0, 0, 0, 0, 0, 0));
    expect(boundary.held).toEqual([0, 1, 2, 3, 4, 5].map((c) => first + c));
  });

  it("is tried with every combination of the sds and correlations that are near it, the lowest rank first", () => {
    // The first sd is nearly zero; with it kept, the second effect is nearly tied to the first.
    const tried = nearBoundaries(vector.coordinates, lambda(0.001, -0.4, 0.002, 0.1, 0.2, 0.5));
    const held = tried.map((boundary) => boundary.held.map((i) => i - first));
    expect(held).toEqual([
      [0, 1, 3],
      [2, 4],
    ]);
  });
});
