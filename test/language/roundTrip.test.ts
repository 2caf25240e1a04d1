import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelAst } from "../../src/language/ast.js";
import { ModelError } from "../../src/language/ModelError.js";
import { parseModel } from "../../src/language/parser.js";
import { printModel } from "../../src/language/printer.js";
import { arbitraryModel } from "./arbitraryModel.js";

const seed = 20240611;

function withoutPlaces(ast: ModelAst): unknown {
  return JSON.parse(JSON.stringify(ast, (key, part) => (key === "span" || key === "source" ? undefined : part)));
}

describe("printing", () => {
  it("is undone by parsing, and repeats itself", () => {
    const property = fc.property(arbitraryModel(), (ast) => {
      const text = printModel(ast);
      const parsed = parseModel(text);
      expect(withoutPlaces(parsed)).toEqual(withoutPlaces(ast));
      expect(printModel(parsed)).toBe(text);
    });
    fc.assert(property, { seed, numRuns: 2000 });
  });
});

/** A text is a model that prints and parses again, or its ModelError has every problem in a place of the text. */
function checkOutcome(text: string): void {
  try {
    const printed = printModel(parseModel(text));
    expect(printModel(parseModel(printed))).toBe(printed);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { span } of error.problems) {
      expect(span).toBeDefined();
      if (!span) continue;
      expect(span.start).toBeGreaterThanOrEqual(0);
      expect(span.end).toBeGreaterThanOrEqual(span.start);
      expect(span.end).toBeLessThanOrEqual(text.length);
    }
  }
}

const pieces = [
  ..."~=+-*/:^|,()[]#`\"'\\ \n\r\t.",
  ...[
    "||",
    "prior ",
    "beta",
    "sd",
    "x",
    "mu",
    "log(",
    "1",
    "0",
    "2.5e3",
    "1e999",
    "3x",
    "offset(",
    "(1 | g)",
    "\u2212",
  ],
  ...["count ~ poisson(mu)\n", "log(mu) = 1 + x", "prior sd[g, x] ~ normal(0, 1)\n", "\uD800", "\u{1F600}"],
];

/** Cuts a piece out of a text and puts another in its place. */
function mutate(text: string, [at, length, piece]: readonly [number, number, string]): string {
  const start = Math.floor(at * text.length);
  return text.slice(0, start) + piece + text.slice(start + length);
}

describe("whatever the text", () => {
  it("random characters give a model or a ModelError", () => {
    fc.assert(fc.property(fc.string({ maxLength: 200, unit: "binary" }), checkOutcome), { seed, numRuns: 3000 });
  });

  it("random words of the language do", () => {
    const words = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((drawn) => drawn.join(""));
    fc.assert(fc.property(words, checkOutcome), { seed, numRuns: 8000 });
  });

  it("valid models with mistakes put in do", () => {
    const at = fc.double({ min: 0, max: 1, noNaN: true });
    const mutation = fc.tuple(at, fc.nat({ max: 4 }), fc.constantFrom("", ...pieces));
    const property = fc.property(
      arbitraryModel(),
      fc.array(mutation, { minLength: 1, maxLength: 4 }),
      (ast, mutations) => checkOutcome(mutations.reduce(mutate, printModel(ast))),
    );
    fc.assert(property, { seed, numRuns: 3000 });
  });

  it("a large file of another kind ends soon, with a message of bearable length", () => {
    const text = "0;1,{x: [2]}\n".repeat(20_000);
    expect(() => parseModel(text)).toThrow(/and \d+ more problems$/);
  });
});
