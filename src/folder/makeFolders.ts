import { mkdir, mkdtemp, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";

/**
 * Makes a folder, and those above it that are not there. The first that was made; undefined where all were there. Throws the system's error.
 * Node's recursive `mkdir` never ends where the folder above is there and the system says "no such file" nevertheless, as in /proc.
 */
export async function makeFolders(folder: string): Promise<string | undefined> {
  const path = resolve(folder);
  if (await isFolder(path)) return undefined;
  const above = dirname(path);
  const first = (await isThere(above)) ? undefined : await makeFolders(above);
  await mkdir(path).catch(async (error: unknown) => {
    if (!(await isFolder(path))) throw error; // else another process has made it meanwhile
  });
  return first ?? path;
}

/** Whether files can be made in a folder: by making one, for permissions do not tell of every file system. Throws the system's error. */
export async function checkWritable(folder: string): Promise<void> {
  await rmdir(await mkdtemp(join(folder, ".writable-")));
}

/** Whether a folder could be made, without making it. Throws the system's error. */
export async function checkFolder(folder: string): Promise<void> {
  let path = resolve(folder);
  while (!(await isThere(path))) path = dirname(path);
  await checkWritable(path);
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
