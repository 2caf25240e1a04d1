import { describe, expect, it } from "vitest";
import { toTable } from "../../../src/data/toTable.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { EffectsGivenParameters } from "../../../src/marginal/effects/EffectsGivenParameters.js";
import { aghqMarginal } from "../../../src/marginal/likelihoods/aghq.js";
import type { EffectMoments } from "../../../src/marginal/likelihoods/MarginalLikelihood.js";
import { runSync } from "../../../src/math/steps.js";
import { groupedTable, randomParts, viewOf } from "../designs.js";

const SD = 2;

function effectsOf(view: LatentGaussian) {
  const values = view.values();
  values.beta.fill(0.4);
  values.dispersion.fill(0.8);
  values.Lambda.forEach((Lambda, f) => {
    const q = view.factors[f].effects;
    for (let r = 0; r < q; r++) for (let c = 0; c <= r; c++) Lambda[r * q + c] = r === c ? SD : 0.3;
  });
  const effects = new EffectsGivenParameters(view);
  expect(effects.at(values)).toBe(true);
  return { effects, values };
}

const flat = (parts: readonly Float64Array[]) => parts.flatMap((part) => Array.from(part));

/** The largest differences: of means in sds, of log sds, of skewness. */
function distances(ours: EffectMoments, exact: EffectMoments): readonly [means: number, sds: number, skewness: number] {
  const sds = flat(exact.sds);
  const largest = (mine: readonly number[], theirs: readonly number[]) =>
    Math.max(...mine.map((value, k) => Math.abs(value - theirs[k])));
  const scaled = (means: readonly Float64Array[]) => flat(means).map((mean, k) => mean / sds[k]);
  return [
    largest(scaled(ours.means), scaled(exact.means)),
    largest(flat(ours.sds).map(Math.log), sds.map(Math.log)),
    largest(flat(ours.skewness), flat(exact.skewness)),
  ];
}

/** Binary responses, two rows a meeting of two levels, nearly all alike. */
const binary = { y: [1, 1, 1, 1, 0, 1, 1, 1], g: [..."aaaabbbb"], h: [..."xyxyxyxy"] };

/** Of the effects of g and h, two each, by a product rule on a grid. */
function bruteForce({ y, g, h }: typeof binary): EffectMoments {
  const nodes = Array.from({ length: 31 }, (_, i) => -9 + (18 * i) / 30);
  const levels = (names: readonly string[]) => names.map((name) => [...new Set(names)].indexOf(name));
  const [ofG, ofH] = [levels(g), levels(h)];
  const sums = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
  for (const a of nodes)
    for (const b of nodes)
      for (const c of nodes)
        for (const d of nodes) {
          const effects = [a, b, c, d];
          let log = (-0.5 * (a * a + b * b + c * c + d * d)) / (SD * SD);
          let odds = 1;
          y.forEach((one, i) => {
            const eta = 0.4 + effects[ofG[i]] + effects[2 + ofH[i]];
            log += one * eta;
            odds *= 1 + Math.exp(eta);
          });
          const weight = Math.exp(log) / odds;
          effects.forEach((effect, k) => {
            for (let power = 0; power < 4; power++) sums[k][power] += weight * effect ** power;
          });
        }
  const moments = sums.map(([mass, first, second, third]) => {
    const mean = first / mass;
    const sd = Math.sqrt(second / mass - mean * mean);
    return { mean, sd, skewness: (third / mass - 3 * mean * sd * sd - mean ** 3) / sd ** 3 };
  });
  const parts = (of: "mean" | "sd" | "skewness") =>
    [moments.slice(0, 2), moments.slice(2)].map((part) => Float64Array.from(part, (one) => one[of]));
  return { means: parts("mean"), sds: parts("sd"), skewness: parts("skewness") };
}

describe("full Laplace moments of the effects given the parameters", () => {
  it("are exact where a level has one effect and no other is in the way, however skew", () => {
    const { view } = viewOf("binary ~ bernoulli(p)\nlogit(p) = 1 + x1 + (1 | g)", groupedTable(11, 40));
    const { effects, values } = effectsOf(view);
    const quadrature = aghqMarginal(view, 41);
    quadrature.evaluate(values, null, true);
    const exact = quadrature.effectMoments?.();
    if (exact === undefined) throw new Error("quadrature has moments");
    const [means, sds, skewness] = distances(runSync(effects.fullMoments()), exact);
    expect(means).toBeLessThan(0.002);
    expect(sds).toBeLessThan(0.002);
    expect(skewness).toBeLessThan(0.02);
  });

  it("are exact for a normal response in every structure", () => {
    for (const { random } of Object.values(randomParts)) {
      const { view } = viewOf(`y ~ normal(mu, sigma)\nmu = 1 + x1 + ${random}`, groupedTable(11, 60));
      const { effects } = effectsOf(view);
      for (const distance of distances(runSync(effects.fullMoments()), effects.gaussianMoments()))
        expect(distance).toBeLessThan(1e-3);
    }
  });

  it("are nearer than simplified ones where factors cross, on binary data with few rows", () => {
    const { view } = viewOf("y ~ bernoulli(p)\nlogit(p) = 1 + (1 | g) + (1 | h)", toTable(binary));
    const { effects } = effectsOf(view);
    const exact = bruteForce(binary);
    const full = distances(runSync(effects.fullMoments()), exact);
    const simplified = distances(effects.moments(), exact);
    full.forEach((distance, k) => {
      expect(distance).toBeLessThan(0.5 * simplified[k]);
    });
    expect(full[0]).toBeLessThan(0.03);
    expect(full[1]).toBeLessThan(0.03);
  });
});
