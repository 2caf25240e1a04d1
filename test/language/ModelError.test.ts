import { describe, expect, it } from "vitest";
import { errorAt, ModelError, place, renderProblem } from "../../src/language/ModelError.js";

function render(text: string, start: number, end: number): string[] {
  return renderProblem(errorAt("code", { start, end }, "cause", "way out"), { name: "m.glmm", text }).split("\n");
}

describe("place", () => {
  it.each([
    ["ab\ncd", 0, 1, 1],
    ["ab\ncd", 2, 1, 3],
    ["ab\ncd", 4, 2, 2],
    ["ab\r\ncd", 4, 2, 1],
    ["ab\rcd", 3, 2, 1],
    ["\u{1F600}b", 2, 1, 2],
    ["ab", 2, 1, 3],
    ["", 0, 1, 1],
  ])("of %j at %d", (text, offset, line, column) => {
    expect(place({ name: "m", text }, offset)).toEqual({ line, column });
  });
});

describe("a problem", () => {
  it("is quoted with carets", () => {
    expect(render("a = b\nc = dd + e", 10, 12)).toEqual(["m.glmm:2:5: cause", "  c = dd + e", "      ^^", "  way out"]);
  });

  it("has one caret where nothing stands, and keeps to its first line", () => {
    expect(render("a =", 3, 3)).toEqual(["m.glmm:1:4: cause", "  a =", "     ^", "  way out"]);
    expect(render("f(a\nb)", 2, 6)[2]).toBe("    ^");
  });

  it("stays under its place after tabs and characters of two code units", () => {
    expect(render("\ta\t\u{1F600} b", 6, 7)[2]).toBe("  \t \t  ^");
  });

  it("does not pass control characters on", () => {
    expect(render("a \u001B[31m b", 0, 1)[1]).toBe("  a \uFFFD[31m b");
  });

  it.each([
    [0, "  xxxx", "x...", "  ^^^^^"],
    [200, "  ...xxxx", "xxxx...", `     ${" ".repeat(40)}^^^^^`],
    [295, "  ...xxxx", "xxxx", `     ${" ".repeat(95)}^^^^^`],
  ])("at %d of a long line is quoted with what stands around", (start, first, last, carets) => {
    const [, quoted, marks] = render("x".repeat(300), start, start + 5);
    expect(quoted.startsWith(first)).toBe(true);
    expect(quoted.endsWith(last)).toBe(true);
    expect(quoted.replaceAll(/[^x]/g, "")).toHaveLength(100);
    expect(marks).toBe(carets);
  });

  it("without a place names the source alone, and a warning says so", () => {
    const problem = { ...errorAt("code", undefined, "cause"), severity: "warning" as const };
    expect(renderProblem(problem, { name: "model", text: "x" })).toBe("model: warning: cause");
  });
});

describe("ModelError", () => {
  it("carries all of its problems and reads as all of them", () => {
    const problems = [errorAt("a", { start: 0, end: 1 }, "first"), errorAt("b", undefined, "second")];
    const error = new ModelError(problems, { name: "m", text: "x" });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("ModelError");
    expect(error.problems).toEqual(problems);
    expect(error.message).toBe("m:1:1: first\n  x\n  ^\nm: second");
  });

  it("shows a hundred of many", () => {
    const problems = Array.from({ length: 103 }, () => errorAt("a", undefined, "bad"));
    const lines = new ModelError(problems).message.split("\n");
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe("and 3 more problems");
  });
});
