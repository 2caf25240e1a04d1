import { run } from "./run.js";
import { exitCodes } from "./Terminal.js";

/** The program: runs the command line of the process, and sets its exit code. */
export async function main(): Promise<void> {
  // A reader that has seen enough (`| head -1`) closes the pipe: what is left to write is not an error.
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return;
    process.stderr.write(`marginalia: cannot write to standard output: ${error.message}\n`);
    process.exitCode = exitCodes.usage;
  });
  process.exitCode = await run(process.argv.slice(2), process);
}
