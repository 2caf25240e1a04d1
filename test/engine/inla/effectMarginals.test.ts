import { describe, expect, it } from "vitest";
import { effectMarginals } from "../../../src/engine/inla/effectMarginals.js";
import { mixtureMoments, type WeightedMoments } from "../../../src/engine/inla/effectMixtures.js";
import type { EffectMoments } from "../../../src/marginal/likelihoods/MarginalLikelihood.js";
import { normalCdf, normalQuantile } from "../../../src/math/special/normalDistribution.js";
import { skewedNormal } from "../../../src/math/special/skewed.js";
import { evaluateMarginal } from "../../../src/posterior/densityMarginals.js";

const PROBABILITIES = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975];
const COUNT = 256;
/** Even places on the unit interval, and the same in an order that has nothing to do with them. */
const places = Array.from({ length: COUNT }, (_, i) => (i + 0.5) / COUNT);
const shuffled = places.map((_, i) => places[(i * 101 + 37) % COUNT]);
const even = new Float64Array(COUNT).fill(1 / COUNT);

function given(effects: readonly (readonly [mean: number, sd: number, skewness: number])[]): EffectMoments {
  const column = (k: 0 | 1 | 2) => [Float64Array.from(effects, (effect) => effect[k])];
  return { means: column(0), sds: column(1), skewness: column(2) };
}

/** The largest difference of the quantiles of an effect, in its sds. */
function differs(mixed: WeightedMoments, quantile: (p: number) => number, k = 0): number {
  const marginal = effectMarginals(mixed)[k];
  return Math.max(
    ...PROBABILITIES.map((p) => Math.abs(evaluateMarginal(marginal, "quantile", p) - quantile(p)) / marginal.sd),
  );
}

describe("marginals of effects", () => {
  it("are the skewed normal where all positions say the same", () => {
    for (const skewness of [-0.4, 0, 0.4]) {
      const moments = [given([[2, 0.5, skewness]]), null, given([[2, 0.5, skewness]])];
      const mixed = { moments, weights: Float64Array.of(0.3, 0.4, 0.3) };
      const { fromNormal } = skewedNormal(skewness);
      expect(differs(mixed, (p) => 2 + 0.5 * fromNormal(normalQuantile(p)))).toBeLessThan(3e-3);
      const [marginal] = effectMarginals(mixed);
      expect([marginal.mean, marginal.sd]).toEqual([expect.closeTo(2, 12), expect.closeTo(0.5, 12)]);
      expect(evaluateMarginal(marginal, "density", 2) * 0.5).toBeCloseTo(skewedNormal(skewness).density(0), 2);
    }
  });

  it("are normal where normal means are spread normally, however narrow each is", () => {
    for (const sd of [0.05, 0.5, 2]) {
      const moments = shuffled.map((p) => given([[normalQuantile(p), sd, 0]]));
      expect(differs({ moments, weights: even }, (p) => Math.sqrt(1 + sd * sd) * normalQuantile(p))).toBeLessThan(0.02);
    }
  });

  it("have the tails of a mixture over sds", () => {
    const sdAt = (p: number) => Math.exp(0.4 * normalQuantile(p));
    // The second effect is in other units, and its sds are of the same positions.
    const moments = places.map((p) =>
      given([
        [0, sdAt(p), 0],
        [5, 100 * sdAt(p), 0],
      ]),
    );
    const cdf = (x: number) => places.reduce((sum, p) => sum + normalCdf(x / sdAt(p)) / COUNT, 0);
    const quantile = (wanted: number) => {
      let [low, high] = [-20, 20];
      for (let step = 0; step < 60; step++) {
        const middle = (low + high) / 2;
        if (cdf(middle) < wanted) low = middle;
        else high = middle;
      }
      return low;
    };
    expect(differs({ moments, weights: even }, quantile)).toBeLessThan(0.03);
    expect(differs({ moments, weights: even }, (p) => 5 + 100 * quantile(p), 1)).toBeLessThan(0.03);
    // Which a normal of the same sd is not.
    const { sd } = effectMarginals({ moments, weights: even })[0];
    expect(Math.abs(quantile(0.75) / sd - normalQuantile(0.75))).toBeGreaterThan(0.05);
  });

  it("have the moments of all positions by their weights", () => {
    const weights = Float64Array.of(0.2, 0, 0.5, 0.3);
    const moments = [1, 90, 4, 2].map((mean, i) =>
      given([
        [mean, 1 + i, 0.1 * i],
        [0, 0, 0],
      ]),
    );
    const mean = 0.2 + 2 + 0.6;
    const square = 0.2 * (1 + 1) + 0.5 * (9 + 16) + 0.3 * (16 + 4);
    const { means, sds } = mixtureMoments({ moments, weights });
    expect(means[0]).toBeCloseTo(mean, 12);
    expect(sds[0]).toBeCloseTo(Math.sqrt(square - mean * mean), 12);
    const [, point] = effectMarginals({ moments, weights });
    expect([point.mean, point.sd, evaluateMarginal(point, "quantile", 0.9)]).toEqual([0, 0, 0]);
  });

  it("are those of every factor in its turn", () => {
    const [first, second] = [
      given([
        [1, 1, 0],
        [2, 1, 0],
      ]),
      given([[3, 0.5, 0]]),
    ];
    const both = {
      means: [...first.means, ...second.means],
      sds: [...first.sds, ...second.sds],
      skewness: [...first.skewness, ...second.skewness],
    };
    const marginals = effectMarginals({ moments: [both], weights: Float64Array.of(1) });
    expect(marginals.map(({ mean }) => mean)).toEqual([1, 2, 3]);
  });
});
