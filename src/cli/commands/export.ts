import type { Command } from "commander";
import { exportFormats, optionSchemas } from "../../index.js";
import type { ExportFlags } from "../export.js";
import { fitArgument, fitSourceOptions, formatOption } from "../options.js";
import { schemaOptions } from "../schemaOptions.js";
import type { AddCommand } from "./AddCommand.js";

/** Options of fits that an export has no use for. */
const leftOut: readonly string[] = ["criteria", "lincomb", "escalate"];

export const addExport: AddCommand = (program, { terminal, plugins, done }) => {
  const own = [formatOption(), ...schemaOptions({ export: optionSchemas.export }, ["seed"])];
  const command = program.command("export").argument("[fit]", fitArgument());
  fitSourceOptions(command, optionSchemas.fit, own, plugins, leftOut)
    .option(
      "--out <path>",
      "the file to write, or the folder where the format is of several (default: standard output, of a text)",
    )
    .option("--json", "print one JSON document on the files that were written")
    .description("a fit in the formats of other programs: ArviZ, R, Stan, tables")
    .addHelpText("after", `\nFormats of --to:\n${formatLines()}`)
    .action(async (fit: string | undefined, flags: ExportFlags, given: Command) => {
      const { exportCommand } = await import("../export.js");
      done(await exportCommand(fit, { ...flags, plugins }, given, terminal));
    });
};

function formatLines(): string {
  const width = Math.max(...Object.keys(exportFormats).map((name) => name.length));
  return Object.entries(exportFormats)
    .map(([name, sentence]) => `  ${name.padEnd(width)}  ${sentence}`)
    .join("\n");
}
