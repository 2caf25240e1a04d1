import { describe, expect, it } from "vitest";
import { expandFormula } from "../../src/language/expand.js";
import { parseModel } from "../../src/language/parser.js";
import type { RandomTermFormula, Term } from "../../src/language/terms.js";

function expand(formula: string) {
  return expandFormula(parseModel(`y ~ normal(mu, sigma)\nmu = ${formula}`).predictors[0].formula);
}

function label({ variables }: Term): string {
  return variables.map(({ name }) => name).join(":");
}

/** `attr(terms(~ formula), "term.labels")`, "intercept" and "offset" of R 4.2.2. */
const byR: readonly (readonly [formula: string, labels: string, intercept: number, offsets?: string])[] = [
  ["a*b", "a b a:b", 1],
  ["b:a", "b:a", 1],
  ["a + b:a", "a a:b", 1],
  ["b + a + a:b", "b a b:a", 1],
  ["a*b*c - a:b:c", "a b c a:b a:c b:c", 1],
  ["(a+b+c)^2", "a b c a:b a:c b:c", 1],
  ["(a+b+c)^3", "a b c a:b a:c b:c a:b:c", 1],
  ["(a+b+c+d)^2 - a:b - d", "a b c a:c a:d b:c b:d c:d", 1],
  ["(a+b)^2 - b", "a a:b", 1],
  ["(a:b)^2", "a:b", 1],
  ["x^2", "x", 1],
  ["a+b*c^2", "a b c b:c", 1],
  ["a/b", "a a:b", 1],
  ["a/b/c", "a a:b a:b:c", 1],
  ["(a+b)/c", "a b a:b:c", 1],
  ["a/(b+c)", "a a:b a:c", 1],
  ["a/(b*c)", "a a:b a:c a:b:c", 1],
  ["a*b/c", "a b a:b a:b:c", 1],
  ["a:b/c", "a:b a:b:c", 1],
  ["a/b:c", "a a:b:c", 1],
  ["a*b:c", "a b:c a:b:c", 1],
  ["a/b - a:b", "a", 1],
  ["a*b - a", "b a:b", 1],
  ["a*b-b:a", "a b", 1],
  ["a+b-a+a", "b a", 1],
  ["(a + (b - b))", "a", 1],
  ["b + (b - b)", "b", 1],
  ["0 + x", "x", 0],
  ["x - 1", "x", 0],
  ["-1 + x", "x", 0],
  ["x + 0 + 1", "x", 1],
  ["x - 1 + 1", "x", 1],
  ["1 + x - 0", "x", 1],
  ["(0 + x) + z", "x z", 0],
  ["x + z - (1 + z)", "x", 0],
  ["x + z - (z - 1)", "x", 1],
  ["-1", "", 0],
  ["0", "", 0],
  ["1", "", 1],
  ["a:b + a", "a a:b", 1],
  ["c + a:b:c + a", "c a c:a:b", 1],
  ["a:b:c + a + b:c", "a b:c a:b:c", 1],
  ["x + x", "x", 1],
  ["x:x", "x", 1],
  ["x*x", "x", 1],
  ["a*b + b*a", "a b a:b", 1],
  ["(a*b):c", "a:c b:c a:b:c", 1],
  ["a:(b+c)", "a:b a:c", 1],
  ["(a+b):(c+d)", "a:c a:d b:c b:d", 1],
  ["(a+b)*(c+d)", "a b c d a:c a:d b:c b:d", 1],
  ["((a + b)) * c", "a b c a:c b:c", 1],
  ["+x", "x", 1],
  ["x + +z", "x z", 1],
  ["log(x) + I(x^2)*a", "log(x) I(x^2) a I(x^2):a", 1],
  ["poly(x,2):a", "poly(x, 2):a", 1],
  ["log( x ) + log(x)", "log(x)", 1],
  ["f(a,b):a + f(a, b)", "f(a, b) f(a, b):a", 1],
  ["x + offset(log(w))", "x", 1, "offset(log(w))"],
  ["offset(w) + a*offset2", "a offset2 a:offset2", 1, "offset(w)"],
  ["x + offset(w) + offset(w)", "x", 1, "offset(w)"],
  ["offset(w) + x + offset(v)", "x", 1, "offset(w) offset(v)"],
];

describe("fixed effects", () => {
  const cases = byR.map(([formula, labels, intercept, offsets = ""]) => ({ formula, labels, intercept, offsets }));

  it.each(cases)("$formula expands as in R", ({ formula, labels, intercept, offsets }) => {
    const expanded = expand(formula).formula;
    expect(expanded.terms.map(label).join(" ")).toBe(labels);
    expect(expanded.intercept).toBe(intercept === 1);
    expect(expanded.offsets.map(({ name }) => name).join(" ")).toBe(offsets);
  });

  it("keeps what is inside an offset", () => {
    expect(expand("offset(log(w))").formula.offsets[0].expression).toMatchObject({
      type: "call",
      callee: { name: "log" },
    });
  });

  it("warns of a power that does nothing", () => {
    const { problems } = expand("x^2");
    expect(problems).toMatchObject([
      { code: "idle-power", severity: "warning", message: '"x^2" is the same as "x" in a formula' },
    ]);
    expect(expand("(a + b)^2").problems).toEqual([]);
  });

  it("refuses what would grow without end", () => {
    const many = Array.from({ length: 40 }, (_, i) => `x${i}`);
    for (const formula of [many.join(" * "), `(${many.join(" + ")})^9`]) {
      expect(() => expand(formula)).toThrow(/more than 100000 products/);
    }
  });

  it("takes a sum of 1900 columns", () => {
    const names = Array.from({ length: 1900 }, (_, i) => `x${i}`);
    expect(expand(names.join(" + ")).formula.terms.map(label)).toEqual(names);
    expect(() => expand([...names, ...names].join(" + "))).toThrow(/at most 4000 words/);
  });
});

function printRandom({ intercept, terms, correlated, group }: RandomTermFormula): string {
  const effects = [intercept ? "1" : "0", ...terms.map(label)].join(" + ");
  return `(${effects} ${correlated ? "|" : "||"} ${group.map(({ name }) => name).join(":")})`;
}

describe("random effects", () => {
  it.each([
    ["(1 | g)", "(1 | g)"],
    ["(x | g)", "(1 + x | g)"],
    ["(0 + x | g)", "(0 + x | g)"],
    ["(x - 1 | g)", "(0 + x | g)"],
    ["(1 + x || g)", "(1 + x || g)"],
    ["(a * b | g)", "(1 + a + b + a:b | g)"],
    ["(x | a/b)", "(1 + x | a) (1 + x | a:b)"],
    ["(1 | a/b/c)", "(1 | a) (1 | a:b) (1 | a:b:c)"],
    ["(1 | a/(b/c))", "(1 | a) (1 | a:b) (1 | a:b:c)"],
    ["(1 | b:a)", "(1 | b:a)"],
    ["(1 | a:b/c)", "(1 | a:b) (1 | a:b:c)"],
    ["(1 | factor(g))", "(1 | factor(g))"],
    ["(1 | a:a)", "(1 | a)"],
    ["(1 | g) + (0 + x | g)", "(1 | g) (0 + x | g)"],
    ["x + ((1 | g) + z) + (1 | h)", "(1 | g) (1 | h)"],
    ["(1 | a) + (1 | a:b)", "(1 | a) (1 | a:b)"],
  ])("%s", (formula, expected) => {
    expect(expand(formula).formula.random.map(printRandom).join(" ")).toBe(expected);
  });

  it.each([
    ["(1 | a/b) + (1 | a)", "Intercept varies over a twice"],
    ["(1 | a:b) + (1 | b:a)", "Intercept varies over b:a twice"],
    ["(0 + x:z | g) + (0 + z:x | g)", "z:x varies over g twice"],
    ["(1 + x || g) + (0 + x | g)", "x varies over g twice"],
  ])("%s is refused", (formula, message) => {
    expect(() => expand(formula)).toThrow(message);
  });

  it("keep the names of the fixed part apart", () => {
    const { terms, random } = expand("a:b + (b:a | g)").formula;
    expect([label(terms[0]), label(random[0].terms[0])]).toEqual(["a:b", "b:a"]);
  });
});
