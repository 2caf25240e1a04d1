import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelled, table, wrap } from "../../src/report/layout.js";

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

  it("drops columns of one rank together, rather than cut a name", () => {
    expect(table(names, columns, 36)).toEqual([
      "                        mean   sd",
      "sd[subject, Intercept]   1.0  0.1",
      "sd[clinic, Intercept]   20.0  0.2",
    ]);
  });

  it("gives a name that is too long for what is left a line of its own", () => {
    expect(table(["sd[subject, Intercept]", "phi"], columns, 26)).toEqual([
      "                 mean   sd",
      "sd[subject, Intercept]",
      "                  1.0  0.1",
      "phi              20.0  0.2",
    ]);
  });

  it("never cuts a name: joined without spaces, each is there whole at any width", () => {
    const name = fc
      .string({ minLength: 1, maxLength: 60, unit: "grapheme-ascii" })
      .filter((text) => text.trim() !== "");
    fc.assert(
      fc.property(name, fc.integer({ min: 24, max: 100 }), (first, width) => {
        const text = table([first, "z"], columns, width).join("").replace(/\s/g, "");
        expect(text).toContain(first.replace(/\s/g, ""));
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});
