import { describe, expect, it } from "vitest";
import { ControlVariate } from "../../../src/engine/inla/ControlVariate.js";
import { momentMatching } from "../../../src/engine/inla/momentMatching.js";
import { smoothedWeights } from "../../../src/engine/laplace/importance.js";
import { weightedMoments } from "../../../src/engine/laplace/weightedMoments.js";
import { splitNormal } from "../../../src/marginal/exploration/axisShape.js";
import { propose, proposeCore, type WidenedPoint } from "../../../src/marginal/exploration/proposal.js";
import { workingScale } from "../../../src/marginal/exploration/workingScale.js";
import { createStream } from "../../../src/math/random/createStream.js";

const n = 3;
const identity = [0, 1, 2];
const coordinates = {
  mode: new Float64Array(n),
  order: identity,
  directions: identity.map((k) => Float64Array.from(identity, (i) => (i === k ? 1 : 0))),
  bends: [0, 0, 0],
  flat: 0,
  logDeterminant: 0,
  logDeterminantOfHyperparameters: 0,
  hyperparameters: 1,
};
const spreads = identity.map(() => ({
  shape: splitNormal(1, 1),
  given: () => ({ centre: 0, logScale: 0, slopes: new Float64Array(n) }),
}));
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
  const weightsOf = (logOf: (point: WidenedPoint) => number) =>
    smoothedWeights(Float64Array.from(proposed, (point) => logOf(point) - point.logDensity)).weights;
  const [weights, own] = [weightsOf(({ position }) => logDensity(position)), weightsOf(({ logCore }) => logCore)];
  return {
    values,
    weights,
    own,
    control: new ControlVariate({ targets, coordinates, spreads }, proposed, values, 2048, stream),
  };
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

  it("leaves out what one position alone says", () => {
    const [{ values, own, control }] = runs;
    const sizes = values.map(([, , c]) => Math.abs(c));
    const furthest = sizes.indexOf(Math.max(...sizes));
    const raised = own.map((weight, i) => (i === furthest ? weight + 0.02 : weight));
    const total = raised.reduce((a, b) => a + b, 0);
    const weights = raised.map((weight) => weight / total);
    const plain = [own, weights].map((given) => weightedMoments(values, given).sds[2]);
    expect(plain[1] / plain[0]).toBeGreaterThan(1.05);
    expect(Math.abs(control.moments(weights).sds[2] - 1)).toBeLessThan(0.02);
  });

  it("gives a sample with weights of both signs, in which its own positions stand for the core", () => {
    const [{ values, weights, own, control }] = runs;
    const squares = (given: Float64Array) => {
      const sample = control.sample(given);
      expect(sample.weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
      return sample.values.reduce((total, [a], i) => total + sample.weights[i] * a * a, 0);
    };
    expect(Math.abs(squares(own) - 1)).toBeLessThan(5e-3);
    const off = values.reduce((total, [a], i) => total + (weights[i] - own[i]) * a * a, 0);
    expect(squares(weights) - squares(own)).toBeCloseTo(off, 12);
    expect(control.sample(weights).weights.some((weight) => weight < 0)).toBe(true);
  });

  it("is not asked where its tails are heavier than the density's by any factor", () => {
    // exp(place) has no mean over the core, and is log-normal over the density.
    const heavy = {
      share: 0.5,
      at: (x: number) => ({ place: x * (1 + 0.3 * x * x), logSlope: Math.log(1 + 0.9 * x * x) }),
    };
    const stretched = {
      ...spreads[1],
      given: ({ 0: a }: ArrayLike<number>) => ({ centre: 0, logScale: a, slopes: new Float64Array(1) }),
    };
    const own = [{ ...spreads[0], shape: heavy }, stretched, spreads[2]];
    const at = ([a, b, c]: Float64Array) => Float64Array.of(Math.exp(a), b, c);
    const kinds = ["sd", "coefficient", "coefficient"] as const;
    const logDensityOf = ([a, b, c]: Float64Array) => -0.5 * ((a / 0.8) ** 2 + (b / Math.exp(a)) ** 2 + c * c) - a;
    const meanOf = (power: number) => Math.exp(0.5 * (0.8 * power) ** 2);
    const sdsOf = [Math.sqrt(meanOf(2) - meanOf(1) ** 2), Math.sqrt(meanOf(2))];
    for (let seed = 0; seed < 5; seed++) {
      const stream = createStream(seed, 1);
      const proposed = propose(coordinates, own, 2048, stream);
      const { weights } = smoothedWeights(
        Float64Array.from(proposed, (point) => logDensityOf(point.position) - point.logDensity),
      );
      const core = { targets: { ...targets, kinds, at }, coordinates, spreads: own };
      const control = new ControlVariate(
        core,
        proposed,
        proposed.map(({ position }) => at(position)),
        512,
        stream,
      );
      const found = control.moments(weights);
      expect(Math.abs(found.means[0] / meanOf(1) - 1)).toBeLessThan(0.1);
      sdsOf.forEach((sd, k) => {
        expect(Math.abs(found.sds[k] / sd - 1)).toBeLessThan(0.15);
      });
    }
  });

  it("has the core's own moments where the density is the core", () => {
    const [{ control, own }] = runs;
    const { means, sds } = control.moments(own);
    means.forEach((mean, k) => {
      expect(Math.abs(mean)).toBeLessThan(1e-3);
      expect(Math.abs(sds[k] - 1)).toBeLessThan(5e-3);
    });
  });

  it("gives draws weights that have the moments wanted, and the correlations that it finds", () => {
    const [{ values, weights, control }] = runs;
    const found = control.moments(weights);
    const correlations = control.correlations(weights, found, n);
    expect(correlations[0]).toBeCloseTo(correlation, 1);
    // Wider than they are by the same weights, as a grid may say.
    const moments = { means: Float64Array.from(exact.means), sds: found.sds.map((sd) => 1.1 * sd) };
    const agreed = momentMatching({ values, weights, correlations }, moments, n);
    const after = weightedMoments(values, agreed);
    identity.forEach((k) => {
      expect(after.means[k]).toBeCloseTo(moments.means[k], 4);
      expect(after.sds[k]).toBeCloseTo(moments.sds[k], 4);
    });
    const correlationBy = (by: Float64Array) => {
      const { means, sds } = weightedMoments(values, by);
      return values.reduce(
        (total, [a, b], i) => total + (by[i] * (a - means[0]) * (b - means[1])) / (sds[0] * sds[1]),
        0,
      );
    };
    expect(correlationBy(agreed)).toBeCloseTo(correlations[0], 4);
    expect(Math.abs(correlationBy(weights) - correlations[0])).toBeGreaterThan(1e-3);
  });
});

describe("the core's own moments", () => {
  /** Coefficients that the hyperparameter moves, stretches and turns towards each other, skewed, and correlated with each other. */
  const slanted = {
    ...coordinates,
    directions: [
      [1, 0.5, 0.2],
      [0, 1, -0.9],
      [0, 0, 0.4],
    ].map((row) => Float64Array.from(row)),
  };
  const uneven = identity.map((k) => ({
    shape: splitNormal(1 + 0.2 * k, 1 - 0.1 * k),
    given: ({ 0: h, 1: first }: ArrayLike<number>) => {
      if (k === 0) return { centre: 0, logScale: 0, slopes: new Float64Array(0) };
      const [centre, slope] = [0.3 * h * h, k === 2 ? 0.4 * h : 0];
      const turned = slope === 0 ? 0 : slope * (first - centre);
      return { centre: centre + turned, logScale: 0.2 * h, slopes: Float64Array.of(0, slope).subarray(0, k) };
    },
  }));

  /** Where the density is the core the control leaves nothing but the core's. */
  function ofCore(at: (position: Float64Array) => Float64Array, count: number, seed: number) {
    const stream = createStream(seed, 1);
    const proposed = propose(slanted, uneven, 128, stream);
    const values = proposed.map(({ position }) => at(position));
    const { weights } = smoothedWeights(Float64Array.from(proposed, ({ logCore, logDensity }) => logCore - logDensity));
    const core = { targets: { ...targets, at }, coordinates: slanted, spreads: uneven };
    const control = new ControlVariate(core, proposed, values, count, stream);
    const moments = control.moments(weights);
    return { ...moments, correlations: control.correlations(weights, moments, n) };
  }

  /** By so many positions of all coordinates that their noise is small. */
  function bySampling(at: (position: Float64Array) => Float64Array) {
    const sampled = { count: 4096, dimensions: n };
    const ofSeed = (_: unknown, seed: number) => proposeCore(slanted, uneven, sampled, createStream(seed, 2)).positions;
    const values = Array.from({ length: 16 }, ofSeed).flat().map(at);
    const even = new Float64Array(values.length).fill(1 / values.length);
    const { means, sds } = weightedMoments(values, even);
    const correlation = (k: number, j: number) =>
      values.reduce((total, value) => total + (value[k] - means[k]) * (value[j] - means[j]), 0) /
      (values.length * sds[k] * sds[j]);
    return { means, sds, correlations: [correlation(1, 0), correlation(2, 0), correlation(2, 1)] };
  }

  it("are those of many positions, from few: coefficients have theirs in closed form", () => {
    const truth = bySampling((position) => position);
    for (const seed of [1, 2, 3]) {
      const found = ofCore((position) => position, 256, seed);
      identity.forEach((k) => {
        expect(Math.abs(found.means[k] - truth.means[k]) / truth.sds[k]).toBeLessThan(8e-3);
        expect(Math.abs(found.sds[k] / truth.sds[k] - 1)).toBeLessThan(8e-3);
        expect(Math.abs(found.correlations[k] - truth.correlations[k])).toBeLessThan(8e-3);
      });
    }
  });

  it("are sampled where a coefficient's prior is bounded, so that it bends", () => {
    const bent = ([a, b, c]: Float64Array) => Float64Array.of(a, b, Math.exp(0.3 * c));
    const truth = bySampling(bent);
    const found = ofCore(bent, 4096, 1);
    identity.forEach((k) => {
      expect(Math.abs(found.means[k] - truth.means[k]) / truth.sds[k]).toBeLessThan(0.02);
      expect(Math.abs(found.sds[k] / truth.sds[k] - 1)).toBeLessThan(0.03);
    });
  });
});
