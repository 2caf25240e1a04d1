import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { stanData } from "../../src/export/stan/stanData.js";
import { stanProgram } from "../../src/export/stan/stanProgram.js";
import { definePrior, ExportError, exportFit, fit, prepareModel, univariate } from "../../src/index.js";
import { stanCases, stanTable } from "../../validation/stan/cases.js";
import { stanPoints } from "../../validation/stan/points.js";
import { programHash } from "../../validation/stan/programHash.js";
import { contents, Fits } from "./fits.js";

// Stan is not among the packages of npm: what rstan said of these programs is written down (validation/stan), with the hash of each program, so that a program that
// changes is compared anew.

interface Reference {
  readonly cases: readonly {
    readonly name: string;
    readonly sha256: string;
    readonly points: readonly {
      readonly ours: number;
      readonly logProb: number;
      readonly logProbWithJacobian: number;
    }[];
  }[];
}
const reference: Reference = JSON.parse(
  readFileSync(new URL("../../validation/references/stan.json", import.meta.url), "utf8"),
);
const TOLERANCE = 1e-8;

describe("the density of the Stan program of", () => {
  it.each(stanCases)("$name is ours, by rstan", ({ name, model }) => {
    const prepared = prepareModel(model, stanTable());
    const program = stanProgram(prepared);
    const known = reference.cases.find((one) => one.name === name) ?? expect.fail("run validation/stan/logProb.R");
    expect(programHash(program), "compare it anew: validation/stan").toBe(known.sha256);
    const points = stanPoints(prepared, known.points.length);
    expect(points.length).toBe(5);
    for (const [k, { logDensity }] of points.entries()) {
      expect(Math.abs(logDensity - known.points[k].logProb)).toBeLessThan(TOLERANCE);
      expect(Number.isFinite(logDensity)).toBe(true);
    }
  });

  it("with Jacobians differs from ours by a constant of the model", () => {
    for (const { name, model } of stanCases) {
      const known = reference.cases.find((one) => one.name === name) ?? expect.fail();
      const ours = stanPoints(prepareModel(model, stanTable()), 5).map(({ withJacobian }) => withJacobian);
      const differences = known.points.map(({ logProbWithJacobian }, k) => ours[k] - logProbWithJacobian);
      for (const difference of differences) expect(Math.abs(difference - differences[0])).toBeLessThan(TOLERANCE);
    }
  });
});

describe("the Stan program", () => {
  it("of a model reads as the model", () => {
    const model =
      "y | weights(w) ~ bernoulli(p)\nprobit(p) = 1 + x + (1 | g)\nprior var[g] ~ inverse_gamma(2, 1)\nprior beta[x] ~ half_normal(1)";
    const data = { y: [0, 1, 1, 0], w: [1, 2, 1, 3], x: [0.5, -1, 2, 0], g: ["a", "b", "a", "b"] };
    const prepared = prepareModel(model, data);
    expect(stanProgram(prepared).split("\n").slice(5)).toMatchInlineSnapshot(`
      [
        "data {",
        "  int<lower=1> N;",
        "  matrix[N, 2] X_p;",
        "  vector[2] centre_p;",
        "  int<lower=1> J_1;",
        "  array[N] int<lower=1, upper=J_1> g_1;",
        "  matrix[N, 1] Z_1;",
        "  array[N] int y;",
        "  vector<lower=0>[N] weights;",
        "}",
        "transformed data {",
        "  matrix[N, 2] Xc_p = X_p - rep_matrix(centre_p', N);",
        "}",
        "parameters {",
        "  real coef_p_1;",
        "  real<lower=0> coef_p_2;",
        "  vector<lower=0>[1] sd_1;",
        "  matrix[1, J_1] z_1;",
        "}",
        "transformed parameters {",
        "  vector[2] coef_p = to_vector({coef_p_1, coef_p_2});",
        "  matrix[J_1, 1] b_1 = (sd_1[1] * z_1)'; // Intercept",
        "  vector[N] eta_p = Xc_p * coef_p + rows_dot_product(Z_1, b_1[g_1]);",
        "}",
        "model {",
        "  // intercept ~ normal(0, 2.5)",
        "  target += normal_lpdf(coef_p_1 | 0, 2.5);",
        "  // beta[x] ~ half_normal(1)",
        "  target += normal_lpdf(coef_p_2 | 0, 1) + 0.6931471805599453;",
        "  // var[g, Intercept] ~ inverse_gamma(2, 1)",
        "  target += inv_gamma_lpdf(square(sd_1[1]) | 2, 1) + log(2) + log(sd_1[1]);",
        "  target += normal_lpdf(to_vector(z_1) | 0, 1);",
        "  for (n in 1:N) target += weights[n] * ((y[n] == 1 ? normal_lcdf(eta_p[n] | 0, 1) : normal_lccdf(eta_p[n] | 0, 1)));",
        "}",
        "generated quantities {",
        "  vector[2] beta_p = to_vector({coef_p[1] - dot_product(centre_p, coef_p), coef_p[2]}); // Intercept, x",
        "}",
        "",
      ]
    `);
    expect(stanData(prepared)).toMatchInlineSnapshot(`
      {
        "J_1": 2,
        "N": 4,
        "X_p": [
          [
            1,
            0.5,
          ],
          [
            1,
            -1,
          ],
          [
            1,
            2,
          ],
          [
            1,
            0,
          ],
        ],
        "Z_1": [
          [
            1,
          ],
          [
            1,
          ],
          [
            1,
          ],
          [
            1,
          ],
        ],
        "centre_p": [
          0,
          0.375,
        ],
        "g_1": [
          1,
          2,
          1,
          2,
        ],
        "weights": [
          1,
          2,
          1,
          3,
        ],
        "y": [
          0,
          1,
          1,
          0,
        ],
      }
    `);
  });

  it("is the same for a fit of any engine, and its data stand in the order of the table", async () => {
    const fits = new Fits();
    const [one, other] = await Promise.all([fits.of("laplace"), fits.of("ml")]);
    const texts = await Promise.all([one, other].map(async (made) => contents(exportFit(made, "stan").files)));
    expect([...texts[0].keys()]).toEqual(["model.stan", "data.json"]);
    expect(texts[0].get("model.stan")?.toString()).toBe(texts[1].get("model.stan")?.toString());
    const { y, N } = JSON.parse(texts[0].get("data.json")?.toString() ?? "");
    expect([N, y]).toEqual([60, Array.from({ length: 60 }, (_, i) => (i * 7) % 5)]);
  });

  it("is refused for a prior that Stan has not, unless it says how Stan writes it", async () => {
    const logistic = (stan?: (x: string) => string) =>
      definePrior({
        name: "logistic",
        parameters: [],
        make: () =>
          univariate({
            lower: Number.NEGATIVE_INFINITY,
            upper: Number.POSITIVE_INFINITY,
            logDensity: (x) => -x - 2 * Math.log1p(Math.exp(-x)),
            derivative: (x) => -Math.tanh(x / 2),
            logCdf: (x) => -Math.log1p(Math.exp(-x)),
            logSurvival: (x) => -Math.log1p(Math.exp(x)),
            ...(stan === undefined ? {} : { stan }),
          }),
      });
    const model = "y ~ poisson(mu)\nlog(mu) = 1 + x\nprior beta[x] ~ logistic()";
    const data = { y: [0, 1, 2, 3, 1], x: [1, 2, 3, 4, 6] };
    const made = async (stan?: (x: string) => string) =>
      fit(model, data, { engine: "laplace", priors: [logistic(stan)] });
    const bare = await made();
    expect(() => exportFit(bare, "stan")).toThrow(ExportError);
    expect(() => exportFit(bare, "stan")).toThrow("the prior logistic() on beta[x] is not in the language of Stan");
    const said = await made((x) => `logistic_lpdf(${x} | 0, 1)`);
    expect(stanProgram(said)).toContain("target += logistic_lpdf(coef_mu[2] | 0, 1);");
  });
});
