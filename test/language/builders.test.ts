import { describe, expect, it } from "vitest";
import { model } from "../../src/language/builder.js";
import { fromFormula } from "../../src/language/fromFormula.js";
import { glmm } from "../../src/language/glmm.js";
import { parseModel } from "../../src/language/parser.js";
import { printModel } from "../../src/language/printer.js";

const text = `count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 | subject)
prior beta[post] ~ normal(0, -2.5)`;

describe("the same tree as parsing, places included", () => {
  it("comes of the tag", () => {
    const ast = glmm`
      count ~ poisson(mu)
      log(mu) = 1 + ${"post * trt"} + (1 | subject)
      prior beta[post] ~ normal(${0}, ${-2.5})
    `;
    expect(ast).toEqual(parseModel(text));
    expect(
      glmm`count ~ poisson(mu)
                log(mu) = 1 + post * trt + (1 | subject)

                prior beta[post] ~ normal(0, -2.5)`.source?.text,
    ).toBe(text.replace("\nprior", "\n\nprior"));
  });

  it("comes of the builder", () => {
    const built = model()
      .response("count", "poisson", ["mu"])
      .predictor("mu", "log", "1 + post * trt + (1 | subject)")
      .prior("beta[post]", "normal", [0, -2.5])
      .build();
    expect(built).toEqual(parseModel(text));
  });
});

describe("the builder", () => {
  it("quotes names, and takes arguments by slot", () => {
    const built = model()
      .response("no. ill", "binomial", { size: "herd size", p: "p" })
      .predictor("p", "identity", "x");
    expect(printModel(built.build())).toBe(
      "`no. ill` ~ binomial(size = `herd size`, p)\np = x\n".replace("p)", "p = p)"),
    );
  });

  it("leaves the builder it was called on as it was", () => {
    const start = model().response("y", "poisson", ["mu"]).predictor("mu", "log", "x");
    start.prior("beta", "normal", [0, 1]);
    expect(start.build().priors).toEqual([]);
  });

  it("refuses a number that is none", () => {
    const built = model()
      .response("y", "poisson", ["mu"])
      .predictor("mu", "log", "x")
      .prior("beta", "normal", [Number.NaN]);
    expect(() => built.build()).toThrow("model:3:21: the arguments of normal are numbers");
  });
});

describe("fromFormula", () => {
  it.each([
    [
      "count ~ post * trt + (1 | subject)",
      "poisson",
      {},
      "count ~ poisson(mu)\nlog(mu) = post * trt + (1 | subject)\n",
    ],
    ["y ~ x", "gaussian", {}, "y ~ normal(mu, sigma)\nmu = x\n"],
    ["y ~ x", "normal", { link: "log" }, "y ~ normal(mu, sigma)\nlog(mu) = x\n"],
    ["y~0+x", "bernoulli", { link: "probit" }, "y ~ bernoulli(p)\nprobit(p) = 0 + x\n"],
    ["y | trials(n) ~ x", "binomial", {}, "y ~ binomial(n, p)\nlogit(p) = x\n"],
    ["cbind(ill, herd.size - ill) ~ x", "binomial", {}, "ill ~ binomial(herd.size, p)\nlogit(p) = x\n"],
    ["`no. ill` ~ x", "binomial", { size: "herd size" }, "`no. ill` ~ binomial(`herd size`, p)\nlogit(p) = x\n"],
    ["y ~ x +\r\n  z", "nbinom2", {}, "y ~ negative_binomial(mu, phi)\nlog(mu) = x + z\n"],
    ["y ~ 1", "negbinomial", { link: "identity" }, "y ~ negative_binomial(mu, phi)\nmu = 1\n"],
    [
      "prior ~ 1",
      "poisson",
      { priors: ["intercept ~ normal(0, 1)", "prior beta ~ flat()"] },
      "`prior` ~ poisson(mu)\nlog(mu) = 1\nprior intercept ~ normal(0, 1)\nprior beta ~ flat()\n",
    ],
  ])("%j, %s", (formula, family, options, expected) => {
    expect(printModel(fromFormula(formula, family, options))).toBe(expected);
  });

  it.each([
    [
      "cbind(a, n - b) ~ x",
      "binomial",
      `formula:1:1: the response is the name of one column
  cbind(a, n - b) ~ x
  ^^^^^^^^^^^^^^^^
  with the number of trials in a column n: "cbind(successes, n - successes) ~ ..." or "successes | trials(n) ~ ..."`,
    ],
    [
      "y ~ x",
      "poison",
      `formula: unknown family "poison"
  did you mean "poisson"? families: normal, bernoulli, binomial, poisson, negative_binomial`,
    ],
    [
      "y ~ x",
      "binomial",
      `formula: the binomial family needs its trials
  write "y | trials(n) ~ ...", or the option size; a response of 0 and 1 has the family bernoulli`,
    ],
    ["y | trials(n) ~ x", "poisson", "formula: the poisson family takes no trials"],
    ["y + x", "poisson", 'formula: a formula has a "~" after its response\n  as in y ~ x + (1 | g)'],
    [
      "~ x",
      "poisson",
      `formula:1:1: the response is the name of one column
  ~ x
  ^
  as in "y ~ ..." or, for the binomial family, "y | trials(n) ~ ..."`,
    ],
    [
      "y ~ x z",
      "poisson",
      `formula:2:13: no operator stands before "z"
  log(mu) = x z
              ^
  terms are joined by +, * or :`,
    ],
  ])("%j, %s is refused", (formula, family, message) => {
    expect(() => fromFormula(formula, family)).toThrow(expect.objectContaining({ name: "ModelError", message }));
  });
});
