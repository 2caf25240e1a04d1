import type { Command } from "commander";
import type { Plugin } from "../../index.js";
import type { ExitCode, Terminal } from "../Terminal.js";

/** Adds one command to the program: its arguments, options and action. What an action needs is imported when it runs, so that other commands start without it. */
export type AddCommand = (program: Command, context: CommandContext) => void;

export interface CommandContext {
  readonly terminal: Terminal;
  /** Those of --plugin, whose engines and options a command line may name. */
  readonly plugins: readonly Plugin[];
  /** Takes the exit code of the action. */
  done(code: ExitCode): void;
}
