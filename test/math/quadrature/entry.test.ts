import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import * as quadrature from "../../../src/quadrature.js";

it("the entry marginalia/quadrature has every rule", () => {
  expect(Object.keys(quadrature).sort()).toEqual(
    [
      ...["adaptive", "applyRule", "composite", "gaussHermite", "gaussLegendre", "integrate"],
      ...["latticePoints", "newtonCotes", "productRule", "simpson", "trapezoidal"],
    ].sort(),
  );
  const { exports } = JSON.parse(readFileSync("package.json", "utf8"));
  expect(exports["./quadrature"]).toEqual({
    types: "./dist/quadrature.d.ts",
    browser: "./dist/browser/quadrature.js",
    default: "./dist/node/quadrature.js",
  });
});
