import { describe, expect, it } from "vitest";
import { parseQuantities } from "../../../src/predict/quantities/parseQuantities.js";

const end = (value: number, isOpen: boolean) => ({ value, isOpen });

describe("quantities", () => {
  it("are read from one text or several, with bars or commas between them", () => {
    const names = parseQuantities(
      ["mean | variance,sd", "quantile(0.1, 0.9) | probability(y > 3, count<=-1.5e2)"],
      ["count"],
    );
    expect(names.map(({ name }) => name)).toEqual([
      "mean",
      "variance",
      "sd",
      "quantile(0.1)",
      "quantile(0.9)",
      "probability(y > 3)",
      "probability(count <= -150)",
    ]);
  });

  it.each([
    ["y > 3", end(3, true), null, false],
    ["y >= 3", end(3, false), null, false],
    ["y < 3", null, end(3, true), false],
    ["3 >= y", null, end(3, false), false],
    ["y == 3", end(3, false), end(3, false), false],
    ["y != 3", end(3, false), end(3, false), true],
    ["1 <= y < 3", end(1, false), end(3, true), false],
    ["3 > y >= 1", end(1, false), end(3, true), false],
  ])("have the event of %s", (text, from, to, isComplement) => {
    expect(parseQuantities([`probability(${text})`], [])).toMatchObject([{ event: { from, to, isComplement } }]);
  });

  it.each([
    ["meen", 'quantity:1:1: unknown quantity "meen"', 'did you mean "mean"?'],
    ["probability(y = 3)", 'quantity:1:15: expected a comparison, found "="', "equality is written =="],
    [
      "probability(z > 3)",
      'quantity:1:13: "z" is not the response, which is called "y" or "count"',
      "as in probability(y > 3)",
    ],
    ["probability(y > x)", 'quantity:1:17: a response is compared with a number, found "x"', "as in mean"],
    ["probability(3)", 'quantity:1:14: expected a comparison, found ")"', "with <, <=, >, >=, == or !="],
    ["probability(1 < y > 3)", "quantity:1:13: these comparisons make no interval", "as in probability(1 <= y < 4)"],
    ["probability(4 < y < 3)", "quantity:1:13: these comparisons make no interval", "as in probability(1 <= y < 4)"],
    ["quantile(2)", "quantity:1:10: 2 is not between 0 and 1", "as in quantile(0.9)"],
    ["quantile", "quantity:1:9: quantile needs parentheses", "as in quantile(0.9)"],
    ["mean(y)", "quantity:1:5: mean stands without parentheses", "as in mean | variance"],
    ["mean sd", 'quantity:1:6: expected "|" or the end, found "sd"', "as in mean | variance"],
    ["mean |", "quantity:1:7: expected a quantity, found the end of the line", "as in mean | variance"],
    ["quantile(0.1", "quantity:1:9: this parenthesis is not closed", ""],
    ["# nothing", "quantity: one line of quantities is needed", "as in mean | variance"],
  ])("are refused with their place: %s", (text, message, hint) => {
    const error: unknown = (() => {
      try {
        return parseQuantities([text], ["count"]);
      } catch (caught) {
        return caught;
      }
    })();
    if (!(error instanceof Error)) throw new Error("it must fail");
    expect(error.name).toBe("ModelError");
    expect(error.message).toContain(message);
    expect(error.message).toContain(hint);
  });
});
