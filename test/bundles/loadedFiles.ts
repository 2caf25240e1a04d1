import { execFileSync } from "node:child_process";

/** What a program of a process of its own prints. */
export function run(program: string): string {
  return execFileSync(process.execPath, ["--input-type=module", "--eval", program], { encoding: "utf8" });
}

/** URLs of the files that Node loads for a program, in order. */
export function loadedFiles(program: string): string[] {
  const loader = `
import { writeSync } from "node:fs";
export async function load(url, context, next) {
  if (url.startsWith("file:")) writeSync(1, url + "\\n");
  return next(url, context);
}`;
  const register = `
import { register } from "node:module";
register("data:text/javascript," + ${JSON.stringify(encodeURIComponent(loader))});`;
  return run(`${register}\n${program}`)
    .split("\n")
    .filter((line) => line !== "");
}
