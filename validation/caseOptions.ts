import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { outsideFolder, referenceFolder } from "./files.js";
import type { Folders } from "./runCase.js";
import { type CaseSettings, settings } from "./settings.js";

/** Which cases, from which folders, and whether as JSON. */
export interface CaseOptions {
  readonly folders: Folders;
  readonly cases: readonly CaseSettings[];
  readonly json: boolean;
  /** Draws a chain of a run of our own that takes the reference's place; null without. */
  readonly nuts: number | null;
}

/** `--nuts` is for those that take it. Throws Error for options that are not allowed. */
export function readCaseOptions(args: readonly string[], takesNuts = false): CaseOptions {
  const text = { type: "string" } as const;
  const options = { data: text, references: text, only: text, nuts: text, json: { type: "boolean" } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const data = values.data ?? outsideFolder;
  const references = values.references ?? join(referenceFolder, "posteriors");
  const absent = [values.data ?? references, references].filter((folder) => !existsSync(folder));
  if (absent.length > 0) throw new Error(`there is no ${absent.join(", no ")}`);
  const nuts = values.nuts === undefined ? null : Number(values.nuts);
  if (nuts !== null && !takesNuts) throw new Error("--nuts is an option of validate:inla");
  return { folders: { data, references }, cases: casesNamed(values.only), json: values.json ?? false, nuts };
}

function casesNamed(only: string | undefined): readonly CaseSettings[] {
  if (only === undefined) return settings;
  const known = settings.map(({ name }) => name);
  const unknown = only.split(",").filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`unknown case ${unknown.join(", ")}; cases: ${known.join(", ")}`);
  return settings.filter(({ name }) => only.split(",").includes(name));
}
