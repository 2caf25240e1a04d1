import { appendFileSync } from "node:fs";
import { appendFile, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Replicate, ResultError } from "../index.js";
import { makeFolders } from "./makeFolders.js";

/** Replicates in a folder: a line each, written as they are made, so that a run that was ended goes on where it was. */
export interface StoredReplicates {
  readonly earlier: readonly Replicate[];
  /** Throws ResultError where the line cannot be written. */
  append(replicate: Replicate): void;
}

const FACTS = "run.json";
const LINES = "replicates.jsonl";

/**
 * Opens the folder of a run, or makes it. `facts` are what all of its replicates have in common, as plain JSON. Throws ResultError where the folder holds a run with other facts, is damaged, or cannot be written to.
 */
export async function openReplicates(
  folder: string,
  facts: Readonly<Record<string, unknown>>,
): Promise<StoredReplicates> {
  const [run, lines] = [join(folder, FACTS), join(folder, LINES)];
  const known: unknown = await readFile(run, "utf8").then(parsed, () => null);
  const wanted: unknown = JSON.parse(JSON.stringify(facts));
  if (known !== null) refuseOther(folder, known, wanted);
  const text = known === null ? "" : await readFile(lines, "utf8").catch(() => "");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  const earlier = readLines(folder, whole);
  try {
    await makeFolders(folder);
    if (known === null) await begin(run, lines, facts);
    // The last line may be the half of one.
    else if (whole !== text) await truncate(lines, Buffer.byteLength(whole));
    await appendFile(lines, ""); // said before the first fit, not after it
  } catch (error) {
    throw notWritten(folder, error, "give another folder, or make room or permission");
  }
  return {
    earlier,
    append(replicate) {
      try {
        appendFileSync(lines, `${JSON.stringify(replicate)}\n`);
      } catch (error) {
        throw notWritten(folder, error, "what was written stays, and the same command goes on from there");
      }
    },
  };
}

/** The facts come last and as a whole, so that a folder that has them can be gone on with. */
async function begin(run: string, lines: string, facts: Readonly<Record<string, unknown>>): Promise<void> {
  const beside = `${run}.partial`;
  try {
    await writeFile(lines, "");
    await writeFile(beside, `${JSON.stringify(facts, null, 2)}\n`);
    await rename(beside, run);
  } finally {
    await rm(beside, { force: true }).catch(() => {});
  }
}

/** An object without facts for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function refuseOther(folder: string, known: unknown, wanted: unknown): void {
  const [before, now] = [new Map(Object.entries(Object(known))), new Map(Object.entries(Object(wanted)))];
  const others = [...now].filter(([name, value]) => JSON.stringify(before.get(name)) !== JSON.stringify(value));
  if (others.length === 0) return;
  const names = others.map(([name]) => name).join(", ");
  throw new ResultError(
    "other-run",
    `the folder "${folder}" holds replicates of another run (other: ${names})`,
    "give another folder, or remove this one to begin anew",
  );
}

function readLines(folder: string, text: string): Replicate[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, k) => {
      const replicate: unknown = parsed(line);
      if (isReplicate(replicate)) return replicate;
      throw new ResultError(
        "damaged",
        `the file "${join(folder, LINES)}" is damaged in line ${k + 1}`,
        "remove this line, so that its replicate is made again, or give another folder",
      );
    });
}

function isReplicate(value: unknown): value is Replicate {
  if (typeof value !== "object" || value === null) return false;
  const lists = ["truth", "estimate", "sd", "lower", "upper", "rank"];
  return (
    Number.isInteger(Reflect.get(value, "replicate")) && lists.every((name) => Array.isArray(Reflect.get(value, name)))
  );
}

function notWritten(folder: string, error: unknown, advice: string): ResultError {
  const message = error instanceof Error ? error.message : String(error);
  const reason = message.replace(/^[A-Z0-9_]+: /, "").replace(/, \w+( '.*')?$/, "");
  return new ResultError("not-written", `cannot write to the folder "${folder}": ${reason}`, advice);
}
