import { describe, expect, it } from "vitest";
import { parseQuantities } from "../../../src/predict/quantities/parseQuantities.js";

const named = { names: ["count"], categories: null, isOrdered: false };
const end = (value: number, isOpen: boolean) => ({ value, isOpen });

describe("quantities", () => {
  it("are read from one text or several, with bars or commas between them", () => {
    const names = parseQuantities(
      ["mean | variance,sd", "quantile(0.1, 0.9) | probability(y > 3, count<=-1.5e2)"],
      named,
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
    expect(parseQuantities([`probability(${text})`], named)).toMatchObject([{ event: { from, to, isComplement } }]);
  });

  it.each([
    ["meen", 'quantity:1:1: unknown quantity "meen"', 'did you mean "mean"?'],
    ["probability(y = 3)", 'quantity:1:15: expected a comparison, found "="', "equality is written =="],
    [
      "probability(z > 3)",
      'quantity:1:13: "z" is not the response, which is called "y" or "count"',
      "as in probability(y > 3)",
    ],
    [
      "probability(y > x)",
      'quantity:1:17: a response is compared with a number or a category, found "x"',
      'or of categories probability(y == "high")',
    ],
    ["probability(3)", 'quantity:1:14: expected a comparison, found ")"', "with <, <=, >, >=, == or !="],
    ["probability(1 < y > 3)", "quantity:1:13: these comparisons make no interval", "as in probability(1 <= y < 4)"],
    ["probability(4 < y < 3)", "quantity:1:13: these comparisons make no interval", "as in probability(1 <= y < 4)"],
    ["quantile(2)", "quantity:1:10: 2 is not between 0 and 1", "as in quantile(0.9)"],
    ["quantile", "quantity:1:9: quantile needs parentheses", "as in quantile(0.9)"],
    [
      'probability(y > "b")',
      'quantity:1:17: the response is compared with "b", and is a number',
      "as in probability(y > 3)",
    ],
    ["mean(y)", "quantity:1:5: mean stands without parentheses", "as in mean | variance"],
    ["mean sd", 'quantity:1:6: expected "|" or the end, found "sd"', "as in mean | variance"],
    ["mean |", "quantity:1:7: expected a quantity, found the end of the line", "as in mean | variance"],
    ["quantile(0.1", "quantity:1:9: this parenthesis is not closed", ""],
    ["# nothing", "quantity: one line of quantities is needed", "as in mean | variance"],
  ])("are refused with their place: %s", (text, message, hint) => {
    const error: unknown = (() => {
      try {
        return parseQuantities([text], named);
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

describe("quantities of categories", () => {
  const ratings = { names: ["rating"], categories: ["1", "2", "4"], isOrdered: true };
  const levels = { names: ["rating"], categories: ["low", "mid", "high"], isOrdered: true };
  const crops = { ...levels, isOrdered: false };

  it.each([
    ["y <= 2", ratings, end(1, false), end(2, false)],
    ["rating > 2", ratings, end(2, true), end(3, false)],
    ["y < 3", ratings, end(1, false), end(2.5, true)],
    ["y == 4", ratings, end(3, false), end(3, false)],
    ['rating == "high"', levels, end(3, false), end(3, false)],
    ['"mid" <= rating', levels, end(2, false), end(3, false)],
    ['y != "low"', crops, end(1, false), end(1, false)],
  ])("are of their numbers: %s", (text, response, from, to) => {
    expect(parseQuantities([`probability(${text})`], response)).toMatchObject([
      { name: `probability(${text})`, event: { from, to } },
    ]);
  });

  it.each([
    ["y == 3", ratings, "3 is no category of the response", "its categories are 1, 2, 4"],
    ['y > "hi"', levels, '"hi" is no category of the response', "its categories are low, mid, high"],
    ["y > 1.5", levels, "1.5 is no category of the response", "its categories are low, mid, high"],
    ['y > "low"', crops, "the categories of the response have no order", "by == and !="],
  ])("are refused: %s", (text, response, message, hint) => {
    const read = () => parseQuantities([`probability(${text})`], response);
    expect(read).toThrow(message);
    expect(read).toThrow(hint);
  });
});
