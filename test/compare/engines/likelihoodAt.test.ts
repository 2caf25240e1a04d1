import { describe, expect, it } from "vitest";
import { likelihoodAt } from "../../../src/compare/engines/likelihoodAt.js";
import type { LatentGaussian } from "../../../src/density/LatentGaussian.js";
import { valuesAtParameters } from "../../../src/density/valuesAtParameters.js";
import { maximumLikelihood } from "../../../src/engine/ml/ml.js";
import { laplaceMarginal } from "../../../src/marginal/likelihoods/laplace.js";
import { runSync } from "../../../src/math/steps.js";
import { compiled, randomTable, uniforms } from "../../density/models.js";

const ROUND_TRIP = 1e-12;

/** Terms of one factor apart from one another, correlations, centred intercepts, dispersions of every kind. */
const models = [
  "y ~ normal(mu, sigma)\nmu = 1 + x1 + x2 + (1 | h) + (0 + x1 + x2 | g) + (1 | g)",
  "y ~ normal(mu, sigma)\nmu = 1 + x2 + (1 + x1 + x2 | g)\nlog(sigma) = 1 + x2",
  "events ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x2 + (1 + x2 | g/k)",
  "events ~ negative_binomial(mu, 2)\nlog(mu) = 1 + f + (1 | g) + (1 | h)\nprior beta[Intercept] ~ normal(0, 5)",
  "binary ~ bernoulli(p)\nlogit(p) = 0 + f + x2",
];

function viewOf(text: string): LatentGaussian {
  const latent = compiled(text, randomTable(3, 40)).model.latentGaussian();
  if ("refusal" in latent) throw new Error(latent.refusal);
  return latent.view;
}

/** The parameters at a position, by name. */
function parametersAt(view: LatentGaussian, position: Float64Array): Map<string, number> {
  const draw = new Float64Array(view.quantities.parameters.length);
  view.read(position, view.values());
  view.writeDraw([], draw);
  return new Map(view.quantities.parameters.map((name, k) => [name, draw[k]]));
}

describe("parameters as they are reported", () => {
  it.each(models)("stand for the values of the view: %s", (text) => {
    const view = viewOf(text);
    const next = uniforms(11);
    const { beta, theta, dispersion } = view.sizes;
    const position = Float64Array.from({ length: beta + theta + dispersion }, () => next());
    const parameters = parametersAt(view, position);
    const expected = view.values();
    view.read(position, expected);
    const values = valuesAtParameters(view, parameters);
    const flat = ({ beta: b, Lambda, dispersion: d }: typeof expected) => [
      ...b,
      ...Lambda.flatMap((L) => [...L]),
      ...d,
    ];
    expect(values).not.toBeNull();
    const pairs = flat(expected).map((value, k) => [value, flat(values ?? expected)[k]]);
    for (const [value, found] of pairs)
      expect(Math.abs(value - found)).toBeLessThan(ROUND_TRIP * (1 + Math.abs(value)));
  });

  it("stand for none where one is missing or they are no covariance matrix", () => {
    const view = viewOf(models[1]);
    const parameters = parametersAt(view, new Float64Array(view.sizes.beta + view.sizes.theta + view.sizes.dispersion));
    expect(valuesAtParameters(view, new Map([...parameters].slice(1)))).toBeNull();
    expect(valuesAtParameters(view, new Map([...parameters, ["cor[g, Intercept, x1]", 1]]))).toBeNull();
    expect(valuesAtParameters(view, new Map([...parameters, ["sd[g, x1]", -1]]))).toBeNull();
    expect(valuesAtParameters(view, parameters)).not.toBeNull();
  });
});

describe("the likelihood at estimates", () => {
  it("is the maximum at those of maximum likelihood, and lower elsewhere", () => {
    const view = viewOf("events ~ poisson(mu)\nlog(mu) = 1 + x2 + (1 | g) + (1 | h)");
    const ml = runSync(maximumLikelihood(view, { method: "laplace" }));
    const at = likelihoodAt(laplaceMarginal(view));
    const estimates = new Map(ml.parameters.map(({ name, estimate }) => [name, estimate]));
    expect(at(estimates)).toBeCloseTo(ml.logLikelihood ?? Number.NaN, 7);
    const moved = at(new Map([...estimates, ["beta[x2]", (estimates.get("beta[x2]") ?? 0) + 0.1]]));
    expect(moved).toBeLessThan((ml.logLikelihood ?? 0) - 0.01);
  });
});
