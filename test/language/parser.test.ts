import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { PriorStatement } from "../../src/language/ast.js";
import { ModelError } from "../../src/language/ModelError.js";
import { parseModel } from "../../src/language/parser.js";
import { printExpression, printModel } from "../../src/language/printer.js";

const response = "count ~ poisson(mu)";
const predictor = "log(mu) = 1 + x";

function withoutPlaces(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, part) => (key === "span" || key === "source" ? undefined : part)));
}

function parsePrior(line: string): PriorStatement {
  return parseModel(`${response}\n${predictor}\n${line}`).priors[0];
}

function printedFormula(formula: string): string {
  return printExpression(parseModel(`${response}\nlog(mu) = ${formula}`).predictors[0].formula);
}

describe("statements", () => {
  it("reads the model of the readme as a plain tree", () => {
    const text = `${response}
log(mu) = post + (1 || subject)  # a comment
prior beta[post] ~ normal(0, -2.5e-1)`;
    const name = (word: string) => ({ type: "name", name: word });
    expect(withoutPlaces(parseModel(text))).toEqual({
      response: {
        expression: name("count"),
        additions: [],
        family: name("poisson"),
        arguments: [{ value: name("mu") }],
      },
      predictors: [
        {
          link: name("log"),
          parameter: name("mu"),
          formula: {
            type: "binary",
            operator: "+",
            left: name("post"),
            right: {
              type: "random",
              effects: { type: "number", value: 1 },
              correlated: false,
              group: name("subject"),
            },
          },
        },
      ],
      priors: [
        {
          target: { target: name("beta"), index: [name("post")] },
          distribution: name("normal"),
          arguments: [
            { type: "number", value: 0 },
            { type: "number", value: -0.25 },
          ],
        },
      ],
    });
  });

  it("spans cover the words they are named after", () => {
    const text = `${response}\nlog(mu) = 1 + log( x )*z + (1 | a:b)\nprior phi.beta[ x : z ] ~ normal(-1, 2)`;
    const ast = parseModel(text);
    const words: string[] = [];
    JSON.stringify(ast, (_, part) => {
      if (part?.span) words.push(text.slice(part.span.start, part.span.end));
      return part;
    });
    expect(words).toEqual([
      "count ~ poisson(mu)",
      ...["count", "poisson", "mu", "mu"],
      "log(mu) = 1 + log( x )*z + (1 | a:b)",
      ...["log", "mu", "1 + log( x )*z + (1 | a:b)", "1 + log( x )*z", "1", "log( x )*z", "log( x )", "log", "x", "z"],
      ...["(1 | a:b)", "1", "a:b", "a", "b"],
      "prior phi.beta[ x : z ] ~ normal(-1, 2)",
      ...["phi.beta[ x : z ]", "phi", "beta", "x : z", "normal", "-1", "2"],
    ]);
    expect(ast.source).toEqual({ name: "model", text });
  });

  it.each([
    ["normal(mu, sigma)", [{ value: "mu" }, { value: "sigma" }]],
    ["binomial(size = trials, p)", [{ slot: "size", value: "trials" }, { value: "p" }]],
    ["negative_binomial(mu, phi = 2)", [{ value: "mu" }, { slot: "phi", value: 2 }]],
    ["normal(mu, -0)", [{ value: "mu" }, { value: 0 }]],
    ["poisson()", []],
  ])("family %s", (family, expected) => {
    const { arguments: values } = parseModel(`y ~ ${family}\n${predictor}`).response;
    const plain = values.map(({ slot, value }) => ({
      ...(slot && { slot: slot.name }),
      value: value.type === "name" ? value.name : value.value,
    }));
    expect(plain).toEqual(expected);
  });

  it("reads a line for every parameter, the identity link where none is written", () => {
    const { predictors } = parseModel("y ~ normal(mu, sigma)\nmu = x\nlog(sigma) = 1 + (1 | g)");
    expect(predictors.map(({ link, parameter }) => [link.name, parameter.name])).toEqual([
      ["identity", "mu"],
      ["log", "sigma"],
    ]);
  });

  it.each(["\n", "\r\n", "\r"])("ends a line at %j, and goes on inside parentheses", (lineBreak) => {
    const lines = ["\uFEFFcount ~ poisson(", "  mu  # the mean", ")", "", "log(mu) = (1 +", "x", "+ prior)"];
    expect(printModel(parseModel(lines.join(lineBreak)))).toBe("count ~ poisson(mu)\nlog(mu) = 1 + x + prior\n");
  });

  it("reads odd and foreign names", () => {
    const text = "`a\\`b\\n` ~ poisson(mu)\nlog(mu) = \u00E4ge_2.x + `new drug` + .z + `2x` + `prior`\n";
    const printed = printModel(parseModel(text));
    expect(printed).toBe(text.replace("`prior`", "prior"));
    expect(parseModel(text).response.expression).toMatchObject({ name: "a`b\n" });
  });

  it("a column called prior stands in backticks at the start of a line", () => {
    const text = "`prior` ~ poisson(mu)\nlog(mu) = prior\n";
    expect(printModel(parseModel(text))).toBe(text);
  });
});

describe("priors", () => {
  it.each([
    ["intercept", undefined, "intercept", []],
    ["beta", undefined, "beta", []],
    ["beta[Intercept]", undefined, "beta", ["Intercept"]],
    ["beta[trt.progabide]", undefined, "beta", ["trt.progabide"]],
    ["beta[ post : trt.progabide ]", undefined, "beta", ["post:trt.progabide"]],
    ["beta[factor( period ).2]", undefined, "beta", ["factor(period).2"]],
    ["beta[I(age ^ 2)]", undefined, "beta", ["I(age^2)"]],
    ["beta[poly(x,2).1:I( a+b )]", undefined, "beta", ["poly(x, 2).1:I(a + b)"]],
    ["beta[relevel(trt,'placebo').new drug]", undefined, "beta", ['relevel(trt, "placebo").new drug']],
    ["beta[cut.(0,10]]", undefined, "beta", ["cut.(0,10]"]],
    ["beta[`new drug`:x]", undefined, "beta", ["`new drug`:x"]],
    ['beta["a ] b, #\\n"]', undefined, "beta", ["a ] b, #\n"]],
    ["sd", undefined, "sd", []],
    ["sd[subject]", undefined, "sd", ["subject"]],
    ["sd[clinic:treatment, I(age^2)]", undefined, "sd", ["clinic:treatment", "I(age^2)"]],
    ["cor[subject]", undefined, "cor", ["subject"]],
    ["sigma", undefined, "sigma", []],
    ["phi.beta[x]", "phi", "beta", ["x"]],
    ["phi.intercept", "phi", "intercept", []],
    ["phi.sd[g, Intercept]", "phi", "sd", ["g", "Intercept"]],
  ])("on %s", (written, parameter, name, index) => {
    const { target } = parsePrior(`prior ${written} ~ normal(0, 1)`);
    expect(target.parameter?.name).toBe(parameter);
    expect(target.target.name).toBe(name);
    expect(target.index.map((item) => item.name)).toEqual(index);
  });

  it("may stand before what they are on, and have no arguments", () => {
    const { priors } = parseModel(`prior beta ~ flat()\n${response}\n${predictor}`);
    expect(priors[0].arguments).toEqual([]);
  });
});

describe("formulas", () => {
  it.each([
    ["1+x", "1 + x"],
    ["post*trt", "post * trt"],
    ["post : trt", "post:trt"],
    ["a / b", "a/b"],
    ["(a + b) ^ 2", "(a + b)^2"],
    ["((a) + ((b)))", "a + b"],
    ["a + (b + c)", "a + (b + c)"],
    ["a - (a + b - b) + b", "a - (a + b - b) + b"],
    ["(a + b) * c:d", "(a + b) * c:d"],
    ["a * (b:c)", "a * b:c"],
    ["(a * b):c", "(a * b):c"],
    ["I(-x^2)", "I(-x^2)"],
    ["I((-x)^2)", "I((-x)^2)"],
    ["I(2^-1)", "I(2^-1)"],
    ["I(2^3^2)", "I(2^3^2)"],
    ["I((2^3)^2)", "I((2^3)^2)"],
    ["I(-a:b)", "I(-a:b)"],
    ["I(-(a:b))", "I(-(a:b))"],
    ["I(a/b/c*d)", "I(a/b/c * d)"],
    ["I(a/(b*c))", "I(a/(b * c))"],
    ["I(.5 + 1e-3 + 1E21)", "I(0.5 + 0.001 + 1e+21)"],
    ["relevel(trt,'pla\"cebo')", 'relevel(trt, "pla\\"cebo")'],
    ["poly(x,2)+offset(log(weeks))", "poly(x, 2) + offset(log(weeks))"],
    ["(1+post|subject)", "(1 + post | subject)"],
    ["(1||a/b)", "(1 || a/b)"],
    ["f()", "f()"],
  ])("%s prints as %s", (written, printed) => {
    expect(printedFormula(written)).toBe(printed);
    expect(printedFormula(printed)).toBe(printed);
  });

  it("refuses nesting that would overflow the stack", () => {
    for (const deep of ["(".repeat(100_000), "-".repeat(100_000), "f(".repeat(100_000), "x^".repeat(1900)]) {
      const close = ")".repeat(deep.split("(").length - 1);
      expect(() => printedFormula(`${deep}x${close}`)).toThrow(ModelError);
    }
  });
});

const folder = new URL("../../validation/references/posteriors/", import.meta.url);

describe("the models of the reference posteriors", () => {
  it("read, and print as they are written", () => {
    for (const file of readdirSync(folder)) {
      const { model } = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
      const text = `${model.join("\n")}\n`;
      expect(printModel(parseModel(text, file))).toBe(text);
    }
  });
});
