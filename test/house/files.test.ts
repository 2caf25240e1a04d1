import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nameOf, sources, src } from "./sources.js";

/** Lines of a file. */
const MOST_LINES = 300;

/** Methods of maximum likelihood by their names in the interface. */
const METHODS = ["engine/ml/lmm.ts", "engine/ml/ml.ts"];

/** "randomEffects" -> random, effect */
const wordsOf = (name: string) =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(" ")
    .map((word) => word.replace(/s$/, ""));

describe("files", () => {
  it(`have at most ${MOST_LINES} lines`, () => {
    const long = sources().filter((file) => readFileSync(file, "utf8").split("\n").length - 1 > MOST_LINES);
    expect(long.map(nameOf).filter((file) => file !== "kernel/module.ts")).toEqual([]);
  });

  it("are named after what they export, where that is one thing", () => {
    const declaration = /^export (?:abstract )?(?:async )?(const|let|function\*?|class|interface|type) \*?(\w+)/gm;
    const misnamed = sources().filter((file) => {
      const stem = file.split("/").at(-1)?.replace(/\.ts$/, "") ?? "";
      const found = [...readFileSync(file, "utf8").matchAll(declaration)].map(([, kind, name]) => ({ kind, name }));
      const isType = ({ kind }: { kind: string }) => kind === "interface" || kind === "type";
      const types = found.filter(isType);
      const values = found.filter((one) => !isType(one));
      const exports = new Set((values.length > 0 ? values : types).map(({ name }) => name));
      const words = wordsOf(stem);
      const isNamed = [...exports].some((name) => wordsOf(name).every((word) => words.includes(word)));
      const isContained = [...exports].some((name) => words.every((word) => wordsOf(name).includes(word)));
      const isContract = types.some(({ name }) => wordsOf(name).join() === words.join());
      return exports.size === 1 && !isNamed && !isContained && !isContract;
    });
    expect(misnamed.map(nameOf).sort()).toEqual(METHODS);
  });

  it("are all there that src/README.md names", () => {
    const names = [...readFileSync(join(src, "README.md"), "utf8").matchAll(/`([\w/]+\.ts)`/g)].map(([, name]) => name);
    const known = sources().map(nameOf);
    const missing = names.filter(
      (name) => !/^(test|validation)\//.test(name) && !known.some((file) => `/${file}`.endsWith(`/${name}`)),
    );
    expect(names.length).toBeGreaterThan(30);
    expect(missing).toEqual([]);
  });
});
