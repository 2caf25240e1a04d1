import { describe, expect, it } from "vitest";
import { toTable } from "../../src/data/toTable.js";
import { compileDensity } from "../../src/density/compileDensity.js";
import { checkPriorStatements } from "../../src/density/priorStatements.js";
import { buildDesign } from "../../src/design/buildDesign.js";
import { families } from "../../src/family/families.js";
import { ModelError } from "../../src/language/ModelError.js";
import { parseModel } from "../../src/language/parser.js";
import { priors } from "../../src/prior/priors.js";
import { compiled } from "./models.js";

const table = toTable({
  y: [1.2, 3.4, 2.2, 5.0, 4.1, 2.9, 3.3, 4.8],
  n: [0, 2, 1, 4, 3, 1, 0, 5],
  x: [1, 2, 3, 4, 5, 6, 7, 8],
  z: [0.5, 0.1, 0.9, 0.4, 0.2, 0.7, 0.3, 0.8],
  trt: ["a", "b", "a", "b", "a", "b", "a", "b"],
  g: [1, 1, 2, 2, 3, 3, 4, 4],
  h: [1, 2, 3, 1, 2, 3, 1, 2],
});

const base = "n ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x * trt + (1 + x | g) + (1 | h)\n";

function used(text: string): Record<string, string> {
  return Object.fromEntries(
    compiled(text, table).model.priors.map(({ name, distribution, truncatedTo }) => [
      name,
      truncatedTo === null ? distribution : `${distribution} on (${truncatedTo.join(", ")})`,
    ]),
  );
}

describe("which prior is used", () => {
  it("is the most specific", () => {
    const found = used(
      `${base}prior beta ~ normal(0, 1)
       prior beta[trt.b:x] ~ normal(0, 2)
       prior sd ~ exponential(1)
       prior sd[g] ~ normal(0, 3)
       prior sd[g, x] ~ uniform(0, 4)
       prior cor ~ lkj(1)
       prior cor[g] ~ lkj(2)
       prior intercept ~ student_t(3, 0, 5)
       prior phi ~ gamma(2, 0.1)`,
    );
    expect(found).toEqual({
      intercept: "student_t(3, 0, 5)",
      "beta[x]": "normal(0, 1)",
      "beta[trt.b]": "normal(0, 1)",
      "beta[x:trt.b]": "normal(0, 2)",
      "sd[g, Intercept]": "normal(0, 3) on (0, Infinity)",
      "sd[g, x]": "uniform(0, 4)",
      "cor[g]": "lkj(2)",
      "sd[h, Intercept]": "exponential(1)",
      phi: "gamma(2, 0.1)",
    });
  });

  it("may be on the variance or the precision of an effect", () => {
    const found = used(
      `${base}prior var ~ inverse_gamma(3, 2)\nprior precision[h] ~ gamma(2, 1)\nprior var[g, x] ~ normal(0, 1)`,
    );
    expect(found).toMatchObject({
      "var[g, Intercept]": "inverse_gamma(3, 2)",
      "var[g, x]": "normal(0, 1) on (0, Infinity)",
      "precision[h, Intercept]": "gamma(2, 1)",
    });
  });

  it("is one of the sd, the variance and the precision", () => {
    expect(() => compiled(`${base}prior var[g] ~ gamma(2, 1)\nprior sd[g] ~ gamma(2, 1)`, table)).toThrow(
      "a second prior on sd[g, Intercept]",
    );
  });

  it("is a default scaled to the data where none is stated", () => {
    expect(used(base)).toEqual({
      intercept: `normal(${(Math.log(16.5 / 9)).toPrecision(4)}, 2.5)`,
      "beta[x]": `normal(0, ${Number((2.5 / Math.sqrt(6)).toPrecision(4))})`,
      "beta[trt.b]": `normal(0, ${Number((2.5 / Math.sqrt(2 / 7)).toPrecision(4))})`,
      "beta[x:trt.b]": `normal(0, ${Number((2.5 / standardDeviation([0, 2, 0, 4, 0, 6, 0, 8])).toPrecision(4))})`,
      "sd[g, Intercept]": "student_t(3, 0, 2.5) on (0, Infinity)",
      "sd[g, x]": `student_t(3, 0, ${Number((2.5 / Math.sqrt(6)).toPrecision(4))}) on (0, Infinity)`,
      "cor[g]": "lkj(1)",
      "sd[h, Intercept]": "student_t(3, 0, 2.5) on (0, Infinity)",
      phi: "gamma(0.01, 0.01)",
    });
  });

  it("is scaled by the response for the normal family", () => {
    const s = standardDeviation([1.2, 3.4, 2.2, 5.0, 4.1, 2.9, 3.3, 4.8]);
    const mean = (1.2 + 3.4 + 2.2 + 5.0 + 4.1 + 2.9 + 3.3 + 4.8) / 8;
    const found = used("y ~ normal(mu, sigma)\nmu = 1 + z\nlog(sigma) = 1 + x");
    expect(found.intercept).toBe(`normal(${Number(mean.toPrecision(4))}, ${Number((2.5 * s).toPrecision(4))})`);
    expect(found["sigma.intercept"]).toBe(`normal(${Number(Math.log(s).toPrecision(4))}, 2.5)`);
    expect(found["sigma.beta[x]"]).toBe(`normal(0, ${Number((2.5 / Math.sqrt(6)).toPrecision(4))})`);
    expect(Object.keys(found)).toHaveLength(4);
  });
});

describe("the intercept", () => {
  /** The parameters at 0.3 and 0.2 of the units that the defaults are scaled by. */
  const draws = (text: string) => {
    const density = compiled(text, table).model.logDensity("noncentred");
    const draw = new Float64Array(density.quantities.parameters.length);
    density.constrain(Float64Array.of(0.3, 0.2), draw);
    return draw;
  };
  const centre = Math.log(16.5 / 9);
  const slope = 0.2 / Math.sqrt(6);

  it("is sampled at the covariates' means and reported raw", () => {
    const [intercept, beta] = draws("n ~ poisson(mu)\nlog(mu) = 1 + x");
    expect(beta).toBeCloseTo(slope, 12);
    expect(intercept).toBeCloseTo(centre + 0.3 - 4.5 * slope, 12);
  });

  it("is raw where the prior is on the raw one", () => {
    const text = "n ~ poisson(mu)\nlog(mu) = 1 + x\nprior beta[Intercept] ~ normal(0, 5)";
    expect(draws(text)[0]).toBeCloseTo(centre + 0.3, 12);
  });
});

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((a, b) => a + b) / values.length;
  return Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1));
}

function messages(text: string): string {
  const ast = parseModel(text, "m.glmm");
  const statements = checkPriorStatements(ast, priors);
  if (statements.length > 0) return new ModelError(statements, ast.source ?? { name: "m", text }).message;
  const { design, problems } = buildDesign(ast, table, families);
  if (design === null) throw new Error(problems.map(({ message }) => message).join("; "));
  return new ModelError(compileDensity(ast, design, families, priors).problems, ast.source ?? { name: "m", text })
    .message;
}

describe("a prior that cannot be used", () => {
  const cases: readonly (readonly [string, string])[] = [
    [
      "prior beta[wt] ~ normal(0, 1)",
      `m.glmm:3:7: a prior on beta[wt], which is not in the model
  prior beta[wt] ~ normal(0, 1)
        ^^^^^^^^
  did you mean "beta[x]"? targets: intercept, beta[Intercept], beta, beta[x], sd, sd[g], sd[g, Intercept], phi`,
    ],
    [
      "prior cor ~ lkj(2)",
      `m.glmm:3:7: a prior on cor, which is not in the model
  prior cor ~ lkj(2)
        ^^^
  targets: intercept, beta[Intercept], beta, beta[x], sd, sd[g], sd[g, Intercept], phi`,
    ],
    [
      "prior sd ~ normal(0)",
      `m.glmm:3:12: normal takes 2 numbers, not 1
  prior sd ~ normal(0)
             ^^^^^^
  write: normal(mean, sd)`,
    ],
    [
      "prior sd ~ lkj(2)",
      `m.glmm:3:12: lkj is a prior of cor only
  prior sd ~ lkj(2)
             ^^^
  give sd a univariate prior such as normal(0, 1)`,
    ],
    [
      "prior sd ~ uniform(-3, -1)",
      `m.glmm:3:1: uniform(-3, -1) leaves nothing of the support of sd[g, Intercept]
  prior sd ~ uniform(-3, -1)
  ^^^^^^^^^^^^^^^^^^^^^^^^^^
  sd[g, Intercept] lies in (0, Inf)`,
    ],
    [
      "prior intercept ~ normal(0, 1)\nprior beta[Intercept] ~ normal(0, 1)",
      `m.glmm:4:1: a prior on both intercept and beta[Intercept]
  prior beta[Intercept] ~ normal(0, 1)
  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  keep one: intercept is the linear predictor at the covariates' means, beta[Intercept] the raw intercept`,
    ],
  ];
  const model = "n ~ negative_binomial(mu, phi)\nlog(mu) = 1 + x + (1 | g)\n";
  it("says that its parameter is held at a number", () => {
    expect(
      messages("n ~ negative_binomial(mu, 2)\nlog(mu) = 1 + x\nprior phi ~ exponential(1)"),
    ).toBe(`m.glmm:3:7: a prior on phi, which is held at 2
  prior phi ~ exponential(1)
        ^^^
  write phi in place of 2 to estimate it`);
  });

  it.each(cases)("%s", (statement, expected) => {
    expect(messages(model + statement)).toBe(expected);
  });
});
