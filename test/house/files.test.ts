import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { nameOf, sources } from "./sources.js";

/** Lines of a file. */
const MOST_LINES = 300;

describe("files", () => {
  it(`have at most ${MOST_LINES} lines`, () => {
    const long = sources().filter((file) => readFileSync(file, "utf8").split("\n").length - 1 > MOST_LINES);
    expect(long.map(nameOf).filter((file) => file !== "kernel/module.ts")).toEqual([]);
  });
});
