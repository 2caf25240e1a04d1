import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { optionsPage } from "../../validation/docs/optionsPage.js";

it("docs/options.md is what the schemas say: `npm run docs:options` writes it", () => {
  expect(readFileSync(resolve(import.meta.dirname, "../../docs/options.md"), "utf8")).toBe(optionsPage());
});
