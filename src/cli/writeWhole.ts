import { open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf, UsageError } from "./Terminal.js";

/** Characters that are written at a time. */
const PIECE = 2 ** 16;

/** Before anything long is done: whether `writeWhole` could make that file. Throws UsageError. */
export async function checkPlace(file: string): Promise<void> {
  await orUsageError(file, async () => {
    const { checkWritable } = await import("../folder/makeFolders.js");
    await checkWritable(dirname(file));
    const there = await stat(file).catch(() => null);
    if (there?.isDirectory()) throw new Error("it is a folder");
  });
}

/**
 * Writes a file in pieces beside its place, which it takes when it is whole; what was there is left as it is until then. The pieces are made no faster than they are
 * written. Throws UsageError where that cannot be done, and what makes the pieces throws.
 */
export async function writeWhole(file: string, pieces: Iterable<string> | AsyncIterable<string>): Promise<void> {
  const beside = `${file}.${process.pid}.partial`;
  try {
    const handle = await orUsageError(file, () => open(beside, "w"));
    try {
      let text = "";
      for await (const piece of pieces) {
        text += piece;
        if (text.length < PIECE) continue;
        const full = text;
        await orUsageError(file, () => handle.appendFile(full));
        text = "";
      }
      await orUsageError(file, () => handle.appendFile(text));
      await orUsageError(file, () => handle.sync());
    } finally {
      await handle.close();
    }
    await orUsageError(file, () => rename(beside, file));
  } finally {
    await rm(beside, { force: true }).catch(() => {});
  }
}

async function orUsageError<T>(file: string, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing();
  } catch (error) {
    throw new UsageError(`cannot write "${file}": ${reasonOf(error)}\n  make room or permission, or give another file`);
  }
}
