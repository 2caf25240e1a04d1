import { readFileSync } from "node:fs";

/** R's numbers for the families, as `validation/fixtures/distributions/families` has them. */
export function fixture(name: string) {
  const path = `../../validation/fixtures/distributions/families/${name}.fixture.json`;
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
