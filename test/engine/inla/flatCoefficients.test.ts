import { describe, expect, it } from "vitest";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { inla } from "../../../src/engine/inla/inla.js";
import { defaultInlaOptions } from "../../../src/engine/inla/options.js";
import { laplace } from "../../../src/engine/laplace/laplace.js";
import { logPosterior } from "../../../src/marginal/exploration/posteriorMode.js";
import { plainMarginal } from "../../../src/marginal/likelihoods/plain.js";
import { runSync } from "../../../src/math/steps.js";
import type { Posterior } from "../../../src/posterior/Posterior.js";
import { summarise } from "../../../src/summary/summarise.js";
import { viewOf } from "../ml/models.js";

/*
 * Coefficients of separated data, whose likelihood is flat on one side, by both approximations and by brute force: two coefficients, over a grid
 * that is even in the inverse hyperbolic sine, so that it holds the tails.
 */

const STEPS = 400;
const REACH = 9;

/** Quantiles of each target, by the density at the points of a grid. */
function bruteForce(view: LatentGaussian, quantiles: readonly number[]): number[][] {
  const logDensity = logPosterior(plainMarginal(view));
  const place = (k: number) => Math.sinh(((k + 0.5) / STEPS - 0.5) * 2 * REACH);
  const logStretch = (k: number) => Math.log(Math.cosh(((k + 0.5) / STEPS - 0.5) * 2 * REACH));
  const values = view.values();
  const draw = new Float64Array(view.quantities.parameters.length);
  const atoms: { readonly at: Float64Array; readonly height: number }[] = [];
  for (let i = 0; i < STEPS; i++)
    for (let j = 0; j < STEPS; j++) {
      const position = Float64Array.of(place(i), place(j));
      const height = logDensity(position) + logStretch(i) + logStretch(j);
      if (!(height > -60)) continue;
      view.read(position, values);
      view.writeDraw([], draw);
      atoms.push({ at: draw.slice(), height });
    }
  const top = atoms.reduce((most, { height }) => Math.max(most, height), Number.NEGATIVE_INFINITY);
  const total = atoms.reduce((sum, { height }) => sum + Math.exp(height - top), 0);
  return Array.from(draw, (_, k) => {
    const sorted = [...atoms].sort((a, b) => a.at[k] - b.at[k]);
    return quantiles.map((probability) => {
      let below = 0;
      const found = sorted.find(({ height }) => {
        below += Math.exp(height - top) / total;
        return below >= probability;
      });
      return found?.at[k] ?? Number.NaN;
    });
  });
}

const six = [..."aaabbb"];
const kinds = [
  {
    kind: "binary, one coefficient",
    text: "y ~ bernoulli(p)\nlogit(p) = 1 + g",
    data: { y: [0, 1, 0, 1, 1, 1, 1, 1], g: [..."aaaabbbb"] },
  },
  {
    kind: "binary, the reference level",
    text: "y ~ bernoulli(p)\nlogit(p) = 1 + g",
    data: { y: [0, 0, 0, 0, 0, 1, 1, 0], g: [..."aaaabbbb"] },
  },
  {
    kind: "counts that are all zero in a level",
    text: "y ~ poisson(mu)\nlog(mu) = 1 + g",
    data: { y: [3, 1, 4, 0, 0, 0], g: six },
  },
  {
    kind: "binary along a column",
    text: "y ~ bernoulli(p)\nprobit(p) = 1 + x",
    data: { y: [0, 0, 0, 1, 1, 1], x: [-2, -1.3, -0.4, 0.3, 1.1, 2.4] },
  },
];
const priors = [
  "prior intercept ~ normal(0, 5)\nprior beta ~ normal(0, 5)",
  "prior intercept ~ student_t(4, 0, 5)\nprior beta ~ student_t(4, 0, 2.5)",
  "prior intercept ~ cauchy(0, 10)\nprior beta ~ cauchy(0, 2.5)",
];

const engines: readonly { readonly engine: string; run(view: LatentGaussian): Posterior }[] = [
  { engine: "laplace", run: (view) => runSync(laplace(view, { draws: 4000, seed: 1 })) },
  { engine: "inla", run: (view) => runSync(inla(view, defaultInlaOptions)) },
];

describe.each(kinds)("separation: $kind", ({ text, data }) => {
  let trusted = 0;
  for (const prior of priors)
    it(prior.replace(/prior |\n.*/g, ""), () => {
      const view = viewOf(`${text}\n${prior}`, data);
      const exact = bruteForce(view, [0.05, 0.5, 0.95]);
      for (const { engine, run } of engines) {
        const posterior = run(view);
        if (posterior.record.approximation?.guard.isTrusted !== true) continue;
        trusted++;
        summarise(posterior).parameters.forEach(({ name, q5, median, q95 }, k) => {
          const [low, middle, high] = exact[k];
          // The distance of the outer quantiles of a normal distribution in sds.
          const sd = (high - low) / 3.29;
          const off = [q5 - low, median - middle, q95 - high].map((by) => by / sd);
          expect(Math.max(...off.map(Math.abs)), `${engine}, ${name}: ${off.map((by) => by.toFixed(2))}`).toBeLessThan(
            0.25,
          );
        });
      }
    });

  it("is trusted by most of them", () => {
    expect(trusted).toBeGreaterThanOrEqual(4);
  });
});
