import type { Command } from "commander";
import { type OptionSchema, optionSchemas } from "../../index.js";
import { digitsOption, fitArgument, fitSourceOptions } from "../options.js";
import { schemaOptions } from "../schemaOptions.js";
import type { ExitCode } from "../Terminal.js";
import type { CommandContext } from "./AddCommand.js";

/** A command about quantities of one fit. */
interface EstimandCommand {
  readonly name: string;
  readonly about: string;
  readonly schema: OptionSchema;
}

/** Options of fits that such a command has no use for. */
const leftOut: readonly string[] = ["criteria", "lincomb"];

/** Adds a command with the options of its schema, those of fits, and --json and --digits. */
export function addEstimand<Flags extends object>(
  program: Command,
  { plugins, done }: CommandContext,
  { name, about, schema }: EstimandCommand,
  run: (path: string | undefined, flags: Flags, command: Command) => Promise<ExitCode>,
): void {
  const command = program.command(name).argument("[fit]", fitArgument());
  fitSourceOptions(command, optionSchemas.fit, schemaOptions({ [name]: schema }, []), plugins, leftOut)
    .addOption(digitsOption())
    .option("--json", "print one JSON document instead of the table")
    .description(about)
    .action(async (path: string | undefined, flags: Flags, given: Command) => {
      done(await run(path, { ...flags, plugins }, given));
    });
}
