import { readFileSync } from "node:fs";
import { dataFile } from "../../validation/files.js";

/** The text of a public case's table, `validation/data/field/<name>.csv`. */
export function fieldData(name: string): string {
  return readFileSync(dataFile(`field/${name}.csv`), "utf8");
}
