import { describe, expect, it } from "vitest";
import { didYouMean, suggest } from "../../src/language/suggest.js";

const columns = ["subject", "visit", "post", "weeks", "trt", "age", "x", "Y"];

describe("suggest", () => {
  it.each([
    ["postt", "post"],
    ["psot", "post"],
    ["pos", "post"],
    ["POST", "post"],
    ["y", "Y"],
    ["subjetc", "subject"],
    ["sbject", "subject"],
    ["Age", "age"],
    ["z", null],
    ["tr", null],
    ["height", null],
    ["subjects_of_study", null],
  ])("for %s", (word, expected) => {
    expect(suggest(word, columns)).toBe(expected);
  });

  it("takes the nearest, and of equals the first", () => {
    expect(suggest("weekd", ["weeds", "weekday", "weeks"])).toBe("weeks");
    expect(suggest("cat", ["car", "can"])).toBe("car");
  });
});

describe("didYouMean", () => {
  it("lists what there is", () => {
    expect(didYouMean("postt", ["post", "age"], "columns")).toBe('did you mean "post"? columns: post, age');
    expect(didYouMean("q", ["post", "age"], "columns")).toBe("columns: post, age");
    expect(didYouMean("q", [], "columns")).toBe("there are no columns");
  });

  it("cuts a long list", () => {
    const many = Array.from({ length: 42 }, (_, i) => `x${i}`);
    expect(didYouMean("q", many, "columns")).toBe(`columns: ${many.slice(0, 12).join(", ")} and 30 more`);
  });
});
