import { describe, expect, it } from "vitest";
import { toTable } from "../../../src/data/toTable.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { EffectsGivenParameters } from "../../../src/marginal/effects/EffectsGivenParameters.js";
import { aghqMarginal } from "../../../src/marginal/likelihoods/aghq.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { createStream } from "../../../src/math/random/createStream.js";
import { groupedTable, randomParts, someValues, viewOf } from "../designs.js";

function effectsOf(view: LatentGaussian): EffectsGivenParameters {
  const effects = new EffectsGivenParameters(view);
  expect(effects.at(someValues(view))).toBe(true);
  return effects;
}

const table = groupedTable(11, 60);

describe("random effects given the parameters", () => {
  for (const [structure, { random }] of Object.entries(randomParts)) {
    it(`are drawn exactly where the likelihood is normal: ${structure}`, () => {
      const { view } = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + x1 + ${random}`, table);
      const effects = effectsOf(view);
      const stream = createStream(3, 1);
      const exact = laplaceMarginal(view).evaluate(someValues(view), null);
      for (let i = 0; i < 5; i++) expect(effects.draw(stream).logWeight).toBeCloseTo(exact, 8);
    });

    it(`have a Gaussian approximation whose weights average to the likelihood: ${structure}`, () => {
      const { view } = viewOf(`events ~ poisson(mu)\nlog(mu) = 1 + x1 + ${random}`, table);
      const effects = effectsOf(view);
      const stream = createStream(5, 1);
      const draws = 4000;
      const exact = laplaceMarginal(view).evaluate(someValues(view), null);
      let [total, squares] = [0, 0];
      for (let i = 0; i < draws; i++) {
        const weight = Math.exp(effects.draw(stream).logWeight - exact);
        total += weight / draws;
        squares += (weight * weight) / draws;
      }
      // Laplace's approximation is near the likelihood here, but for the error of the mean itself.
      const error = Math.sqrt((squares - total * total) / draws);
      expect(Math.abs(Math.log(total))).toBeLessThan(0.05 + 4 * error);
    });
  }

  it("have about the skewness that quadrature finds where each row has an effect of its own within a group", () => {
    const rows = Float64Array.from({ length: 24 }, (_, i) => i);
    const own = { y: rows.map((i) => (5 * i) % 7), g: rows.map((i) => Math.floor(i / 3)), row: rows };
    const { view } = viewOf("y ~ poisson(mu)\nlog(mu) = 1 + (1 | g) + (1 | row)", toTable(own));
    const { skewness } = effectsOf(view).moments();
    const quadrature = aghqMarginal(view, 15);
    quadrature.evaluate(someValues(view), null, true);
    quadrature.effectMoments?.()?.skewness.forEach((part, f) => {
      part.forEach((exact, k) => {
        expect(Math.abs(skewness[f][k] - exact)).toBeLessThan(0.05);
      });
    });
    expect.assertions(1 + 8 + 24);
  });

  it("have the moments that quadrature finds, to the order they are taken", () => {
    const { view } = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)", table);
    const moments = effectsOf(view).moments();
    const quadrature = aghqMarginal(view, 25);
    quadrature.evaluate(someValues(view), null);
    const { means, modes } = quadrature.effects();
    moments.means[0].forEach((mean, k) => {
      const exact = means?.[0][k] ?? Number.NaN;
      expect(Math.abs(mean - exact)).toBeLessThan(0.1 * Math.abs(modes[0][k] - exact) + 1e-4);
    });
    // A count's likelihood falls off faster above its mode than below it.
    expect(moments.skewness[0].every((value) => value < 0)).toBe(true);
  });

  for (const random of ["(1 + x1 | g)", "(1 | g) + (1 | k)"])
    it(`have quadrature moments that more points leave alone, and a normal response's exactly: ${random}`, () => {
      const momentsBy = (response: string, points: number) => {
        const { view } = viewOf(`${response} = 1 + x1 + ${random}`, table);
        const marginal = aghqMarginal(view, points);
        marginal.evaluate(someValues(view), null);
        const moments = marginal.effectMoments?.();
        return [moments?.means, moments?.sds, moments?.skewness].flatMap((parts) =>
          parts?.flatMap((part) => [...part]),
        );
      };
      const binary = "binary ~ bernoulli(p)\nlogit(p)";
      const [few, many] = [momentsBy(binary, 11), momentsBy(binary, 19)];
      few.forEach((value, k) => {
        expect(value).toBeCloseTo(many[k] ?? Number.NaN, 4);
      });
      const { view } = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + x1 + ${random}`, table);
      const gaussian = effectsOf(view).gaussianMoments();
      const exact = [gaussian.means, gaussian.sds, gaussian.skewness].flatMap((parts) =>
        parts.flatMap((part) => [...part]),
      );
      momentsBy("y ~ normal(mu, sigma)\nmu", 5).forEach((value, k) => {
        expect(value).toBeCloseTo(exact[k], 7);
      });
    });

  it("are drawn with the moments asked for, margin by margin", () => {
    const { view } = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + x1 + (1 | g)", table);
    const effects = effectsOf(view);
    const { means, sds, skewness } = effects.moments();
    const stream = createStream(7, 1);
    const draw = effects.skewedDraws({ means, sds, skewness });
    const draws = Array.from({ length: 20000 }, () => draw(stream)[0][0]);
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const sd = Math.sqrt(draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length);
    expect(Math.abs(mean - means[0][0])).toBeLessThan(0.03 * sds[0][0]);
    expect(Math.abs(Math.log(sd / sds[0][0]))).toBeLessThan(0.03);
  });

  it("refuse to speak before there are modes", () => {
    const { view } = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + (1 | g)", table);
    expect(() => new EffectsGivenParameters(view).moments()).toThrow(RangeError);
  });
});
