import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Kind } from "./designs.js";
import type { HardReference } from "./reference.js";

/** Where the references of a kind are kept, one design a line; of the sources, also when run from what they are compiled to. */
function pathOf(kind: Kind): string {
  return resolve(import.meta.dirname, "../../validation/references/hardDesigns", `${kind}.json`);
}

export function readReferences(kind: Kind): HardReference[] {
  const path = pathOf(kind);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : [];
}

/** Numbers are rounded to six digits, errors to two. */
export function writeReferences(kind: Kind, references: readonly HardReference[]): void {
  const lines = references.map((one) => JSON.stringify(one, (key, value) => rounded(value, key)));
  writeFileSync(pathOf(kind), `[\n${lines.join(",\n")}\n]\n`);
}

function rounded(value: unknown, key: string): unknown {
  if (typeof value === "number") return Number(value.toPrecision(6));
  if (key === "errors" && Array.isArray(value)) return value.map((error) => Number(Number(error).toPrecision(2)));
  return value;
}
