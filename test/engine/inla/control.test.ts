import { describe, expect, it } from "vitest";
import { calibrated } from "../../../src/engine/inla/calibrated.js";
import { Control } from "../../../src/engine/inla/control.js";
import { weightedMoments } from "../../../src/engine/inla/parameterMoments.js";
import { workingScale } from "../../../src/engine/inla/workingScale.js";
import { smoothedWeights } from "../../../src/engine/laplace/importance.js";
import { splitNormal } from "../../../src/marginal/axisShape.js";
import { propose } from "../../../src/marginal/proposal.js";
import { createStream } from "../../../src/math/random/createStream.js";

const n = 3;
const identity = [0, 1, 2];
const coordinates = {
  mode: new Float64Array(n),
  order: identity,
  directions: identity.map((k) => Float64Array.from(identity, (i) => (i === k ? 1 : 0))),
  logDeterminant: 0,
  logDeterminantOfHyperparameters: 0,
  hyperparameters: 1,
};
const spreads = identity.map(() => ({ shape: splitNormal(1, 1), given: () => ({ centre: 0, logScale: 0 }) }));
const targets = {
  names: ["a", "b", "c"],
  kinds: identity.map(() => "coefficient" as const),
  scales: identity.map(() => workingScale("coefficient")),
  at: (position: Float64Array) => position,
};

/** Normal with the variances 1.2, 0.9 and 1, the means 0.1, 0 and 0, and a correlation of 0.2. */
const [wide, narrow, shift, correlation] = [1.2, 0.9, 0.1, 0.2];
function logDensity([a, b, c]: Float64Array): number {
  const [x, y] = [(a - shift) / Math.sqrt(wide), b / Math.sqrt(narrow)];
  return -0.5 * ((x * x - 2 * correlation * x * y + y * y) / (1 - correlation ** 2) + c * c);
}

function drawn(count: number, seed: number) {
  const stream = createStream(seed, 1);
  const proposed = propose(coordinates, spreads, count, stream);
  const values = proposed.map(({ position }) => position);
  const { weights } = smoothedWeights(
    Float64Array.from(proposed, (point) => logDensity(point.position) - point.logDensity),
  );
  return { values, weights, control: new Control({ targets, coordinates, spreads }, proposed, values, 2048, stream) };
}

describe("the core of a proposal as a control variate", () => {
  const runs = Array.from({ length: 20 }, (_, seed) => drawn(128, seed));
  const exact = { means: [shift, 0, 0], variances: [wide, narrow, 1] };
  const errorOf = (sdsOf: (run: ReturnType<typeof drawn>) => Float64Array) =>
    Math.sqrt(
      runs.reduce((total, run) => total + Math.log(sdsOf(run)[0] / Math.sqrt(exact.variances[0])) ** 2, 0) / 20,
    );

  it("leaves moments of weighted draws right, and takes most of their noise", () => {
    const average = (of: (run: ReturnType<typeof drawn>) => number) => runs.reduce((sum, run) => sum + of(run) / 20, 0);
    identity.forEach((k) => {
      const mean = average(({ control, weights }) => control.moments(weights).means[k]);
      const variance = average(({ control, weights }) => control.moments(weights).sds[k] ** 2);
      expect(Math.abs(mean - exact.means[k])).toBeLessThan(0.01);
      expect(Math.abs(variance / exact.variances[k] - 1)).toBeLessThan(0.02);
    });
    const plain = errorOf(({ values, weights }) => weightedMoments(values, weights).sds);
    expect(errorOf(({ control, weights }) => control.moments(weights).sds)).toBeLessThan(0.7 * plain);
  });

  it("gives a sample with weights of both signs that has those moments", () => {
    const [{ control, weights }] = runs;
    const sample = control.sample(weights);
    const { means, sds } = control.moments(weights);
    expect(sample.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    const over = (f: (a: number) => number) =>
      sample.values.reduce((total, [a], i) => total + sample.weights[i] * f(a), 0);
    expect(over((a) => a)).toBeCloseTo(means[0], 12);
    expect(over((a) => (a - means[0]) ** 2)).toBeCloseTo(sds[0] ** 2, 12);
    expect(sample.weights.some((weight) => weight < 0)).toBe(true);
  });

  it("has the core's own moments where the density is the core", () => {
    const [{ control, values }] = runs;
    const proposed = propose(coordinates, spreads, 128, createStream(0, 1));
    const own = smoothedWeights(Float64Array.from(proposed, (point) => point.logCore - point.logDensity)).weights;
    expect(values[5]).toEqual(proposed[5].position);
    const { means, sds } = control.moments(own);
    means.forEach((mean, k) => {
      expect(Math.abs(mean)).toBeLessThan(1e-3);
      expect(Math.abs(sds[k] - 1)).toBeLessThan(5e-3);
    });
  });

  it("gives draws weights that have the moments wanted, and the correlations that it finds", () => {
    const [{ values, weights, control }] = runs;
    const moments = { means: Float64Array.from(exact.means), sds: Float64Array.from(exact.variances, Math.sqrt) };
    const agreed = calibrated({ values, weights, control }, moments, n);
    const found = weightedMoments(values, agreed);
    identity.forEach((k) => {
      expect(found.means[k]).toBeCloseTo(exact.means[k], 4);
      expect(found.sds[k]).toBeCloseTo(Math.sqrt(exact.variances[k]), 4);
    });
    const product = values.reduce((total, [a, b], i) => total + agreed[i] * (a - shift) * b, 0);
    const plain = values.reduce((total, [a, b], i) => total + weights[i] * (a - shift) * b, 0);
    const [wanted] = control.means(weights, ([a, b]) => Float64Array.of((a - shift) * b));
    expect(product).toBeCloseTo(wanted, 4);
    expect(Math.abs(product - plain)).toBeGreaterThan(1e-3);
  });
});
