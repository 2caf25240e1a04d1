import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { families } from "../../src/family/families.js";
import { fromFormula } from "../../src/fit/fromFormula.js";
import { model, quoteName } from "../../src/language/builder.js";
import { glmm } from "../../src/language/glmm.js";
import { ModelError } from "../../src/language/ModelError.js";
import { parseModel } from "../../src/language/parser.js";
import { printModel } from "../../src/language/printer.js";
import { didYouMean } from "../../src/language/suggest.js";

const text = `count ~ poisson(mu)
log(mu) = 1 + post * trt + (1 | subject)
prior beta[post] ~ normal(0, -2.5)`;

describe("the same tree as parsing, places included", () => {
  it("comes of the tag", () => {
    const ast = glmm`
      count ~ poisson(mu)
      log(mu) = 1 + ${glmm.raw("post * trt")} + (1 | subject)
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

/** Names that would be read as something else, or end a line, a name or a string, where they are pasted. */
const oddNames = [
  "herd size",
  "a`b",
  'say "x"',
  "it's",
  "two\nlines",
  "x\r\nprior beta ~ flat()",
  "tab\there",
  "back\\slash",
  "prior",
  "1 + z",
  "x)",
  "x] ~ flat() #",
  "#",
  "\u2028",
  "3rd",
  '""',
];
const anyName = fc.oneof(fc.constantFrom(...oddNames), fc.string({ unit: "binary", minLength: 1, maxLength: 12 }));

describe("names put into the tag", () => {
  it("are the columns, groups and levels of the tree, whatever their characters", () => {
    fc.assert(
      fc.property(anyName, anyName, anyName, (y, x, level) => {
        const ast = glmm`
          ${y} ~ poisson(mu)
          log(mu) = 1 + ${x} + relevel(g, "${level}") + I(h == '${level}') + (1 | ${x})
          prior sd[${x}, Intercept] ~ normal(0, ${2})  # of ${y} "and ${x}
        `;
        const sum = ast.predictors[0]?.formula;
        expect(ast.response.expression).toMatchObject({ type: "name", name: y });
        expect([ast.predictors.length, ast.priors.length]).toEqual([1, 1]);
        expect(names(sum)).toEqual([x, "g", "h", x]);
        expect(strings(sum)).toEqual([level, level]);
        expect(ast.priors[0]?.target.index[0]?.name).toBe(quoteName(x));
      }),
      { seed: 20261130, numRuns: 500 },
    );
  });

  it("are plain where they can be, so that problems quote what was written", () => {
    expect(glmm`y ~ poisson(mu)\nlog(mu) = ${"age"} + ${"herd size"}`.source?.text).toBe(
      "y ~ poisson(mu)\nlog(mu) = age + `herd size`",
    );
    expect(() => glmm`y ~ poisson(mu)\nlog(mu) = x${"y"}`).toThrow("`y`");
    expect(() => glmm`y ~ poisson(mu)\nlog(mu) = ${""}`).toThrow("nothing stands between the backticks");
  });

  it("are not numbers, which must be finite", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => glmm`y ~ poisson(mu)\nlog(mu) = ${value}`).toThrow(
        `glmm: value 1 is the number ${value}; it must be a name, a finite number, or what glmm.raw returned`,
      );
  });

  it("add no statement, nor does anything that the builder takes", () => {
    const formula = fc.oneof(anyName, fc.constantFrom("1\nprior beta ~ flat()", "1 # x", "x = 1", "(1", "x +\n z"));
    fc.assert(
      fc.property(anyName, formula, formula, (column, text, target) => {
        let built: ReturnType<typeof parseModel>;
        try {
          built = model()
            .response(column, "poisson", ["mu"], { subset: text })
            .predictor("mu", "log", text)
            .prior(target, "normal", [0, 1])
            .build();
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
          return;
        }
        expect([built.predictors.length, built.priors.length, built.response.additions.length]).toEqual([1, 1, 1]);
        expect(built.priors[0]?.distribution.name).toBe("normal");
        expect(built.response.expression).toMatchObject({ name: column });
      }),
      { seed: 20261130, numRuns: 1000 },
    );
  });
});

/** The texts of all nodes of a kind, in order, those that are called left out. */
function texts(node: unknown, type: string, key: string): unknown[] {
  if (typeof node !== "object" || node === null) return [];
  const own = "type" in node && node.type === type ? [Reflect.get(node, key)] : [];
  const below = Object.entries(node).flatMap(([name, child]) => (name === "callee" ? [] : texts(child, type, key)));
  return [...own, ...below];
}
const names = (node: unknown) => texts(node, "name", "name");
const strings = (node: unknown) => texts(node, "string", "value");

describe("the builder", () => {
  it("takes additions, and formulas over several lines", () => {
    const built = model()
      .response("y", "binomial", ["p"], { trials: "n", subset: `${quoteName("herd size")} > 1` })
      .predictor("p", "logit", "1 +\n  x")
      .build();
    expect(printModel(built)).toBe("y | trials(n) + subset(`herd size` > 1) ~ binomial(p)\nlogit(p) = 1 + x\n");
  });

  it("quotes the part that it cannot read", () => {
    const start = model().response("y", "poisson", ["mu"]);
    expect(() => start.predictor("mu", "log", "1\nprior beta ~ flat()")).toThrow(
      'formula:2:1: no operator stands before "prior"',
    );
    expect(() => model().response("y", "poisson", ["mu"], { weights: "w) + subset(x" })).toThrow(
      "weights:1:1: weights takes one formula",
    );
    expect(() => start.prior("beta ~ normal(0, 1) #", "normal", [0, 1])).toThrow(
      "target:1:1: a target ends before the ~ of its prior",
    );
  });

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
    ["y | trials(n) ~ x", "binomial", {}, "y | trials(n) ~ binomial(p)\nlogit(p) = x\n"],
    ["cbind(ill, herd.size - ill) ~ x", "binomial", {}, "cbind(ill, herd.size - ill) ~ binomial(p)\nlogit(p) = x\n"],
    ["log(time) ~ x", "normal", {}, "log(time) ~ normal(mu, sigma)\nmu = x\n"],
    ["prop | weights(n) ~ x", "binomial", {}, "prop | weights(n) ~ binomial(p)\nlogit(p) = x\n"],
    ["y | se(s) ~ x", "gaussian", {}, "y | se(s) ~ normal(mu)\nmu = x\n"],
    ["y | se(s, sigma) ~ x", "gaussian", {}, "y | se(s, sigma) ~ normal(mu, sigma)\nmu = x\n"],
    [
      "y | weights(w) + subset(x > 1 & g == 'a') ~ x",
      "poisson",
      {},
      'y | weights(w) + subset(x > 1 & g == "a") ~ poisson(mu)\nlog(mu) = x\n',
    ],
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
      "y ~ x",
      "poison",
      `family:1:1: unknown family "poison"
  poison
  ^^^^^^
  ${didYouMean(
    "poison",
    families.map(({ name }) => name),
    "families",
  )}`,
    ],
    [
      "y ~ x",
      "probit",
      `family:1:1: "probit" is a link, not a family
  probit
  ^^^^^^
  a link is an option of its own: --family bernoulli --link probit`,
    ],
    [
      "y ~ x",
      'binomial(link = "cloglog")',
      `family:1:1: a link is an option of its own
  binomial(link = "cloglog")
  ^^^^^^^^^^^^^^^^^^^^^^^^^^
  write --family binomial --link cloglog`,
    ],
    [
      "y ~ x",
      "binomial",
      `formula:1:1: the binomial family needs its trials
  y ~ x
  ^
  write "y | trials(n) ~ ..." or "cbind(successes, failures) ~ ..."; a response of 0 and 1 has the family bernoulli`,
    ],
    [
      "y + x",
      "poisson",
      `formula:1:1: a formula has a "~" after its response
  y + x
  ^^^^^
  as in y ~ x + (1 | g)`,
    ],
    [
      "~ x",
      "poisson",
      `formula:1:1: no response stands before "~"
  ~ x
  ^
  as in count ~ poisson(mu)`,
    ],
    [
      "y ~ x z",
      "poisson",
      `formula:1:7: no operator stands before "z"
  y ~ x z
        ^
  terms are joined by +, * or :; a column whose name has a space stands in backticks: \`x z\``,
    ],
    [
      "count ~ visit + ar1(visit | subject)",
      "poisson",
      `formula:1:17: ar1() is not supported
  count ~ visit + ar1(visit | subject)
                  ^^^
  all levels of a term are independent here: (1 | g), or (1 + time | g) for a trend of each level`,
    ],
  ])("%j, %s is refused", (formula, family, message) => {
    expect(() => fromFormula(formula, family)).toThrow(expect.objectContaining({ name: "ModelError", message }));
  });

  it("takes families of one's own, whose trials stand in their slot", () => {
    const [, , binomial] = families;
    const slots = [...binomial.slots].reverse();
    const own = { ...binomial, name: "overdispersed", aliases: ["od"], slots };
    const model = fromFormula("y ~ x", "od", { size: "n", families: [own] });
    expect(printModel(model)).toBe("y ~ overdispersed(p, n)\nlogit(p) = x\n");
  });

  it("points into the prior that was given", () => {
    expect(() => fromFormula("y ~ x", "poisson", { link: "log", priors: ["beta[x] ~ normal(0 1)"] })).toThrow(
      `prior:1:26: unexpected "1" between the arguments
  prior beta[x] ~ normal(0 1)
                           ^
  expected "," or ")"`,
    );
  });
});
