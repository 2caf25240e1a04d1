import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelled, table, truncateMiddle, wrap } from "../../src/report/layout.js";

describe("wrap", () => {
  it("breaks at spaces and hangs what follows", () => {
    expect(wrap("the chains have not mixed", 12, 1, 2)).toEqual([" the chains", "   have not", "   mixed"]);
  });

  it("cuts a word that no line can hold", () => {
    expect(wrap("a verylongword b", 8)).toEqual(["a", "  verylo", "  ngword", "  b"]);
  });

  it("lets no control character through", () => {
    expect(wrap("level\u001b[31m one\ntwo", 80)).toEqual(["level [31m one two"]);
  });

  it("never exceeds the width, and loses nothing but spaces", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 10, max: 40 }), (text, width) => {
        const lines = wrap(text, width, 2, 2);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        expect(lines.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

describe("truncateMiddle", () => {
  it.each([
    ["beta[post]", 10, "beta[post]"],
    ["b[clinic:treatment, 1:0, Intercept]", 20, "b[clinic:...tercept]"],
    ["beta[post]", 9, "bet...st]"],
    ["beta[post]", 3, "..."],
    ["two\nlines", 20, "two lines"],
  ])("%s in %i", (name, width, expected) => {
    expect(truncateMiddle(name, width)).toBe(expected);
  });
});

describe("labelled", () => {
  it("wraps texts within their column", () => {
    expect(
      labelled(
        [
          ["rows", "295"],
          ["groups", "subject (59 levels), clinic (8 levels)"],
        ],
        30,
        2,
      ),
    ).toEqual(["  rows    295", "  groups  subject (59 levels),", "          clinic (8 levels)"]);
  });
});

describe("table", () => {
  const columns = [
    { header: "mean", cells: ["1.0", "20.0"] },
    { header: "sd", cells: ["0.1", "0.2"], dropOrder: 1 },
    { header: "q5", cells: ["0.5", "19.5"], dropOrder: 2 },
    { header: "q95", cells: ["1.5", "20.5"], dropOrder: 2 },
  ];
  const names = ["sd[subject, Intercept]", "sd[clinic, Intercept]"];

  it("shows all where there is room", () => {
    expect(table(names, columns, 80)).toEqual([
      "                        mean   sd    q5   q95",
      "sd[subject, Intercept]   1.0  0.1   0.5   1.5",
      "sd[clinic, Intercept]   20.0  0.2  19.5  20.5",
    ]);
  });

  it("shortens names before it drops a column", () => {
    expect(table(names, columns, 40)).toEqual([
      "                   mean   sd    q5   q95",
      "sd[subj...ercept]   1.0  0.1   0.5   1.5",
      "sd[clin...ercept]  20.0  0.2  19.5  20.5",
    ]);
  });

  it("drops columns of one rank together", () => {
    expect(table(names, columns, 30)).toEqual([
      "                     mean   sd",
      "sd[subje...tercept]   1.0  0.1",
      "sd[clini...tercept]  20.0  0.2",
    ]);
  });

  it("drops columns rather than let two names look the same", () => {
    const alike = ["b[subject, 17, Intercept]", "b[subject, 18, Intercept]"];
    expect(table(alike, columns, 40)).toEqual([
      "                           mean   sd",
      "b[subject, 17, Intercept]   1.0  0.1",
      "b[subject, 18, Intercept]  20.0  0.2",
    ]);
  });
});
