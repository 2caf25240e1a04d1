import { describe, expect, it } from "vitest";
import { VariationalMean } from "../../../src/engine/inla/variationalMean.js";
import { laplacePosterior } from "../../../src/marginal/exploration/integratedPosterior.js";
import { marginalPosterior } from "../../../src/marginal/exploration/posteriorMode.js";
import { profileLikelihood } from "../../../src/marginal/likelihoods/profile.js";
import { minimize } from "../../../src/math/optimize/minimize.js";
import { runSync } from "../../../src/math/steps.js";
import { groupedTable, randomParts, viewOf } from "../../marginal/designs.js";
import { viewOf as viewOfData } from "../ml/models.js";

describe("the variational mean of beta", () => {
  it("is where the expected score vanishes: Poisson counts, normal prior", () => {
    const y = [0, 1, 0, 2];
    const view = viewOfData("y ~ poisson(mu)\nlog(mu) = 1\nprior beta[Intercept] ~ normal(0, 2)", { y });
    const at = (position: number) => {
      const values = view.values();
      view.read(Float64Array.of(position), values);
      return values.beta[0];
    };
    const { position } = runSync(laplacePosterior(view)).mode;
    const scale = at(1) - at(0);
    const variance = 1 / (y.length * Math.exp(at(position[0])) + 1 / 4);
    const mean = new VariationalMean(view).at(position, Float64Array.of(variance / scale ** 2));
    const found = at(mean?.[0] ?? Number.NaN);
    const sum = y.reduce((a, b) => a + b, 0);
    expect(Math.abs(sum - y.length * Math.exp(found + 0.5 * variance) - found / 4)).toBeLessThan(1e-5);
  });

  it("is the mode for a normal response in every structure", () => {
    for (const { random } of Object.values(randomParts)) {
      const { view } = viewOf(`y ~ normal(mu, 0.6)\nmu = 1 + x1 + ${random}`, groupedTable(11, 40));
      const start = runSync(laplacePosterior(view)).mode.position;
      const joint = marginalPosterior(profileLikelihood(view));
      const p = view.sizes.beta;
      const ofBeta = (beta: Float64Array, gradient: Float64Array) => {
        const full = new Float64Array(start.length);
        const value = joint(
          start.map((x, k) => (k < p ? beta[k] : x)),
          full,
        );
        gradient.set(full.subarray(0, p));
        return value;
      };
      const { position: beta } = runSync(minimize(ofBeta, start.subarray(0, p)));
      const mode = start.map((x, k) => (k < p ? beta[k] : x));
      const covariance = Float64Array.from({ length: p * p }, (_, k) => (k % (p + 1) === 0 ? 0.04 : 0));
      const mean = new VariationalMean(view).at(mode, covariance);
      expect(mean).not.toBeNull();
      mean?.forEach((value, k) => {
        expect(value).toBeCloseTo(mode[k], 8);
      });
    }
  });
});
