import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import "../cli/dist.js";
import { undocumented, unexportedTypes } from "./exports.js";

const declarations = (...entries: readonly string[]) =>
  entries.map((entry) => resolve(import.meta.dirname, "../../dist", `${entry}.d.ts`));

describe("every type that an exported signature mentions is exported", () => {
  it.each([
    { title: "marginalia", entries: ["index"] },
    { title: "marginalia/quadrature", entries: ["quadrature"] },
    { title: "marginalia/worker", entries: ["platform/node/worker"] },
    { title: "marginalia/node, beside those of marginalia", entries: ["index", "node"] },
  ])("$title", ({ entries }) => {
    expect(unexportedTypes(declarations(...entries))).toEqual([]);
  });

  it("is a check that finds what is missing", () => {
    expect(unexportedTypes(declarations("fit/fit"))).toContainEqual({ type: "NutsFit", mentionedBy: ["FitsByEngine"] });
  });
});

it("every name that an entry exports has a docstring", () => {
  expect(undocumented(declarations("index", "node", "quadrature"))).toEqual([]);
});
