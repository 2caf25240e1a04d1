import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit/fit.js";
import { ModelError } from "../../src/language/ModelError.js";
import { cholesky, solveLower } from "../../src/math/linalg/cholesky.js";
import { createStream } from "../../src/math/random/createStream.js";

type Kind = "bernoulli" | "poisson";

/**
 * The log-likelihood of a generalized linear model and its coefficients after many steps of Newton's method, the slightest of ridges in
 * the way: along a direction of recession each step moves on by about one, and the likelihood comes to its supremum.
 */
function byNewton(kind: Kind, X: readonly (readonly number[])[], y: readonly number[]) {
  const p = X[0].length;
  const beta = new Float64Array(p);
  for (let step = 0; step < 60; step++) {
    const gradient = new Float64Array(p);
    const H = new Float64Array(p * p);
    X.forEach((row, i) => {
      const eta = row.reduce((sum, x, k) => sum + x * beta[k], 0);
      const mu = kind === "poisson" ? Math.exp(eta) : 1 / (1 + Math.exp(-eta));
      const weight = kind === "poisson" ? mu : mu * (1 - mu);
      row.forEach((x, k) => {
        gradient[k] += x * (y[i] - mu);
        row.forEach((z, l) => {
          H[k * p + l] += x * z * weight;
        });
      });
    });
    for (let k = 0; k < p; k++) H[k * p + k] += 1e-11;
    if (!cholesky(H, p)) break;
    solveLower(H, p, gradient);
    for (let k = p - 1; k >= 0; k--) {
      for (let l = k + 1; l < p; l++) gradient[k] -= H[l * p + k] * gradient[l];
      gradient[k] /= H[k * p + k];
    }
    const longest = Math.max(...gradient.map(Math.abs));
    for (let k = 0; k < p; k++) beta[k] += gradient[k] * Math.min(1, 3 / longest);
  }
  const logLikelihood = X.reduce((sum, row, i) => {
    const eta = row.reduce((total, x, k) => total + x * beta[k], 0);
    if (kind === "bernoulli") return sum - Math.log1p(Math.exp(y[i] === 1 ? -eta : eta));
    const logFactorial = Array.from({ length: y[i] }, (_, k) => Math.log(k + 1)).reduce((a, b) => a + b, 0);
    return sum + y[i] * eta - Math.exp(eta) - logFactorial;
  }, 0);
  return { logLikelihood, beta };
}

describe("maximum likelihood of separated responses", () => {
  it.each(["bernoulli", "poisson"] as const)(
    "has the supremum and the estimable coefficients of brute force: %s",
    async (kind) => {
      const random = createStream(11, 0);
      let separated = 0;
      for (let k = 0; k < 60; k++) {
        const n = 30;
        const whole = (most: number) => Array.from({ length: n }, () => Math.floor(random.uniform() * most));
        const data = {
          a: whole(3).map((i) => `a${i}`),
          b: whole(2).map((i) => `b${i}`),
          x: whole(5),
          y: whole(kind === "poisson" ? 3 : 2),
        };
        data.y = data.y.map((y, i) =>
          data.a[i] === "a1" && data.b[i] === "b1" ? 0 : data.a[i] === "a2" && data.x[i] > 2 ? 1 : y,
        );
        const line = kind === "poisson" ? "y ~ poisson(mu)\nlog(mu) = " : "y ~ bernoulli(p)\nlogit(p) = ";
        const result = await fit(`${line}a * b + x`, data, { engine: "ml" });
        const { design, ml, notEstimable } = result;
        if (design.separation === null) continue;
        separated++;
        const [{ X, columns }] = design.predictors;
        const rows = Array.from({ length: n }, (_, i) => columns.map((__, j) => X[j * n + i]));
        const brute = byNewton(kind, rows, Array.from(design.response.values));
        expect(ml.logLikelihood).toBeCloseTo(brute.logLikelihood, 5);
        expect(ml.parameterCount).toBe(columns.length);
        for (const { name, estimate, standardError } of ml.parameters) {
          expect(estimate, name).toBeCloseTo(brute.beta[columns.indexOf(name.slice(5, -1))], 3);
          expect(standardError).toBeGreaterThan(0);
        }
        for (const { name, limit } of notEstimable) {
          expect(ml.parameters.map((parameter) => parameter.name)).not.toContain(name);
          const far = brute.beta[columns.indexOf(name.slice(5, -1))];
          if (limit !== null) expect(Math.sign(far), name).toBe(Math.sign(limit));
        }
        // Of an empty cell there is a column too many.
        expect(ml.parameters.length + notEstimable.length).toBe(7);
      }
      expect(separated).toBeGreaterThan(15);
    },
  );

  const groups = Array.from({ length: 40 }, (_, i) => ({
    g: i % 8,
    y: i % 8 === 7 || i < 8 ? 0 : ((i * 7) % 5) + 3 * (i % 4),
    early: i < 8 ? 1 : 0,
    last: i % 8 === 7 ? 1 : 0,
  }));

  it("keeps the levels whose rows are all separated, with what is known of them", async () => {
    const { ml, compiled, criteria, problems, notEstimable } = await fit(
      "y ~ poisson(mu)\nlog(mu) = early + last + (1 | g)",
      groups,
      { engine: "ml" },
    );
    const rest = await fit(
      "y ~ poisson(mu)\nlog(mu) = 1 + (1 | g)",
      groups.filter(({ early, last }) => early + last === 0),
      { engine: "ml" },
    );
    expect(ml.logLikelihood).toBeCloseTo(rest.ml.logLikelihood ?? Number.NaN, 8);
    expect(ml.parameters.map(({ name }) => name)).toEqual(["beta[Intercept]", "sd[g, Intercept]"]);
    ml.parameters.forEach(({ estimate, standardError }, k) => {
      expect(estimate).toBeCloseTo(rest.ml.parameters[k].estimate, 6);
      expect(standardError).toBeCloseTo(rest.ml.parameters[k].standardError, 6);
    });
    expect(notEstimable).toEqual([
      {
        name: "beta[early]",
        reason: "it is not determined where the separated rows are fitted without error",
        limit: null,
      },
      {
        name: "beta[last]",
        reason: "it is not determined where the separated rows are fitted without error",
        limit: null,
      },
    ]);
    expect(compiled.quantities.randomEffects).toHaveLength(8);
    expect(Array.from(ml.effects?.modes[0] ?? [])).toHaveLength(8);
    expect(ml.effects?.modes[0][7]).toBe(0);
    expect(ml.effects?.sds[0][7]).toBeCloseTo(ml.parameters[1].estimate, 10);
    expect(criteria?.aic).toBeCloseTo(8 - 2 * (ml.logLikelihood ?? 0), 8);
    expect(problems.map(({ code }) => code)).toEqual(["separation", "separation"]);
    expect(ml.notes.map(({ code }) => code)).toContain("separation");
  });

  it("is an error where nothing is left, with the ways out", async () => {
    const data = { y: [0, 0, 0, 1, 1, 1], x: [1, 2, 3, 4, 5, 6] };
    const failed = await fit("y ~ bernoulli(p)\nlogit(p) = x", data, { engine: "ml" }).then(
      () => null,
      (error: unknown) => error,
    );
    if (!(failed instanceof ModelError)) throw failed;
    expect(failed.message).toContain("x separates the responses: no successes up to 3, no failures from 4");
    expect(failed.message).toContain(
      "every row is fitted without error in the limit, so that nothing is left to estimate: take --penalized",
    );
    const penalized = await fit("y ~ bernoulli(p)\nlogit(p) = x", data, { engine: "ml", penalized: true });
    expect(penalized.ml.parameters).toHaveLength(2);
    expect(penalized.notEstimable).toEqual([]);
  });
});
