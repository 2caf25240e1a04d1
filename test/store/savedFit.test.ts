import { beforeAll, describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import { fitReport } from "../../src/fit/fitReport.js";
import { fromFormula } from "../../src/fit/fromFormula.js";
import { mlReport } from "../../src/fit/mlReport.js";
import type { Fit, MlFit } from "../../src/index.js";
import { quantitiesOf } from "../../src/posterior/quantities.js";
import { fitFromJSON, fitToJSON } from "../../src/store/savedFit.js";

const text = "y ~ poisson(mu)\nlog(mu) = 1 + scale(x) + (1 + x | g)";
const data = {
  y: Array.from({ length: 60 }, (_, i) => (i === 7 ? null : (i * 7) % 5)),
  x: Array.from({ length: 60 }, (_, i) => Math.sin(i)),
  g: Array.from({ length: 60 }, (_, i) => `g ${i % 6}`),
  unread: Array.from({ length: 60 }, (_, i) => `word ${i}`),
};
const sampling = { engine: "nuts", workers: 0, chains: 2, draws: 60, warmup: 60 } as const;
const formula = fromFormula("y ~ poly(x, 2) + (1 | g)", "poisson");

/** Fits of every engine and kind. */
const fits: Record<string, () => Promise<Fit | MlFit>> = {
  nuts: () => fit(text, data, sampling),
  "nuts, with moments of effects": () => fit(text, data, { ...sampling, randomEffects: "summary", level: 0.8 }),
  "nuts, from a formula": () => fit(formula, data, sampling),
  laplace: () => fit(text, data, { engine: "laplace", seed: "a word" }),
  inla: () => fit(text, data, { engine: "inla", criteria: true, lincomb: ["beta[scale(x)] + b[g, g 1, x]"] }),
  "inla, with a coefficient held": () => fit(`${text}\nprior beta[scale(x)] ~ constant(0.1)`, data, { engine: "inla" }),
  ml: () => fit(text, data, { engine: "ml", level: 0.9 }),
  "ml, penalised": () => fit(`${text}\nprior sd ~ exponential(2)`, data, { engine: "ml", penalized: true }),
  "ml, with a dependent column": () => fit("y ~ poisson(mu)\nlog(mu) = 1 + x + I(2 * x)", data, { engine: "ml" }),
  "ml, separated": () =>
    fit("z ~ bernoulli(p)\nlogit(p) = 1 + x", { z: [0, 0, 1, 1, 0, 1], x: [0, 0, 0, 0, 0, 1] }, { engine: "ml" }),
};

/** All that can be asked of a fit. */
const answers = (result: Fit | MlFit) => {
  const { compiled, ...facts } = result;
  const asked = "ml" in result ? [mlReport(result)] : ofPosterior(result);
  const plain = Object.entries(facts).filter(([, value]) => typeof value !== "function");
  return { asked, plain: Object.fromEntries(plain), priors: compiled.priors, quantities: compiled.quantities };
};
const ofPosterior = (result: Fit) => [
  fitReport(result),
  result.hasNormalEffects(),
  quantitiesOf(result.posterior)
    .filter(({ marginal }) => marginal.kind !== "moments")
    .map(({ name }) => result.draws(name)),
];

describe.each(Object.keys(fits))("a saved fit of %s", (name) => {
  let made: Fit | MlFit;
  beforeAll(async () => {
    made = (await fits[name]?.()) ?? expect.fail();
  });

  it.each(["value", "text"])("is the same again from its %s, whatever it is asked", async (way) => {
    const saved = fitToJSON(made);
    const again = await fitFromJSON(way === "value" ? saved : JSON.stringify(saved));
    expect(Object.keys(again).sort()).toEqual(Object.keys(made).sort());
    expect(answers(again)).toEqual(answers(made));
    expect(JSON.stringify(fitToJSON(again))).toBe(JSON.stringify(saved));
    const at = new Float64Array(made.compiled.logDensity("noncentred").dimension).fill(0.1);
    const [own, others] = [made, again].map(({ compiled }) =>
      compiled.logDensity("noncentred").logDensityGradient(at, at.slice()),
    );
    expect(others).toBe(own);
  });
});
