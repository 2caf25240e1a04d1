import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ComponentAtDraws } from "../../src/sensitivity/components.js";
import { cumulativeJensenShannon, ordered } from "../../src/sensitivity/cumulativeJensenShannon.js";
import { poweredWeights, powerScaling } from "../../src/sensitivity/powerScaling.js";

const distance = (values: readonly number[], p: readonly number[], q: readonly number[]) =>
  cumulativeJensenShannon(ordered(Float64Array.from(values)), Float64Array.from(p), Float64Array.from(q));

/** The definition, written out: distribution functions at each point of a fine partition, both directions, both signs. */
function byDefinition(values: readonly number[], p: readonly number[], q: readonly number[]): number {
  const oneWay = (x: readonly number[]) => {
    const points = [...x].sort((a, b) => a - b);
    const cdf = (weights: readonly number[], at: number) =>
      weights.reduce((total, weight, i) => (x[i] <= at ? total + weight : total), 0);
    let [pq, qp, bound] = [0, 0, 0];
    for (let k = 0; k + 1 < points.length; k++) {
      const gap = points[k + 1] - points[k];
      const [P, Q] = [cdf(p, points[k]), cdf(q, points[k])];
      const part = (A: number, B: number) => (A > 0 ? A * (Math.log2(A) - Math.log2((A + B) / 2)) : 0);
      pq += gap * (part(P, Q) + (Q - P) / (2 * Math.LN2));
      qp += gap * (part(Q, P) + (P - Q) / (2 * Math.LN2));
      bound += gap * (P + Q);
    }
    return (pq + qp) / bound;
  };
  return Math.sqrt(Math.max(oneWay(values), oneWay(values.map((value) => -value))));
}

describe("the cumulative Jensen-Shannon distance of two weightings", () => {
  it("is as computed by hand of three values", () => {
    // Gaps 1 and 2; P = 1/4, 1/2 and Q = 1/2, 3/4 below them.
    const sum = (P: number, Q: number) => P * Math.log2((2 * P) / (P + Q)) + Q * Math.log2((2 * Q) / (P + Q));
    const below = (1 * sum(1 / 4, 1 / 2) + 2 * sum(1 / 2, 3 / 4)) / (3 / 4 + 2 * (5 / 4));
    const above = (1 * sum(3 / 4, 1 / 2) + 2 * sum(1 / 2, 1 / 4)) / (5 / 4 + 2 * (3 / 4));
    expect(distance([3, 0, 1], [1 / 2, 1 / 4, 1 / 4], [1 / 4, 1 / 2, 1 / 4])).toBeCloseTo(
      Math.sqrt(Math.max(below, above)),
      14,
    );
  });

  it("is its definition, for weights near each other and far apart", () => {
    const numbers = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 1, max: 9 })), {
      minLength: 2,
      maxLength: 12,
    });
    fc.assert(
      fc.property(numbers, fc.constantFrom(1, 0.1, 1e-3), (pairs, apart) => {
        const values = pairs.map(([value]) => value);
        fc.pre(new Set(values).size > 1);
        const p = values.map(() => 1 / values.length);
        const raw = pairs.map(([, weight]) => 1 + apart * (weight - 1));
        const q = raw.map((weight) => weight / raw.reduce((a, b) => a + b, 0));
        expect(distance(values, p, q)).toBeCloseTo(byDefinition(values, p, q), 7);
      }),
    );
  });

  it("is 0 of equal weightings and of a constant, 1 of weightings on the two ends", () => {
    expect(distance([1, 2, 3], [0.2, 0.3, 0.5], [0.2, 0.3, 0.5])).toBe(0);
    expect(distance([2, 2, 2], [0.2, 0.3, 0.5], [0.5, 0.3, 0.2])).toBe(0);
    expect(distance([1, 2], [1, 0], [0, 1])).toBeCloseTo(1, 12);
  });

  it("knows neither the unit, the origin nor the sign of the values", () => {
    const [values, p, q] = [
      [0.3, -1, 4, 2.5],
      [0.25, 0.25, 0.25, 0.25],
      [0.1, 0.2, 0.3, 0.4],
    ];
    const own = distance(values, p, q);
    for (const change of [(x: number) => 1e6 * x, (x: number) => x - 1e3, (x: number) => -x])
      expect(distance(values.map(change), p, q)).toBeCloseTo(own, 9);
  });
});

interface OfComponent {
  readonly logDensity: readonly number[];
  readonly paretoK: readonly number[];
  readonly distances: readonly number[];
}

/** What R makes of the definitions, with the weights of its loo package; validation/fixtures/sensitivity/sensitivity.R wrote it. */
const fixture: {
  readonly powers: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly prior: OfComponent;
  readonly likelihood: OfComponent;
} = JSON.parse(
  readFileSync(new URL("../../validation/fixtures/sensitivity/sensitivity.fixture.json", import.meta.url), "utf8"),
);

it("gives the sensitivities of R's definitions, weights of its loo package included", () => {
  const facts = { distribution: null, origin: null, covers: [] };
  const component = (kind: ComponentAtDraws["kind"], { logDensity }: OfComponent): ComponentAtDraws => ({
    kind,
    name: kind,
    ...facts,
    logDensity: Float64Array.from(logDensity),
  });
  const components = [component("priors", fixture.prior), component("likelihood", fixture.likelihood)];
  const quantities = [fixture.a, fixture.b].map((values, k) => ({ name: `q${k}`, values: Float64Array.from(values) }));
  const shares = new Float64Array(fixture.a.length).fill(1 / fixture.a.length);
  const [low, high] = fixture.powers;
  const { components: scaled, quantities: found } = powerScaling(components, quantities, shares, {
    powers: [low, high],
    threshold: 0.05,
  });
  [fixture.prior, fixture.likelihood].forEach((theirs, c) => {
    expect(scaled[c].paretoK).toBeCloseTo(Math.max(...theirs.paretoK), 6);
    theirs.distances.forEach((distance, q) => {
      expect(found[q].distances[c]).toBeCloseTo(distance, 6);
    });
  });
});

it("gives draws at which a component has no density no weight, and respects the weights that draws have", () => {
  const logDensity = Float64Array.of(-1, Number.NEGATIVE_INFINITY, -3, -2);
  const own = Float64Array.of(0.4, 0.3, 0.2, 0.1);
  const { shares, paretoK } = poweredWeights(logDensity, 2, own);
  expect(paretoK).toBe(Number.POSITIVE_INFINITY); // too few weights to tell
  const raw = [0.4 * Math.exp(-1), 0, 0.2 * Math.exp(-3), 0.1 * Math.exp(-2)];
  const total = raw.reduce((a, b) => a + b, 0);
  raw.forEach((weight, s) => {
    expect(shares[s]).toBeCloseTo(weight / total, 12);
  });
});
