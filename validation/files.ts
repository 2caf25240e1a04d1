import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

const validation = resolve(import.meta.dirname, "../validation");

/** Folder of results that other software gave; its README says how they were made. */
export const referenceFolder = join(validation, "references");

/** Folder beside the project in which the data that may not be passed on (hdp.csv, tvsfp.csv) are looked for. */
export const outsideFolder = resolve(validation, "../../shared/data");

/** The path of a data file, `"cbpp.csv"`: in `validation/data`, else in `outside`, where it may be absent (`isThere`). */
export function dataFile(name: string, outside: string = outsideFolder): string {
  const inside = join(validation, "data", name);
  return existsSync(inside) ? inside : join(outside, name);
}

/** Whether a data file can be read: those of the project always, the others where somebody has put them. */
export function isThere(name: string): boolean {
  return existsSync(dataFile(name));
}
