import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inclusion } from "../../../src/compare/models/inclusion.js";
import { modelSpace } from "../../../src/compare/models/ModelSpace.js";
import { compiled, randomTable } from "../../density/models.js";

const table = randomTable(4, 60);

const mean = (family: string, link: string, formula: string) => `events ~ ${family}\n${link} = ${formula}`;
const spaceOf = (text: string) => {
  const { design, model } = compiled(text, table);
  return modelSpace(design, model.family);
};
const poisson = (formula: string) => spaceOf(mean("poisson(mu)", "log(mu)", formula));
const negativeBinomial = (formula: string, more = "", family = "negative_binomial(mu, phi)") =>
  spaceOf(mean(family, "log(mu)", formula) + more);
const dimensions = (smaller: string, larger: string) => {
  const { restrictions, obstacles } = inclusion(poisson(smaller), poisson(larger));
  return { obstacles, held: restrictions.map((r) => [r.freeDimensions, r.boundaryDimensions]) };
};

describe("fixed effects", () => {
  it("are nested by their spans, not by their names", () => {
    expect(dimensions("1 + x1", "1 + x1 + x2")).toEqual({ obstacles: [], held: [[1, 0]] });
    expect(dimensions("1 + I(x1 + x2)", "1 + x1 + x2")).toEqual({ obstacles: [], held: [[1, 0]] });
    expect(dimensions("1 + f", "f * x1")).toEqual({ obstacles: [], held: [[3, 0]] });
    expect(dimensions("1 + sum(f)", "0 + f")).toEqual({ obstacles: [], held: [] });
    expect(dimensions("1 + x1 + x2", "1 + I(x1 + x2)").obstacles).toEqual(["the fixed effect of x1"]);
  });

  it("take a covariate of large mean for what it varies", () => {
    const dated = "1 + I(1e9 + x1)";
    expect(dimensions("1", dated)).toEqual({ obstacles: [], held: [[1, 0]] });
    expect(dimensions(dated, "1").obstacles).toHaveLength(1);
  });

  it("hold a coefficient by an offset, and need their offsets otherwise alike", () => {
    expect(dimensions("1 + offset(e)", "1 + e")).toEqual({ obstacles: [], held: [[1, 0]] });
    expect(dimensions("1 + offset(e)", "1 + offset(e) + x1")).toEqual({ obstacles: [], held: [[1, 0]] });
    expect(dimensions("1 + offset(e)", "1 + x1").obstacles).toEqual(["an offset of its own"]);
  });
});

describe("random effects", () => {
  it("of one factor are nested term by term", () => {
    const cases: [smaller: string, larger: string, held: number[][]][] = [
      ["1", "(1 | g)", [[0, 1]]],
      ["(1 | g)", "(1 + x1 | g)", [[1, 1]]],
      ["(1 | g)", "(1 + x1 || g)", [[0, 1]]],
      ["(1 + x1 || g)", "(1 + x1 | g)", [[1, 0]]],
      ["(1 | g)", "(1 + x1 + x2 | g)", [[2, 3]]],
      ["(1 + x1 | g)", "(1 + x1 + x2 | g)", [[2, 1]]],
      [
        "(1 + x1 || g)",
        "(1 + x1 + x2 | g)",
        [
          [1, 0],
          [2, 1],
        ],
      ],
      ["1", "(1 + x1 | g)", [[0, 3]]],
      ["(1 | g)", "(1 | g) + (1 | h)", [[0, 1]]],
      [
        "(1 | g)",
        "x1 + (1 | g) + (1 | h)",
        [
          [1, 0],
          [0, 1],
        ],
      ],
      ["(1 + f | g)", "(0 + f | g)", []],
    ];
    for (const [smaller, larger, held] of cases)
      expect([smaller, larger, dimensions(smaller, larger)]).toEqual([smaller, larger, { obstacles: [], held }]);
  });

  it("are not where a factor, an effect or a correlation is missing", () => {
    const cases: [smaller: string, larger: string, obstacle: string][] = [
      ["(1 | h)", "(1 | g)", "random effects over h"],
      ["(1 | g) + (1 | g:f)", "(0 + f | g)", "random effects over g:f"],
      ["(1 + x1 | g)", "(1 | g)", "random effects of x1 over g"],
      [
        "(1 + x1 | g)",
        "(1 + x1 || g)",
        "a covariance of the random effects of Intercept, x1 over g that is not one of any term",
      ],
      [
        "(0 + I(x1 + x2) | g)",
        "(0 + x1 + x2 || g)",
        "a covariance of the random effects of I(x1 + x2) over g that is not one of any term",
      ],
    ];
    for (const [smaller, larger, obstacle] of cases) expect(dimensions(smaller, larger).obstacles).toEqual([obstacle]);
  });

  it("name what is held", () => {
    const what = (smaller: string, larger: string) =>
      inclusion(poisson(smaller), poisson(larger)).restrictions.map((restriction) => restriction.what);
    expect(what("(1 | g)", "x1 + (1 + x1 | g)")).toEqual([
      "the fixed effect of x1",
      "the random effects of x1 over g, correlated with those of Intercept",
    ]);
    expect(what("(1 + x1 || g)", "(1 + x1 | g)")).toEqual(["the correlation of Intercept, x1 over g"]);
  });

  it("know a factor by its levels, not by its name", () => {
    expect(dimensions("(1 | g)", "(1 + x1 | g:g)").obstacles).toEqual([]);
  });
});

describe("families, links and dispersions", () => {
  it("have Poisson at the end of the negative binomial's range", () => {
    expect(inclusion(poisson("x1"), negativeBinomial("x1")).restrictions).toEqual([
      { what: "a finite phi", freeDimensions: 0, boundaryDimensions: 1 },
    ]);
    expect(inclusion(negativeBinomial("x1"), poisson("x1")).obstacles).toEqual(["the family negative_binomial"]);
    expect(inclusion(poisson("x1"), negativeBinomial("x1", "\nlog(phi) = 1 + x2")).obstacles).toHaveLength(1);
    expect(inclusion(poisson("x1"), negativeBinomial("x1", "", "negative_binomial(mu, 3)")).obstacles).toHaveLength(1);
  });

  it("take a scalar for a constant predictor", () => {
    const scalar = negativeBinomial("x1");
    const modelled = negativeBinomial("x1", "\nlog(phi) = 1 + x2");
    const fixed = negativeBinomial("x1", "", "negative_binomial(mu, 3)");
    expect(inclusion(scalar, modelled)).toEqual({
      restrictions: [{ what: "the fixed effect of x2 on phi", freeDimensions: 1, boundaryDimensions: 0 }],
      obstacles: [],
    });
    expect(inclusion(modelled, scalar).obstacles).toEqual(["the fixed effect of x2 on phi"]);
    expect(inclusion(fixed, scalar).obstacles).toEqual([]);
    expect(inclusion(fixed, modelled).obstacles).toEqual([]);
    expect(inclusion(fixed, scalar).restrictions.map(({ what }) => what)).toEqual(["a free phi"]);
    expect(inclusion(scalar, fixed).obstacles).toEqual(["a free phi"]);
    expect(inclusion(fixed, negativeBinomial("x1", "", "negative_binomial(mu, 4)")).obstacles).toEqual([
      "a phi held elsewhere",
    ]);
    expect(inclusion(scalar, negativeBinomial("x1", "\nlog(phi) = 0 + x2")).obstacles).toEqual([
      "the link of a scalar on phi",
    ]);
  });

  it("need one link", () => {
    const logit = spaceOf("binary ~ bernoulli(p)\nlogit(p) = x1");
    const probit = spaceOf("binary ~ bernoulli(p)\nprobit(p) = x1 + x2");
    expect(inclusion(logit, probit).obstacles).toEqual(["the link logit"]);
  });
});

describe("inclusion", () => {
  const terms = ["x1", "x2", "f", "(1 | g)", "(0 + x1 | g)", "(1 | h)", "(0 + x2 | h)"];

  it("holds exactly the terms that are left out", () => {
    const subset = fc.subarray(terms);
    fc.assert(
      fc.property(subset, subset, (some, others) => {
        const union = terms.filter((term) => some.includes(term) || others.includes(term));
        const formula = (parts: readonly string[]) => ["1", ...parts].join(" + ");
        const { restrictions, obstacles } = inclusion(poisson(formula(some)), poisson(formula(union)));
        expect(obstacles).toEqual([]);
        const added = union.filter((term) => !some.includes(term));
        const size = (term: string) => (term === "f" ? 2 : 1);
        const count = (key: "freeDimensions" | "boundaryDimensions") =>
          restrictions.reduce((sum, r) => sum + r[key], 0);
        expect(count("boundaryDimensions")).toBe(added.filter((term) => term.includes("|")).length);
        expect(count("freeDimensions")).toBe(
          added.filter((term) => !term.includes("|")).reduce((sum, term) => sum + size(term), 0),
        );
        const back = inclusion(poisson(formula(union)), poisson(formula(some)));
        expect(back.obstacles.length > 0).toBe(added.length > 0);
      }),
      { numRuns: 60 },
    );
  });
});
