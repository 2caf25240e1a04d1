import { describe, expect, it } from "vitest";
import { parseTable } from "../../src/data/parseTable.js";
import type { Table } from "../../src/data/Table.js";
import type { TableInput } from "../../src/data/toTable.js";
import { prepareModel } from "../../src/fit/prepare.js";
import { ModelError } from "../../src/language/ModelError.js";

/** A model of the mean of y, met with data. */
function prepared(formula: string, data: TableInput) {
  return prepareModel(`y ~ normal(mu, sigma)\nmu = ${formula}\n`, data);
}

function columnsOf(formula: string, data: TableInput) {
  const { design, notes } = prepared(formula, data);
  const [{ X, columns }] = design.predictors;
  const back = new Int32Array(design.rows);
  design.rowIndex.forEach((row, i) => {
    back[[...design.rowIndex].filter((other) => other < row).length] = i;
  });
  const values = columns.map((name, j): [string, number[]] => [name, Array.from(back, (i) => X[j * design.rows + i])]);
  return { values: Object.fromEntries(values), notes: notes.map(({ message }) => message) };
}

/** The messages and hints of what is wrong. */
function problemsOf(formula: string, data: TableInput): string[] {
  try {
    prepared(formula, data);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.problems
      .filter(({ severity }) => severity === "error")
      .map(({ message, hint }) => `${message}: ${hint}`);
  }
  throw new Error("no error was thrown");
}

const csv = (text: string): Table => parseTable(text, { name: "trial.csv" });

describe("dates", () => {
  const table = csv(
    "y,from,to\n1,2023-05-03,2023-05-03T06:00\n2,2023-05-01,2023-05-09 12:00\n4,2023-05-11,2023-05-12T00:00\n3,2023-05-21,2023-05-30T00:00\n",
  );

  it("count days from the first of the column", () => {
    const { values, notes } = columnsOf("from + to", table);
    expect(values).toMatchObject({ from: [2, 0, 10, 20], to: [0.25, 6.5, 9, 27] });
    expect(notes).toEqual(["from counts days from 2023-05-01", "to counts days from 2023-05-03"]);
  });

  it("have one origin in an expression, so that differences are right", () => {
    const { values } = columnsOf("I(to - from) + log(to)", table);
    expect(values["I(to - from)"]).toEqual([0.25, 8.5, 1, 9]);
  });

  it("have their text as levels of a group and in factor()", () => {
    const { design } = prepared("factor(from) + (1 | to)", table);
    const [{ columns, factors }] = design.predictors;
    expect(columns).toEqual([
      "Intercept",
      "factor(from).2023-05-03",
      "factor(from).2023-05-11",
      "factor(from).2023-05-21",
    ]);
    expect(factors[0].levels[0]).toBe("2023-05-03T06:00");
  });

  it("may begin with the day or the month where the column tells", () => {
    const dayFirst = csv("y,d\n1,03/05/2023\n2,13/05/2023\n4,01/06/2023\n");
    const monthFirst = csv("y,d\n1,5/3/2023 3:00 PM\n2,5/13/2023 12:00 AM\n4,6/1/2023 12:00 PM\n");
    expect(columnsOf("d", dayFirst).values.d).toEqual([0, 10, 29]);
    expect(columnsOf("d", monthFirst).values.d).toEqual([0.625, 10, 29.5]);
  });

  it("are no response", () => {
    expect(() => prepareModel("from ~ normal(mu, sigma)\nmu = y", table)).toThrow(
      "the response from is a date, and normal takes numbers",
    );
  });
});

describe("numbers that are labels", () => {
  const table = csv("y,zip,id\n1,01234,7\n2,02345,0700\n4,01234,07\n3,02345,7\n");

  it("are levels, as a note says, and numbers in arithmetic", () => {
    const { values, notes } = columnsOf("zip", table);
    expect(values).toMatchObject({ "zip.02345": [0, 1, 0, 1] });
    expect(notes).toEqual([
      'zip is a factor: its integers have leading zeros, as "01234" in row 1; for numbers, I(zip)',
    ]);
    expect(columnsOf("I(zip / 2) + log(id)", table).values["I(zip/2)"]).toEqual([617, 1172.5, 617, 1172.5]);
  });

  it("of several widths must be told from numbers, but behind a bar", () => {
    expect(problemsOf("id", table)).toEqual([
      'id may be numbers or text: its integers have leading zeros, as "0700" in row 2: for its texts as levels, factor(id); for numbers, I(id)',
    ]);
    expect(prepared("(1 | id)", table).design.predictors[0].factors[0].levels).toEqual(["07", "0700", "7"]);
    expect(columnsOf("factor(id)", table).values).toHaveProperty("factor(id).7", [1, 0, 0, 1]);
  });

  it("are numbers as a response", () => {
    const { design } = prepareModel("id ~ poisson(mu)\nlog(mu) = y", table);
    expect([...design.response.values].sort((a, b) => a - b)).toEqual([7, 7, 7, 700]);
  });

  it("may be strings of a table in memory", () => {
    expect(problemsOf("x", { y: [1, 2, 4], x: ["1.5", "2", "7"] })).toEqual([
      'x may be numbers or text: its numbers are strings, as "1.5" in row 1: for its texts as levels, factor(x); for numbers, I(x)',
    ]);
  });
});

describe("columns in doubt", () => {
  const text = "y,x,g,unused\n1,1.5,a,1\n2,3l,b,a\n4,2.5,c,2\n3,1e400,a,3\n5,2.25,b,4\n6,3,c,5\n7,4.5,a,6\n";

  it("are errors in every place but factor()", () => {
    const message =
      'x is a number but for 2 of its 7 values: "3l" (row 2), "1e400" (row 4): ' +
      'for missing values, --na "3l,1e400"; or correct the cells; for every text as a level, factor(x)';
    for (const formula of ["x", "log(x)", "I(x + 1)", "(1 | x)", "(1 + x | g)", 'relevel(x, "3l")', "offset(x)"])
      expect(problemsOf(formula, csv(text)), formula).toEqual([message]);
    expect(columnsOf("factor(x)", csv(text)).values).toHaveProperty("factor(x).3l", [0, 1, 0, 0, 0, 0, 0]);
  });

  it("that the model does not use are none of its business", () => {
    expect(prepared("1", csv("y,unused\n1,1\n2,2\n4,a\n")).problems).toEqual([]);
    expect(prepared("1", { y: [1, 2, 4], x: [1, "a", {}] }).problems).toEqual([]);
  });

  it("may be made whole by options", () => {
    const table = parseTable(text, { name: "trial.csv", na: ["3l", "1e400"] });
    expect(columnsOf("x", table).values.x).toEqual([1.5, 2.5, 2.25, 3, 4.5]);
    const comma = parseTable('y,x\n1,"0,5"\n2,1\n4,"-1,25e1"\n', { name: "trial.csv", decimal: "," });
    expect(columnsOf("x", comma).values.x).toEqual([0.5, 1, -12.5]);
    const asText = parseTable("y,x\n1,7\n2,8\n4,7\n", { name: "trial.csv", text: ["x"] });
    expect(columnsOf("x", asText).values).toHaveProperty("x.8", [0, 1, 0]);
  });

  it("in memory have values of several types, or none that is of use", () => {
    const mixed = { y: [1, 2, 4], x: [1, 2, "a"] };
    expect(problemsOf("x", mixed)).toEqual([
      'x has values of several types: "a" (row 3): make all its values numbers, or all strings; for every text as a level, factor(x)',
    ]);
    expect(columnsOf("factor(x)", mixed).values).toHaveProperty("factor(x).a", [0, 0, 1]);
    const odd = { y: [1, 2, 4], x: [1, 2, {}] };
    const unusable =
      "x has an object in row 3: give numbers, booleans, strings, Date objects, or null where a value is missing";
    for (const formula of ["x", "factor(x)", "(1 | x)", "exp(x)"])
      expect(problemsOf(formula, odd), formula).toEqual([unusable]);
    expect(problemsOf("x", { y: [1, 2, 4], x: [1, 2, Number.POSITIVE_INFINITY] })).toEqual([
      "x is Infinity in row 3: a model takes finite numbers",
    ]);
  });
});

it("warns of a level that stands for a missing value", () => {
  const { problems } = prepared("g", csv("y,g\n1,a\n2,b\n4,?\n3,a\n"));
  expect(problems).toMatchObject([
    {
      severity: "warning",
      message: 'g has the level "?", first in row 3, which often stands for a missing value',
      hint: 'if it does, give --na "?"',
    },
  ]);
});

it("warns of two levels that look like one", () => {
  const { problems } = prepared("(1 | g)", csv("y,g\n1,drug\n2,Drug \n4,placebo\n3,none\n5,drug\n6,none\n7,placebo\n"));
  expect(problems).toMatchObject([
    {
      severity: "warning",
      message: 'g has the levels "Drug " and "drug", which differ in white space or capitals only',
      hint: "if they are one level, write it in one way",
    },
  ]);
});

it("warns of text with nearly as many levels as rows", () => {
  const { problems } = prepared("g", csv("y,g\n1,8:30\n2,8:45\n4,9:30\n3,9:15\n5,8:40\n6,9:00\n7,9:00\n8,9:10\n"));
  expect(problems.filter(({ code }) => code === "many-levels")).toMatchObject([
    {
      severity: "warning",
      message: 'g is text with 7 levels in 8 rows, such as "8:30"',
      hint: "each has a coefficient of its own: look how it was read",
    },
  ]);
});

describe("factor() with named levels", () => {
  const table = csv("y,g,x\n1,low,3\n2,high,1\n4,mid,2\n3,low,3\n5,other,1\n6,high,3\n");

  it("has them in their order, and leaves the other rows out", () => {
    const { values, notes } = columnsOf('factor(g, "low", "mid", "high")', table);
    expect(values).toEqual({
      Intercept: [1, 1, 1, 1, 1],
      'factor(g, "low", "mid", "high").mid': [0, 0, 1, 0, 0],
      'factor(g, "low", "mid", "high").high': [0, 1, 0, 0, 1],
    });
    expect(notes).toEqual(['factor(g, "low", "mid", "high") leaves out 1 row with other levels: other']);
  });

  it("takes numbers however they are written", () => {
    const { values } = columnsOf('factor(x, 3, "1.0", 2)', table);
    expect(values).toMatchObject({ 'factor(x, 3, "1.0", 2).1': [0, 1, 0, 0, 1, 0] });
  });

  it("orders a grouping factor", () => {
    const { design } = prepared('(1 | factor(g, "mid", "low", "high"))', table);
    expect(design.predictors[0].factors[0].levels).toEqual(["mid", "low", "high"]);
    expect(design.rows).toBe(5);
  });

  it.each([
    [
      'factor(g, "low", "hihg")',
      'g has no level "hihg" in the rows used: did you mean "high"? levels: high, low, mid, other',
    ],
    ['factor(g, "low", "low")', 'factor(g, "low", "low") names the level "low" twice: undefined'],
    ["factor(g, low)", 'the levels of factor() are in quotes: as in factor(x, "low", "high")'],
    ['factor(log(x), "0")', "factor() names the levels of columns, and log(x) is none: undefined"],
  ])("%s is an error", (formula, message) => {
    expect(problemsOf(formula, table)).toContain(message);
  });
});
