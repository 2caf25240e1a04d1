import { createHash } from "node:crypto";

/** SHA-256 of a Stan program without its first line, which has the version of the program that wrote it. */
export function programHash(program: string): string {
  return createHash("sha256")
    .update(program.slice(program.indexOf("\n")))
    .digest("hex");
}
