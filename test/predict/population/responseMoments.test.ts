import { describe, expect, it } from "vitest";
import { linkNamed } from "../../../src/family/links.js";
import { marginalMean } from "../../../src/predict/marginalMean.js";
import { responseMoments } from "../../../src/predict/population/responseMoments.js";
import { overNormal } from "./bruteForce.js";

const variances = {
  logit: (mu: number) => mu * (1 - mu),
  cloglog: (mu: number) => mu * (1 - mu),
  probit: (mu: number) => mu * (1 - mu),
  log: (mu: number) => mu + (mu * mu) / 1.7,
  identity: (mu: number) => 1 + 0.1 * mu * mu,
};

/** The mean of f over two normal variables with these sds and this correlation, on a fine grid. */
function overTwo(f: (x: number, y: number) => number, [sx, sy]: readonly [number, number], r: number): number {
  return overNormal((x) => overNormal((e) => f(sx * x, sy * (r * x + Math.sqrt(1 - r * r) * e)), 0, 1), 0, 1);
}

describe("moments of responses over the random effects are those by brute force", () => {
  const links = Object.keys(variances).filter((link): link is keyof typeof variances => link in variances);
  it.each(links)("%s", (link) => {
    const { inverseLink } = linkNamed(link);
    const moments = responseMoments(link);
    for (const [eta, variance] of [
      [-1.5, 0.04],
      [0.4, 1.2],
      [1, 2.5],
    ]) {
      const mean = marginalMean(link)(eta, variance);
      const shared = [0, 0.3 * variance, 0.95 * variance, variance];
      const out = { between: 0, within: 0, covariances: new Float64Array(4) };
      moments.at({ eta, variance, mean, shared, rowVariance: variances[link], s: 0 }, out);
      const close = (found: number, exact: number) =>
        expect(Math.abs(found - exact)).toBeLessThan(1e-6 * Math.max(0.01, Math.abs(exact)));
      close(
        out.between,
        overNormal((x) => (inverseLink(x) - mean) ** 2, eta, variance),
      );
      close(
        out.within,
        overNormal((x) => variances[link](inverseLink(x)), eta, variance),
      );
      shared.forEach((covariance, k) => {
        const sd = Math.sqrt(variance);
        const product = (x: number, y: number) => (inverseLink(eta + x) - mean) * (inverseLink(eta + y) - mean);
        close(out.covariances[k], overTwo(product, [sd, sd], covariance / variance));
      });
    }
  });

  it.each(links)("of two rows whose linear predictors differ: %s", (link) => {
    const { inverseLink } = linkNamed(link);
    const [one, other] = [
      { eta: -0.5, variance: 0.8 },
      { eta: 0.9, variance: 1.9 },
    ];
    const [m1, m2] = [one, other].map(({ eta, variance }) => marginalMean(link)(eta, variance));
    for (const r of [-0.6, 0.2, 0.9]) {
      const sds = [Math.sqrt(0.8), Math.sqrt(1.9)] as const;
      const exact = overTwo((x, y) => (inverseLink(one.eta + x) - m1) * (inverseLink(other.eta + y) - m2), sds, r);
      const found = responseMoments(link).covariance(one, other, r * sds[0] * sds[1]);
      expect(Math.abs(found - exact)).toBeLessThan(1e-6 * Math.max(0.01, Math.abs(exact)));
    }
  });

  it("where the terms of a series fall slowly too: steep curves, and pairs that share nearly all", () => {
    const moments = responseMoments("logit");
    const [eta, variance, covariance] = [0.3, 64, 62];
    const mean = marginalMean("logit")(eta, variance);
    const out = { between: 0, within: 0, covariances: new Float64Array(1) };
    moments.at({ eta, variance, mean, shared: [covariance], rowVariance: variances.logit, s: 0 }, out);
    // Given the shared part w the two are independent.
    const given = (w: number) => marginalMean("logit")(eta + w, variance - covariance) ** 2;
    expect(out.covariances[0]).toBeCloseTo(overNormal(given, 0, covariance) - mean * mean, 7);
    expect(out.covariances[0]).toBeLessThan(out.between);
  });
});
